/** `wadjet parked`: inputs that an actor could not handle, and a person's decision about them. */
import { existsSync } from "node:fs"
import { resolve } from "node:path"
import { Effect } from "effect"
import { DropParked, RetryParked } from "../../contracts/commands.ts"
import { CommandBus } from "../../infra/command-bus/command-bus.ts"
import { pinoLogger } from "../../infra/telemetry/logger.ts"
import { openSqliteReadOnly } from "../../infra/sqlite/open.ts"
import { locationIn } from "../../projections/location.ts"
import { type ParkedRow, parkedQueries, projectorName } from "../../projections/parked.ts"
import { OperatorFailed } from "./failure.ts"
import { Host } from "./host.ts"
import { Output } from "./output.ts"
import { reachSystem } from "./reach.ts"
import { counted, printable } from "./words.ts"

const parkedLines = ({ actor, at, attempts, boundary, decision, event, reason, sequence }: ParkedRow) => [
  `${actor} ${sequence}  ${event} of ${boundary}, ${new Date(at).toISOString().slice(0, 19).replace("T", " ")}, ${counted(attempts, "attempt")}${decision === null ? "" : `, decided: ${decision}`}`,
  `    ${printable(reason)}`
]

const rowsIn = Effect.fnUntraced(function* (dataFolder: string, decided: boolean) {
  const { database } = locationIn(dataFolder)
  if (!existsSync(database)) return []
  const db = yield* openSqliteReadOnly(database)
  return parkedQueries(db).list({ decided })
}, Effect.scoped)

/** Lists what waits for a decision; it is read from the read models, whether the system runs or not. */
export const listParked = Effect.fn("listParked")(function* (input: {
  readonly all: boolean
  readonly json: boolean
}) {
  const config = yield* Host.config
  const output = yield* Output
  const rows = yield* rowsIn(resolve(config.dataFolder), input.all)
  if (input.json) return yield* Effect.forEach(rows, output.json, { discard: true })
  if (rows.length === 0) return yield* output.line("Nothing is parked.")
  yield* Effect.forEach(rows.flatMap(parkedLines), output.line, { discard: true })
  return yield* output.line(
    "Decide with `wadjet parked retry ACTOR SEQUENCE` or `wadjet parked drop ACTOR SEQUENCE`."
  )
})

export interface DecideInput {
  readonly decision: "retry" | "drop"
  readonly actor: string
  readonly sequence: number
  readonly json: boolean
}

const ofProjector = new OperatorFailed({
  what: "The projector's own parked events take no decision",
  why: "they stand in the log, and only a fold that can read them helps",
  next: "Update Wadjet, then run `wadjet rebuild`."
})

const decide = Effect.fnUntraced(function* ({ actor, decision, json, sequence }: DecideInput) {
  const config = yield* Host.config
  const output = yield* Output
  if (actor === projectorName) return yield* ofProjector
  const system = yield* reachSystem(config)
  const ask = Effect.flatMap(CommandBus, (bus) =>
    bus.request(decision === "retry" ? RetryParked : DropParked, { actor, sequence, by: "operator" })
  )
  const placed = yield* Effect.raceFirst(Effect.provideContext(ask, system.context), system.stopped)
  if (json) return yield* output.json({ actor, input: sequence, decision, ...placed })
  const what = decision === "retry" ? "is handled again" : "is passed over for good"
  return yield* output.line(`Input ${sequence} of ${actor} ${what} (event ${placed.sequence}).`)
})

/** Has a parked input handled again, or passed over for good. */
export const decideParked = Effect.fn("decideParked")(function* (input: DecideInput) {
  const { logLevel } = yield* Host.config
  yield* Effect.scoped(decide(input)).pipe(Effect.provide(pinoLogger(logLevel)))
})
