/**
 * Cancellations and changes of jobs against their firing, while the system is killed:
 *
 *     npm run faults -- schedule [--races N, 3000 by default] [--people P, 100 by default]
 *       [--kills K, 4 by default, at each point] [--seed S, 1 by default]
 *     npm run faults -- schedule --fifty
 *
 * With `--fifty`: fifty messages, each to fifty people, all due in one minute, with five kills in it.
 *
 * Prints who won how often, and every breach of a law; the exit code says whether there was one.
 */
import { parseArgs } from "node:util"
import { Effect } from "effect"
import { ensureNatsServer } from "../../../infra/nats-server/ensure.ts"
import { bundleProgram } from "../bundle.ts"
import { type Death, type Point, schedulePointNames } from "../points.ts"
import type { Examined } from "./laws.ts"
import { runFifty } from "./fifty.ts"
import { runRaces } from "./world.ts"

const racedPoints: ReadonlyArray<Point> = [
  ...schedulePointNames,
  "before-append",
  "append-ack",
  "claimed",
  "socket-write",
  "outcome-fold"
]
/** A life lasts for so many passings of its point at most: some hundred races. */
const withinMax = 150

/** Each side of each race is to win at least this share. */
const shareMin = 0.1

const sharesOf = (wins: Examined["wins"]) => {
  const { cancelledAfterFiring, cancelledUnfired, changedInTime, changedTooLate, fired, partly } = wins
  const cancelled = cancelledUnfired + cancelledAfterFiring
  const share = (part: number, other: number) => Number((part / Math.max(1, part + other)).toFixed(3))
  return {
    cancelled: share(cancelled, fired + partly),
    sent: share(fired + partly, cancelled),
    changed: share(changedInTime, changedTooLate),
    sentUnchanged: share(changedTooLate, changedInTime)
  }
}

/** Each point so many times, one after the other. */
export const deathsAt = (kills: number, seed: number): ReadonlyArray<Death> =>
  Array.from({ length: kills }, (_, round) =>
    racedPoints.map((point, index) => ({
      point,
      seed: seed + round * racedPoints.length + index,
      ...(point in { fired: 1, "called-off": 1, "call-off-told": 1 } ? {} : { within: withinMax })
    }))
  ).flat()

const people = 50
const kills = 5

const runFiftyFaults = async (seed: number): Promise<boolean> => {
  const program = Effect.gen(function* () {
    const say = (line: string) => Effect.sync(() => console.log(line))
    const { path } = yield* ensureNatsServer({ dataFolder: ".cache/nats-server", say })
    const deaths = Array.from({ length: kills }, (_, index): Death => {
      const point = racedPoints[(index + 3) % racedPoints.length]!
      return { point, seed: seed + index, within: 400 }
    })
    const program = yield* bundleProgram
    return yield* runFifty({ program, binary: path, jobs: 50, recipients: people, seconds: 60, deaths })
  })
  const report = await Effect.runPromise(Effect.scoped(program))
  console.log(JSON.stringify(report))
  const wanted = 50 * people
  return report.breaches.length === 0 && report.ids === wanted && report.transmissions === wanted
}

export const runScheduleFaults = async (args: ReadonlyArray<string>): Promise<boolean> => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      races: { type: "string", default: "3000" },
      people: { type: "string", default: "100" },
      kills: { type: "string", default: "4" },
      seed: { type: "string", default: "1" },
      fifty: { type: "boolean", default: false }
    }
  })
  if (values.fifty) return runFiftyFaults(Number(values.seed))
  const program = Effect.gen(function* () {
    const say = (line: string) => Effect.sync(() => console.log(line))
    const { path } = yield* ensureNatsServer({ dataFolder: ".cache/nats-server", say })
    return yield* runRaces({
      program: yield* bundleProgram,
      binary: path,
      people: Number(values.people),
      races: Number(values.races),
      recipients: 3,
      deaths: deathsAt(Number(values.kills), Number(values.seed))
    })
  })
  const { breaches, kills, ...rest } = await Effect.runPromise(Effect.scoped(program))
  for (const [point, times] of Object.entries(kills))
    console.log(`${point.padEnd(16)} ${String(times).padStart(6)} kills`)
  console.log(JSON.stringify(rest))
  const shares = sharesOf(rest.wins)
  console.log(`shares: ${JSON.stringify(shares)}`)
  console.log(breaches.length === 0 ? "the laws hold" : breaches.slice(0, 50).join("\n"))
  return breaches.length === 0 && Object.values(shares).every((share) => share >= shareMin)
}
