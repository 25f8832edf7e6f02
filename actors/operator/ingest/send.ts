/** Sending an export's messages to the log, and waiting for what comes of them. */
import { Clock, Effect, Option } from "effect"
import type { IncomingMessage } from "../../../contracts/commands.ts"
import { IngestMessages } from "../../../contracts/commands.ts"
import type { ChatId } from "../../../contracts/ids.ts"
import { CommandBus } from "../../../infra/command-bus/command-bus.ts"
import { EventLog } from "../../../infra/event-log/event-log.ts"
import { Nats } from "../../../infra/nats/connection.ts"
import { ReadModels } from "../../../projections/reader.ts"
import { OperatorFailed } from "../failure.ts"
import { Output } from "../output.ts"
import { duration, progressBar } from "../progress.ts"
import { counted } from "../words.ts"
import { inRequests } from "./export-messages.ts"

/** What a request holds beside its messages: its id, the names of gateway and chat, headers. */
const requestSlackBytes = 4 * 1024
/** What a server takes that does not say: the protocol's own default. */
const payloadMaxBytes = 1024 * 1024
/** A request that nobody answered is sent again; what it stored before is then known. */
const attemptsMax = 4
const againMillis = 500
/** How often the read models are asked for links without a verdict. */
const lookEveryMillis = 50
/** How long nothing may move before waiting is given up. A verdict takes milliseconds. */
const standstillSeconds = 30

export interface Sent {
  readonly chat: ChatId
  /** The last sequence that the messages led to; 0 when all were known. */
  readonly sequence: number
  readonly taken: number
  readonly known: number
}

/** Sends messages, in order, each of which the log takes once. */
export const sendMessages = Effect.fn("sendMessages")(function* (
  chatName: string,
  messages: ReadonlyArray<IncomingMessage>
) {
  const output = yield* Output
  const bus = yield* CommandBus
  const { connection } = yield* Nats
  const bytesMax = (connection.info?.max_payload ?? payloadMaxBytes) - requestSlackBytes
  let sent: Sent | undefined
  for (const request of inRequests(messages, bytesMax)) {
    const { chat, known, sequence, taken } = yield* bus
      .request(IngestMessages, { gateway: "export", chatName, messages: request })
      .pipe(
        Effect.tapError((error) => (error._tag === "Unanswered" ? Effect.sleep(againMillis) : Effect.void)),
        Effect.retry({ times: attemptsMax - 1, while: (error) => error._tag === "Unanswered" })
      )
    const before: Sent = sent ?? { chat, sequence: 0, taken: 0, known: 0 }
    sent = {
      chat,
      sequence: Math.max(before.sequence, sequence),
      taken: before.taken + taken,
      known: before.known + known
    }
    yield* output.status(progressBar(sent.taken + sent.known, messages.length, "messages"))
  }
  return sent
})

/** Waits until the read models hold a sequence, for as long as they come nearer. */
const caughtUp = Effect.fnUntraced(function* (models: ReadModels["Service"], end: number) {
  for (let reached = models.overview().sequence; ;) {
    const done = yield* Effect.timeoutOption(models.after(end), `${standstillSeconds} seconds`)
    if (Option.isSome(done)) return
    const now = models.overview().sequence
    if (now <= reached) return yield* stuck("the read models stand still")
    reached = now
  }
})

/** Waits until every link of a chat has its verdict, as the read models show it. */
export const awaitVerdicts = Effect.fn("awaitVerdicts")(function* (chat: ChatId) {
  const output = yield* Output
  const models = yield* ReadModels
  // Everything that is in the log by now: also links that an earlier, interrupted run has left behind.
  const end = yield* Effect.flatMap(EventLog, (log) => log.last)
  yield* caughtUp(models, end)
  let waiting = models.verdicts.waiting(chat)
  const most = waiting
  let movedAt = yield* Clock.currentTimeMillis
  while (waiting > 0) {
    yield* output.status(progressBar(most - waiting, most, "links judged"))
    yield* Effect.sleep(lookEveryMillis)
    const now = yield* Clock.currentTimeMillis
    const left = models.verdicts.waiting(chat)
    if (left < waiting) movedAt = now
    else if (now - movedAt > standstillSeconds * 1_000)
      return yield* stuck(`${counted(left, "link")} got no verdict for ${duration(standstillSeconds)}`)
    waiting = left
  }
  yield* output.status("")
})

const stuck = (why: string) =>
  new OperatorFailed({
    what: "The messages are stored, but not all links are judged yet",
    why,
    next: "Nothing is lost: run the same command again later. `wadjet parked list` shows what an actor could not handle."
  })
