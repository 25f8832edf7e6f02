/** Everything outside, asked by the thread that wants to know and by one of its own: nobody can tell which. */
import { afterAll, beforeAll, describe, expect, it } from "@effect/vitest"
import { Deferred, Effect, Exit, Fiber, Scope } from "effect"
import { evidenceName } from "../../../../actors/scan/evidence.ts"
import type { Outlook, Outside } from "../../../../actors/scan/outside.ts"
import { metrics } from "../../../../infra/telemetry/metrics.ts"
import { temporaryFolder } from "../../../faults/temporary-folder.ts"
import { askEverybody, askEverybodyInThread } from "../../../loopback-internet/everybody.ts"
import { openLoopbackInternet } from "../../../loopback-internet/internet.ts"

type Internet = Effect.Success<ReturnType<typeof openLoopbackInternet>>
type Open = (internet: Internet, folder: string) => Effect.Effect<Outside, unknown, Scope.Scope>

const here: Open = ({ client }, folder) => askEverybody(client, folder)
const forms: ReadonlyArray<readonly [form: string, open: Open]> = [
  ["by this thread", here],
  ["by a thread of its own", askEverybodyInThread]
]

const listed = "https://listed-1.com/news"
const short = `https://short-1.com/to?${encodeURIComponent(listed)}`
const nobodyHears = () => Effect.void
const namesOf = ({ evidence }: Pick<Outlook, "evidence">) => evidence.map(evidenceName).toSorted()

const urlhausAsked = Effect.map(
  Effect.promise(() => metrics.sourceSeconds.get()),
  ({ values }) =>
    values
      .filter(({ labels, metricName }) => labels["source"] === "urlhaus" && metricName?.endsWith("_count"))
      .reduce((sum, { value }) => sum + value, 0)
)

interface Opened {
  readonly outside: Outside
  readonly folder: string
  readonly own: Scope.Closeable
}

describe("the outside", () => {
  const whole = Scope.makeUnsafe()
  const opened = new Map<string, Opened>()
  let internet: Internet
  beforeAll(() =>
    Effect.runPromise(
      Effect.gen(function* () {
        internet = yield* openLoopbackInternet()
        for (const [form, open] of forms) {
          const own = Scope.forkUnsafe(whole)
          const folder = yield* temporaryFolder
          opened.set(form, { folder, own, outside: yield* Scope.provide(open(internet, folder), own) })
        }
      }).pipe(Scope.provide(whole))
    )
  )
  afterAll(() => Effect.runPromise(Scope.close(whole, Exit.void)))

  it.live.each(forms)(
    "asked %s, says where a link leads and what is known of both ends, each thing as soon as it is known",
    ([form]) =>
      Effect.gen(function* () {
        internet.allBecome("prompt")
        const { outside } = opened.get(form)!
        const before = yield* urlhausAsked
        expect(outside.known?.(listed, Date.now())).toEqual([])
        const heard = new Set<string>()
        let isOver = false
        const outlook = yield* outside.look(short, (evidence) =>
          Effect.sync(() => {
            expect(isOver).toBe(false)
            for (const name of namesOf({ evidence })) heard.add(name)
          })
        )
        isOver = true
        expect(namesOf(outlook)).toEqual([
          "rdap.age-years",
          "redirects.final-host-mismatch",
          "urlhaus.listed"
        ])
        expect([...heard].toSorted()).toEqual(namesOf(outlook))
        expect(outlook.end).toBe(listed)
        expect(outlook.hops?.map(({ by, status, url }) => [url, by, status])).toEqual([
          [short, "asked", 302],
          [listed, "location", 200]
        ])
        expect(outlook.missing.map(({ source }) => source).toSorted()).toEqual(["urlscan", "virustotal"])
        // What Safe Browsing answered about it is known without asking from now on.
        expect(outside.known?.(listed, Date.now())).toEqual([{ source: "safe-browsing", evidence: [] }])
        // Of both ends it was asked, and both answers are counted.
        expect((yield* urlhausAsked) - before).toBe(2)
      })
  )

  it.live.each(forms)("asked %s, fails with whoever cannot take what is heard", ([form]) =>
    Effect.gen(function* () {
      internet.allBecome("prompt")
      const { outside } = opened.get(form)!
      const failed = yield* Effect.flip(outside.look(short, () => Effect.fail("the log does not answer")))
      expect(failed).toBe("the log does not answer")
    })
  )

  it.live("says what is known so far when a chat waits no longer, and is left by who waits no longer", () =>
    Effect.gen(function* () {
      internet.allBecome("silent")
      const outsides = [...opened.values()].map(({ outside }) => outside)
      const soFarOf = Effect.fnUntraced(function* (outside: Outside) {
        const told = yield* Deferred.make<Outlook>()
        const looking = yield* Effect.forkChild(
          outside.look("https://short-2.com/to?x", nobodyHears, undefined, (soFar) =>
            Deferred.succeed(told, soFar)
          )
        )
        const soFar = yield* Deferred.await(told)
        yield* Fiber.interrupt(looking)
        return soFar
      })
      for (const { evidence, missing } of yield* Effect.forEach(outsides, soFarOf, { concurrency: 2 })) {
        expect(evidence).toEqual([])
        expect(missing.map(({ source }) => source).toSorted()).toEqual(outsides[0]!.asks.toSorted())
      }
      // Who was left looks at the next link.
      internet.allBecome("prompt")
      for (const outside of outsides)
        expect(namesOf(yield* outside.look("https://listed-2.com/", nobodyHears))).toContain("urlhaus.listed")
    })
  )

  it.live.each(forms)("asked %s, spends from quotas that outlast it, whoever asks next", ([form]) =>
    Effect.gen(function* () {
      internet.allBecome("prompt")
      const { folder, outside, own } = opened.get(form)!
      for (const number of [1, 2, 3]) yield* outside.look(`https://garden-${number}.com/`, nobodyHears)
      yield* Scope.close(own, Exit.void)
      const next = yield* here(internet, folder)
      const { missing } = yield* next.look("https://garden-4.com/", nobodyHears)
      expect(missing.find(({ source }) => source === "virustotal")?.reason).toMatch(
        /^its quota is used up until /
      )
    }).pipe(Effect.scoped)
  )
})
