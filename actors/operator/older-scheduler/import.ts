/** `wadjet import scheduler`: what an older scheduler has, taken over or tried out. */
import { resolve } from "node:path"
import { DateTime, Effect, Option } from "effect"
import { OperatorFailed } from "../failure.ts"
import { Output } from "../output.ts"
import { withSystem } from "../with-system.ts"
import { counted, printable } from "../words.ts"
import { refreshFrom } from "./refresh.ts"
import type { Taken } from "./take.ts"

const linesOf = ({ contacts, dryRun, jobs, leftOut }: Taken): ReadonlyArray<string> => [
  ...(dryRun ? ["Nothing was changed. This would come of it:"] : []),
  `${counted(contacts.added, "contact")} added, ${contacts.completed} completed, ${contacts.unchanged} there already, ${contacts.merged} made one with another.`,
  `${counted(jobs.created, "job")} made, ${jobs.changed} changed, ${jobs.cancelled} called off, ${jobs.unchanged} there already.`,
  `${counted(leftOut.length, "row")} left out.`
]

export const importScheduler = Effect.fn("importScheduler")(function* (input: {
  readonly place: string
  readonly zone: Option.Option<string>
  readonly dryRun: boolean
  readonly json: boolean
}) {
  const output = yield* Output
  const zone = Option.getOrElse(input.zone, () => "UTC")
  if (Option.isNone(DateTime.zoneMakeNamed(zone)))
    return yield* new OperatorFailed({
      what: `There is no time zone "${zone}"`,
      why: "expected a name of the IANA time zone database",
      next: "For example: --zone Europe/Berlin, --zone UTC.",
      exit: "usage"
    })
  const source = { kind: "path", path: resolve(input.place) } as const
  const taken = yield* withSystem(refreshFrom(source, zone, { dryRun: input.dryRun, by: "operator" }))
  if (input.json) return yield* output.json(taken)
  for (const { reason, where } of taken.leftOut)
    yield* output.note(`${printable(where)}: ${printable(reason)}`)
  return yield* Effect.forEach(linesOf(taken), output.line, { discard: true })
})
