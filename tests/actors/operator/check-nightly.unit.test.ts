/** The comparison of read models that nobody asks for, with a clock that is moved on. */
import { expect, it } from "@effect/vitest"
import { Clock, Effect, Layer, Stream } from "effect"
import * as TestClock from "effect/testing/TestClock"
import { serveProjections } from "../../../actors/operator/serve-projections.ts"
import { memoryCommandBus } from "../../../infra/command-bus/memory-command-bus.ts"
import { EventLog } from "../../../infra/event-log/event-log.ts"
import { simulatedLog } from "../../../infra/event-log/simulated-log.ts"
import { sqliteKeyring } from "../../../infra/keyring/sqlite-keyring.ts"
import type { PastThread } from "../../../projections/past/start-thread.ts"
import type { Projector } from "../../../projections/start-projector.ts"

/** The fold itself takes a thread and a server: what it comes to is told here. */
const thread: PastThread = {
  // What is asked of it here is to compare, and never to fold.
  run: () => Effect.succeed({ done: "check", sequence: 7, seconds: 1, differences: [] } as never)
}

const projector: Projector = {
  file: () => "",
  position: () => 7,
  reached: () => Effect.void,
  changes: Stream.empty,
  building: () => undefined,
  rebuild: Effect.void,
  goBack: Effect.void,
  failed: Effect.never
}

const options = {
  dataFolder: "/nowhere",
  nats: { url: "", user: "", password: "" },
  startThread: () => Effect.succeed(thread)
}
const services = Layer.merge(simulatedLog(), memoryCommandBus).pipe(
  Layer.provideMerge(sqliteKeyring(":memory:"))
)

/** When read models were compared, by the log. */
const compared = Effect.gen(function* () {
  const log = yield* EventLog
  const moments: Array<number> = []
  for (let sequence = 1; sequence <= (yield* log.last); sequence++) {
    const event = yield* log.get(sequence)
    if (event?.type === "projection.checked") moments.push(event.data.at)
  }
  return moments
})

it.effect("read models are compared with a second fold each night, once, without being asked", () =>
  Effect.gen(function* () {
    yield* TestClock.setTime(new Date(2026, 5, 1, 12).getTime())
    yield* serveProjections(projector, options)
    yield* TestClock.adjust("14 hours")
    expect(yield* compared).toEqual([])
    yield* TestClock.adjust("2 days")
    const moments = yield* compared
    const now = yield* Clock.currentTimeMillis
    expect(moments.length).toBe(2)
    for (const [night, at] of moments.entries()) {
      const began = new Date(2026, 5, 2 + night, 3).getTime()
      expect(at).toBeGreaterThanOrEqual(began)
      // It is looked for every five minutes.
      expect(at - began).toBeLessThanOrEqual(300_000)
      expect(at).toBeLessThan(now)
    }
  }).pipe(Effect.scoped, Effect.provide(services))
)
