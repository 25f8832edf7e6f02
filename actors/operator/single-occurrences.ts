/** Single occurrences of jobs: left out, and made up for. */
import { Effect, Option } from "effect"
import { BackfillJob, SkipJob } from "../../contracts/schedule-commands.ts"
import { CommandBus } from "../../infra/command-bus/command-bus.ts"
import { parseMoment } from "../../projections/past/moment.ts"
import { Output } from "./output.ts"
import { by, jobOf, second, usage } from "./schedule.ts"
import { withSystem } from "./with-system.ts"
import { counted } from "./words.ts"

/** A time that somebody names. */
const timeOf = (text: string) => {
  const moment = parseMoment(text)
  return moment !== undefined && "time" in moment
    ? Effect.succeed(moment.time)
    : Effect.fail(usage(`"${text}" is no time`, "expected one such as 2026-01-31T10:00Z"))
}

export const backfillJob = Effect.fn("backfillJob")(function* (input: {
  readonly job: string
  readonly from: string
  readonly until: string
  readonly json: boolean
}) {
  const output = yield* Output
  const job = yield* jobOf(input.job)
  const from = yield* timeOf(input.from)
  const until = yield* timeOf(input.until)
  const answer = yield* withSystem(
    CommandBus.use((bus) => bus.request(BackfillJob, { job, from, until, by }))
  )
  if (input.json) return yield* output.json({ job, ...answer })
  return yield* output.line(`It fires ${counted(answer.fired, "occurrence")} that did not happen.`)
})

export const skipJob = Effect.fn("skipJob")(function* (input: {
  readonly job: string
  readonly at: Option.Option<string>
  readonly json: boolean
}) {
  const output = yield* Output
  const job = yield* jobOf(input.job)
  const planned = Option.isSome(input.at) ? { planned: yield* timeOf(input.at.value) } : {}
  const answer = yield* withSystem(CommandBus.use((bus) => bus.request(SkipJob, { job, ...planned, by })))
  if (input.json) return yield* output.json({ job, ...answer })
  return yield* output.line(`It leaves out ${second(answer.skipped)}; next is ${second(answer.next)}.`)
})
