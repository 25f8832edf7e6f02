/** Fifty messages, each to fifty people, due in one minute, while the system is killed five times. */
import { Clock, Effect } from "effect"
import { CreateJob } from "../../../contracts/schedule-commands.ts"
import type { Death } from "../whatsapp/points.ts"
import { until } from "../whatsapp/world.ts"
import { examine } from "./laws.ts"
import { jobIdOf, jobOf, nextSecond } from "./people.ts"
import { comeToRest, type JobWorldOptions, liveUntilDeath, openJobWorld } from "./world.ts"

/** How long it takes to make the jobs, before the first is due. */
const aheadMillis = 2_000

export interface FiftyOptions extends JobWorldOptions {
  readonly jobs: number
  readonly recipients: number
  /** Over how many seconds the moments of the jobs lie. */
  readonly seconds: number
  readonly deaths: ReadonlyArray<Death>
}

/** Counts what people see: how many ids, and how many messages each of them. */
export const runFifty = async (options: FiftyOptions) => {
  const world = await openJobWorld(options)
  try {
    const to = world.receivers.addresses.slice(0, options.recipients)
    const maker = world.start()
    await maker.ready
    const make = Effect.gen(function* () {
      const first = nextSecond((yield* Clock.currentTimeMillis) + aheadMillis)
      yield* Effect.forEach(
        Array.from({ length: options.jobs }),
        (_, number) => {
          const moment = first + Math.floor((number * options.seconds) / options.jobs) * 1_000
          const asked = jobOf(to, [`message ${number}`], moment)
          return world.bus.request(CreateJob, { job: jobIdOf(number), asked, by: "operator" })
        },
        { concurrency: 10 }
      )
    })
    await Effect.runPromise(make)
    await maker.kill()
    const kills: Array<string> = []
    for (const death of options.deaths) kills.push(await liveUntilDeath(world, death))
    const last = world.start()
    await last.ready
    await until(
      "all of them fire",
      () => world.events.filter(({ type }) => type === "schedule.fired").length === options.jobs
    )
    await comeToRest(world)
    await last.kill()
    const { breaches, repeats } = examine(world.events, world.receivers, [])
    const shown = world.receivers.shown()
    return {
      breaches,
      kills,
      ids: new Set(shown.map(({ whatsApp }) => whatsApp)).size,
      shown: shown.length,
      /** The fewest and the most messages that one of them sees. */
      each: [...Map.groupBy(shown, ({ who }) => who).values()]
        .map(({ length }) => length)
        .reduce(([least, most], count) => [Math.min(least, count), Math.max(most, count)] as const, [
          options.jobs,
          0
        ] as readonly [number, number]),
      repeats
    }
  } finally {
    await world.close()
  }
}
