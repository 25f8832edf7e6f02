/** Fifty messages, each to fifty people, due in one minute, while the system is killed five times. */
import { Clock, Effect } from "effect"
import { CreateJob } from "../../../contracts/schedule-commands.ts"
import type { Program } from "../bundle.ts"
import { startChild } from "../child.ts"
import { readLog } from "../history.ts"
import type { Death } from "../points.ts"
import { examine } from "./laws.ts"
import { jobIdOf, jobOf, nextSecond } from "./people.ts"
import { bookOf, comeToRest, openWorld } from "./world.ts"

const lifeSecondsMax = 120

export interface FiftyOptions {
  readonly program: Program
  readonly binary: string
  readonly jobs: number
  readonly recipients: number
  /** Over how many seconds the moments of the jobs lie. */
  readonly seconds: number
  readonly deaths: ReadonlyArray<Death>
}

/** Counts what the other side got: how many ids, and how many of them more than once. */
export const runFifty = Effect.fn("runFifty")(function* (options: FiftyOptions) {
  const world = yield* openWorld(options.binary)
  const to = world.chats.slice(0, options.recipients)
  const maker = yield* startChild(options.program, world.life)
  yield* maker.ready
  const first = nextSecond((yield* Clock.currentTimeMillis) + 2_000)
  yield* Effect.forEach(
    Array.from({ length: options.jobs }),
    (_, number) => {
      const moment = first + Math.floor((number * options.seconds) / options.jobs) * 1_000
      const asked = jobOf(to, [`message ${number}`], moment)
      return world.bus.request(CreateJob, { job: jobIdOf(number), asked, by: "operator" })
    },
    { concurrency: 10 }
  )
  yield* maker.kill
  let kills = 0
  for (const death of options.deaths)
    yield* Effect.scoped(
      Effect.gen(function* () {
        const child = yield* startChild(options.program, { ...world.life, death })
        const point = yield* child.gone.pipe(
          Effect.timeoutOrElse({ duration: `${lifeSecondsMax} seconds`, orElse: () => child.kill })
        )
        if (point !== undefined) kills += 1
      })
    )
  const last = yield* startChild(options.program, world.life)
  yield* last.ready
  while (
    (yield* readLog(world.log)).events.filter((it) => it.type === "schedule.fired").length < options.jobs
  )
    yield* Effect.sleep(100)
  yield* comeToRest(world)
  const { events } = yield* readLog(world.log)
  yield* last.stop
  const book = bookOf(world)
  return {
    breaches: examine(events, book, []).breaches,
    kills,
    ids: new Set(book.map(({ whatsapp }) => whatsapp)).size,
    transmissions: book.length
  }
}, Effect.scoped)
