import { describe, expect, it } from "@effect/vitest"
import { Effect, Logger } from "effect"
import { runActors } from "../../../actors/operator/system.ts"
import type { EventName, RecordedOf } from "../../../contracts/catalogue.ts"
import { EventLog } from "../../../infra/event-log/event-log.ts"
import { askEverybody } from "../../loopback-internet/everybody.ts"
import { openLoopbackInternet, type Trouble } from "../../loopback-internet/internet.ts"
import { readLog } from "../history.ts"
import { post, serve } from "../one-system.ts"
import { unpaced } from "../owners.ts"
import { temporaryFolder } from "../temporary-folder.ts"

const lookAgainMillis = 50
const link = "https://quiet-garden-4711.com/news"
/** What the URL alone is enough for. */
const bad = "http://198.18.0.9/paypal.com/login.php"

/** The whole system, whose outside is in trouble; answers with what is in the log once every look is over. */
const scanned = Effect.fnUntraced(function* (troubleOf: (host: string) => Trouble) {
  const dataFolder = yield* temporaryFolder
  const internet = yield* openLoopbackInternet()
  const outside = yield* askEverybody(internet.client, dataFolder)
  internet.become(troubleOf)
  const { base } = yield* serve(dataFolder)
  return yield* Effect.gen(function* () {
    yield* runActors({ dataFolder, pacing: unpaced, around: { outside } })
    const log = yield* EventLog
    yield* post("Family", "Ada", { id: "m1", text: `look ${link}` })
    yield* post("Family", "Ada", { id: "m2", text: `look ${bad}` })
    const named = Effect.fnUntraced(function* <N extends EventName>(name: N) {
      const { events } = yield* readLog(log)
      return events.filter((event): event is RecordedOf<N> => event.type === name)
    })
    for (;;) {
      const scans = yield* named("scan.completed")
      const revised = new Set(scans.map(({ data }) => data.revises))
      const isOver = scans.every(({ data, sequence }) => data.awaits === undefined || revised.has(sequence))
      if (scans.length >= 4 && isOver)
        return { asks: outside.asks, scans, verdicts: yield* named("verdict.decided") }
      yield* Effect.sleep(lookAgainMillis)
    }
  }).pipe(Effect.provideContext(base), Effect.provide(Logger.layer([])))
})

const each: ReadonlyArray<Trouble> = ["refused", "silent", "broken", "dns-dead"]

/** `slow` is what takes far longer to fail than a verdict takes. */
const troubles: ReadonlyArray<
  readonly [what: string, troubleOf: (host: string) => Trouble, speed: "slow" | "quick"]
> = [
  ["refuse connections", () => "refused", "quick"],
  ["are silent", () => "silent", "slow"],
  ["are out of order", () => "broken", "quick"],
  ["cannot be found, for the name servers are gone", () => "dns-dead", "slow"],
  ["each fail in another way", (host) => each[host.length % each.length]!, "slow"]
]

describe("when all sources and sites", () => {
  it.live.each(troubles)(
    "%s, a link has a verdict before anybody was heard, and a last result that names everybody",
    ([, troubleOf, speed]) =>
      Effect.gen(function* () {
        const { asks, scans, verdicts } = yield* scanned(troubleOf)
        const ids = [...new Set(scans.map(({ data }) => data.link))]
        expect(ids).toHaveLength(2)
        for (const id of ids) {
          const of = scans.filter(({ data }) => data.link === id)
          const first = of[0]!
          const last = of.at(-1)!
          const awaited = first.data.missing.filter(({ reason }) => reason === "it is being asked")
          expect(awaited.map(({ source }) => source)).toEqual(first.data.awaits)
          expect(first.data.awaits?.length).toBeGreaterThan(0)
          expect(last.data.awaits).toBeUndefined()
          const missing = last.data.missing.map(({ source }) => source)
          // A server that is out of order has answered, and sent nobody on.
          const heard = troubleOf(new URL(link).hostname) === "broken" ? ["redirects"] : []
          const unnamed = (first.data.awaits ?? []).filter((source) => !missing.includes(source))
          expect(unnamed.filter((source) => !heard.includes(source))).toEqual([])
          // What is missing is no clean answer, and no reason to warn.
          expect(last.data.level).toBe(first.data.level)
          const decided = verdicts.filter(({ data }) => data.link === id)
          expect(decided.map(({ data }) => data.level)).toEqual([first.data.level])
          expect(decided[0]!.sequence).toBeGreaterThan(first.sequence)
          // Of an address inside nobody is asked anything, and both results come at once.
          if (speed === "slow" && first.data.level === "benign")
            expect(decided[0]!.sequence).toBeLessThan(last.sequence)
        }
        expect(scans.find(({ data }) => data.awaits?.length === asks.length)).toBeDefined()
        expect(scans.map(({ data }) => data.level)).toContain("malicious")
      }).pipe(Effect.scoped),
    60_000
  )
})
