/** The thread that asks the outside, in place of which stands something that says what it is told to. */
import { EventEmitter } from "node:events"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Fiber, Logger } from "effect"
import { TestClock } from "effect/testing"
import type {
  Noted,
  ThreadHears,
  ThreadSays
} from "../../../../actors/scan/outside-thread/outside-protocol.ts"
import { inputOf } from "../../../../actors/scan/outside-thread/outside-protocol.ts"
import { openOutsideThread } from "../../../../actors/scan/outside-thread/outside-thread.ts"
import { everybody } from "../../../loopback-internet/everybody.ts"

const nothing: Noted = { counts: [], news: [], remembered: [] }
const evidence = [{ source: "urlhaus", kind: "listed" }]
const outlook = { evidence, missing: [] }

class StandIn extends EventEmitter {
  readonly heard: Array<ThreadHears> = []
  terminated = false
  postMessage(what: ThreadHears): void {
    this.heard.push(what)
    if (what.hear === "stop") this.emit("exit", 0)
  }
  terminate(): Promise<number> {
    this.terminated = true
    this.emit("exit", 1)
    return Promise.resolve(1)
  }
  says(what: ThreadSays): void {
    this.emit("message", what)
  }
  /** The looks that it was asked for and not told to leave. */
  looks(): ReadonlyArray<number> {
    const left = new Set(this.heard.flatMap((what) => (what.hear === "leave" ? [what.look] : [])))
    return this.heard.flatMap((what) => (what.hear === "look" && !left.has(what.look) ? [what.look] : []))
  }
}

const open = Effect.gen(function* () {
  const threads: Array<StandIn> = []
  const logged: Array<string> = []
  const noted: Array<Noted> = []
  const logger = Logger.make<unknown, void>(({ cause, message }) => {
    logged.push(`${JSON.stringify(message)} ${String(cause)}`)
  })
  const launch = () => {
    const thread = new StandIn()
    threads.push(thread)
    return thread
  }
  const outside = yield* openOutsideThread(
    { asks: ["redirects", "urlhaus"], unasked: [] },
    { input: () => inputOf("", everybody, undefined), noted: (it) => void noted.push(it), launch },
    { idleMillis: 60_000, silentMillisMax: 30_000 }
  ).pipe(Effect.provide(Logger.layer([logger])))
  const heard: Array<unknown> = []
  const look = Effect.forkChild(
    outside.look(
      "https://a.example.com/",
      (some) => Effect.sync(() => void heard.push(some)),
      undefined,
      (soFar) => Effect.sync(() => void heard.push(soFar))
    )
  )
  return { heard, logged, look: Effect.tap(look, Effect.yieldNow), noted, outside, threads }
})

const answered = (thread: StandIn) => {
  for (const number of thread.looks()) thread.says({ say: "looked", look: number, outlook, noted: nothing })
}

describe("the thread that asks the outside", () => {
  it.effect("is there from the first look on, ends when nobody looks for a while, and comes back", () =>
    Effect.gen(function* () {
      const { logged, look, threads } = yield* open
      yield* TestClock.adjust("1 hour")
      expect(threads).toHaveLength(0)
      const first = yield* look
      expect(threads).toHaveLength(1)
      yield* TestClock.adjust("29 seconds")
      answered(threads[0]!)
      expect(yield* Fiber.join(first)).toEqual(outlook)
      yield* TestClock.adjust("59 seconds")
      expect(threads[0]!.heard.at(-1)?.hear).toBe("look")
      yield* TestClock.adjust("1 second")
      expect(threads[0]!.heard.at(-1)).toEqual({ hear: "stop" })
      expect(threads).toHaveLength(1)
      const second = yield* look
      answered(threads[1]!)
      expect(yield* Fiber.join(second)).toEqual(outlook)
      expect(logged).toEqual([])
    }).pipe(Effect.scoped)
  )

  it.effect("says what is heard and what is known so far in its order, before it answers", () =>
    Effect.gen(function* () {
      const { heard, look, noted, threads } = yield* open
      const looking = yield* look
      const [thread] = threads
      const [number] = thread!.looks()
      const soFar = { evidence, missing: [{ source: "redirects", reason: "it did not answer in time" }] }
      thread!.says({ say: "heard", look: number!, evidence })
      thread!.says({ say: "so-far", look: number!, outlook: soFar })
      const counted: Noted = { ...nothing, counts: [{ count: "followed", end: "arrived" }] }
      thread!.says({ say: "looked", look: number!, outlook, noted: counted })
      expect(yield* Fiber.join(looking)).toEqual(outlook)
      expect(heard).toEqual([evidence, soFar])
      expect(noted).toEqual([counted])
      expect(thread!.looks()).toHaveLength(1)
    }).pipe(Effect.scoped)
  )

  it.effect("is told to leave what nobody waits for any more", () =>
    Effect.gen(function* () {
      const { look, threads } = yield* open
      const looking = yield* look
      expect(threads[0]!.looks()).toHaveLength(1)
      yield* Fiber.interrupt(looking)
      expect(threads[0]!.looks()).toEqual([])
    }).pipe(Effect.scoped)
  )

  it.effect("is given up where it has nothing to say, the log says so, and the look begins again", () =>
    Effect.gen(function* () {
      const { logged, look, threads } = yield* open
      const looking = yield* look
      yield* TestClock.adjust("30 seconds")
      expect(threads[0]!.terminated).toBe(true)
      yield* TestClock.adjust("1 second")
      expect(logged[0]).toContain("an actor stopped and is started again")
      expect(logged[0]).toContain("scan-outside-thread")
      expect(logged[0]).toContain("had nothing to say of a look for 30 s")
      answered(threads[1]!)
      expect(yield* Fiber.join(looking)).toEqual(outlook)
    }).pipe(Effect.scoped)
  )

  it.effect("is not broken for ever by one link, of which everything is missing in the end", () =>
    Effect.gen(function* () {
      const { look, outside, threads } = yield* open
      const looking = yield* look
      for (const wait of [200, 400, 800]) {
        threads.at(-1)!.emit("exit", 7)
        yield* TestClock.adjust(wait)
      }
      expect(yield* Fiber.join(looking)).toEqual({
        evidence: [],
        missing: outside.asks.map((source) => ({
          source,
          reason: "the thread that asks broke again and again"
        }))
      })
      const next = yield* look
      answered(threads.at(-1)!)
      expect(yield* Fiber.join(next)).toEqual(outlook)
      expect(threads).toHaveLength(4)
    }).pipe(Effect.scoped)
  )
})
