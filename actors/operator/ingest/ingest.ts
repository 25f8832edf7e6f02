/** `wadjet ingest`: an exported chat into the log, and the verdict of every link in it. */
import { basename } from "node:path"
import { Effect, Option } from "effect"
import { pinoLogger } from "../../../infra/telemetry/logger.ts"
import { pageRowsMax } from "../../../projections/paging.ts"
import { ReadModels } from "../../../projections/reader.ts"
import type { ChatId } from "../../../contracts/ids.ts"
import type { DateOrder } from "../../whatsapp/chat-export/date-order.ts"
import { openChatExport } from "../../whatsapp/chat-export/open.ts"
import { parseChatExport } from "../../whatsapp/chat-export/parse.ts"
import { OperatorFailed } from "../failure.ts"
import { Host } from "../host.ts"
import { Output } from "../output.ts"
import { reachSystem } from "../reach.ts"
import { counted, printable } from "../words.ts"
import { linksInExport } from "./export-links.ts"
import { incomingOf } from "./export-messages.ts"
import { isZone, systemZone, zonedReader } from "./local-time.ts"
import { type Import, importJson, importLines, judged } from "./report.ts"
import { awaitVerdicts, sendMessages } from "./send.ts"

export interface IngestInput {
  readonly file: string
  readonly chat: Option.Option<string>
  readonly zone: Option.Option<string>
  readonly dateOrder: Option.Option<DateOrder>
  readonly all: boolean
  readonly json: boolean
}

/** The longest name that a chat may have. */
const chatNameLengthMax = 200

const zoneOf = Effect.fnUntraced(function* (wanted: Option.Option<string>) {
  const zone = Option.getOrElse(wanted, systemZone)
  if (isZone(zone)) return zone
  return yield* new OperatorFailed({
    what: `There is no time zone "${zone}"`,
    why: "expected a name of the IANA time zone database",
    next: "For example: --zone Europe/Berlin, --zone America/Sao_Paulo, --zone UTC.",
    exit: "usage"
  })
})

const notAnExport = (file: string) =>
  new OperatorFailed({
    what: `There is no message in ${file}`,
    why: "no line of it starts with a date and a time as WhatsApp's exports do",
    next: "Export the chat in WhatsApp (⋮ › More › Export chat) and pass the .txt or .zip that it makes."
  })

/** All verdicts of a chat. */
const verdictsOf = function* (models: ReadModels["Service"], chat: ChatId) {
  let before: number | undefined
  while (true) {
    const rows = models.verdicts.list({
      chat,
      limit: pageRowsMax,
      ...(before === undefined ? {} : { before })
    })
    yield* rows
    if (rows.length < pageRowsMax) return
    before = rows.at(-1)!.cursor
  }
}

const importFile = Effect.fnUntraced(function* (input: IngestInput) {
  const config = yield* Host.config
  const output = yield* Output
  const zone = yield* zoneOf(input.zone)
  const opened = yield* openChatExport(input.file)
  const parsed = parseChatExport(
    opened.text,
    Option.match(input.dateOrder, { onNone: () => ({}), onSome: (dateOrder) => ({ dateOrder }) })
  )
  if (parsed.messages.length === 0) return yield* notAnExport(input.file)
  const chatName = Option.getOrElse(input.chat, () => opened.name).slice(0, chatNameLengthMax)
  const messages = incomingOf(parsed.messages, zonedReader(zone))

  const system = yield* reachSystem(config)
  const where =
    system.running === undefined ? "" : `, into the system that runs (process ${system.running.pid})`
  yield* output.note(`Importing ${counted(messages.length, "message")} of “${printable(chatName)}”${where} …`)
  const work = Effect.gen(function* () {
    const sent = yield* sendMessages(chatName, messages)
    const { chat, known, taken } = sent!
    yield* awaitVerdicts(chat)
    const models = yield* ReadModels
    const links = judged(linksInExport(parsed.messages), verdictsOf(models, chat))
    const total = messages.length
    return {
      file: basename(input.file),
      chat,
      chatName,
      zone,
      parsed,
      messages: { total, taken, known },
      links
    } satisfies Import
  })
  return yield* Effect.raceFirst(Effect.provideContext(work, system.context), system.stopped)
})

/** Imports a chat export and prints the report of its links. Doing it again changes nothing. */
export const ingest = Effect.fn("ingest")(function* (input: IngestInput) {
  const output = yield* Output
  const { environment } = yield* Host
  const config = yield* Host.config
  // A person waits for a report here: routine logging would only stand in its way, unless it is asked for.
  const level = environment["WADJET_LOG"] === undefined ? "warn" : config.logLevel
  const found = yield* Effect.scoped(importFile(input)).pipe(Effect.provide(pinoLogger(level)))
  if (input.json) return yield* output.json(importJson(found))
  return yield* Effect.forEach(importLines(found, input.all, output.colour), output.line, { discard: true })
})
