/** `wadjet audit`: who did what, read off the read models; nothing is started. */
import { Effect, type Option } from "effect"
import { pinoLogger } from "../../infra/telemetry/logger.ts"
import type { AuditRow } from "../../projections/audit.ts"
import { openPastModels } from "./as-of.ts"
import { OperatorFailed } from "./failure.ts"
import { Host } from "./host.ts"
import { parseLogPlace, placeOf } from "./log-place.ts"
import { Output } from "./output.ts"
import { openModels } from "./reach-models.ts"

export interface AuditInput {
  readonly by: string | undefined
  readonly action: string | undefined
  readonly subject: string | undefined
  readonly since: string | undefined
  readonly until: string | undefined
  readonly limit: number
  readonly asOf: Option.Option<string>
  readonly json: boolean
}

const lineOf = ({ action, at, by, chat, sequence, subject }: AuditRow) => {
  const about = [chat, subject].filter((it) => it !== null).join(" ")
  const when = new Date(at).toISOString().slice(0, 19).replace("T", " ")
  return `#${String(sequence).padEnd(7)} ${when}  ${by.padEnd(16)} ${action}${about === "" ? "" : `  ${about}`}`
}

/** A time as it is typed, or the event that it is the time of is not known without the log: times alone. */
const timeOf = Effect.fnUntraced(function* (flag: string, text: string | undefined) {
  if (text === undefined) return undefined
  const moment = parseLogPlace(text)
  if (moment !== undefined && "time" in moment) return moment.time
  return yield* new OperatorFailed({
    what: `It is not clear what --${flag} ${text} is`,
    why: "expected a time such as 2026-01-31 or 2026-01-31T10:00:00Z",
    next: "Times without a zone are UTC.",
    exit: "usage"
  })
})

/** An id of a chat is one of a chat; every other one is of what something was done to. */
const aboutOf = (subject: string | undefined) =>
  subject?.startsWith("c") === true ? { chat: subject } : { subject }

const list = Effect.fnUntraced(function* ({ asOf, json, since, subject, until, ...input }: AuditInput) {
  const output = yield* Output
  const place = {
    ...input,
    ...aboutOf(subject),
    since: yield* timeOf("since", since),
    until: yield* timeOf("until", until)
  }
  const at = yield* placeOf("as-of", asOf)
  const config = yield* Host.config
  const { queries } = at === undefined ? yield* openModels(config) : yield* openPastModels(config, at)
  const rows = queries.audit(place)
  if (json) return yield* Effect.forEach(rows, output.json, { discard: true })
  if (rows.length === 0) return yield* output.line("Nobody did any such thing.")
  return yield* Effect.forEach(rows, (row) => output.line(lineOf(row)), { discard: true })
})

/** Lists deeds, the newest first. */
export const listAudit = Effect.fn("listAudit")(function* (input: AuditInput) {
  const { logLevel } = yield* Host.config
  yield* Effect.scoped(list(input)).pipe(Effect.provide(pinoLogger(logLevel)))
})
