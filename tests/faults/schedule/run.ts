/**
 * Cancellations and changes of jobs against their firing, while the system is killed, and what people on a loopback
 * WhatsApp get of it through the real client:
 *
 *     npm run faults -- schedule [--races N, 2500 by default] [--people P, 60 by default]
 *       [--kills K, 3 by default, at each point] [--seed S, 1 by default] [--on whatsapp|sandbox]
 *       [--without GUARD]
 *     npm run faults -- schedule --fifty
 *
 * With `--fifty`: fifty messages, each to fifty people, all due in one minute, with five kills in it.
 *
 * Prints who won how often, and every breach of a law; the exit code says whether there was one.
 */
import { parseArgs } from "node:util"
import { Effect } from "effect"
import { ensureNatsServer } from "../../../infra/nats-server/ensure.ts"
import { bundleProgram } from "../whatsapp/bundle.ts"
import { guards } from "../whatsapp/life.ts"
import type { Examined } from "./laws.ts"
import { runFifty } from "./fifty.ts"
import { deathsAt, type JobWorldOptions, racedPoints, runRaces } from "./world.ts"

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

const fifty = 50
/** In the middle of what leaves within the minute: 2,500 messages are claimed, written and answered in it. */
const fiftyDeaths = (seed: number) =>
  (["claimed", "sent-ratchet", "answered", "outcome-logged", "append-ack"] as const).map((point, index) => ({
    point,
    passing: 150 + ((seed + index * 37) % 200)
  }))

const runFiftyFaults = async (options: JobWorldOptions): Promise<boolean> => {
  const { breaches, ...report } = await runFifty({
    ...options,
    jobs: fifty,
    recipients: fifty,
    seconds: 60,
    deaths: fiftyDeaths(options.seed)
  })
  console.log(JSON.stringify(report))
  console.log(breaches.length === 0 ? "the laws hold" : breaches.slice(0, 50).join("\n"))
  const wanted = fifty * fifty
  const hasDied = report.kills.every((point) => point !== "none")
  return hasDied && breaches.length === 0 && report.ids === wanted && report.shown === wanted
}

export const runScheduleFaults = async (args: ReadonlyArray<string>): Promise<boolean> => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      races: { type: "string", default: "2500" },
      people: { type: "string", default: "60" },
      kills: { type: "string", default: "3" },
      seed: { type: "string", default: "1" },
      on: { type: "string", default: "whatsapp" },
      without: { type: "string" },
      fifty: { type: "boolean", default: false }
    }
  })
  const seed = Number(values.seed)
  const without = guards.find((guard) => guard === values.without)
  const say = (line: string) => Effect.sync(() => console.log(line))
  const { path } = await Effect.runPromise(ensureNatsServer({ dataFolder: ".cache/nats-server", say }))
  const program = await bundleProgram()
  const options: JobWorldOptions = {
    program: program.path,
    binary: path,
    on: values.on === "sandbox" ? "sandbox" : "whatsapp",
    seed
  }
  try {
    if (values.fifty) return await runFiftyFaults(options)
    const { breaches, kills, ...rest } = await runRaces({
      ...options,
      people: Number(values.people),
      races: Number(values.races),
      recipients: 3,
      deaths: deathsAt(racedPoints, Number(values.kills), seed),
      tell: console.log,
      ...(without === undefined ? {} : { without })
    })
    for (const [point, times] of Object.entries(kills))
      console.log(`${point.padEnd(16)} ${String(times).padStart(6)} kills`)
    console.log(JSON.stringify(rest))
    const shares = sharesOf(rest.wins)
    console.log(`shares: ${JSON.stringify(shares)}`)
    console.log(breaches.length === 0 ? "the laws hold" : breaches.slice(0, 50).join("\n"))
    return breaches.length === 0 && Object.values(shares).every((share) => share >= shareMin)
  } finally {
    program.remove()
  }
}
