import { expect, it } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import { TestClock } from "effect/testing"
import { IngestMessages } from "../../contracts/commands.ts"
import { CommandBus } from "../../infra/command-bus/command-bus.ts"
import { EventLog } from "../../infra/event-log/event-log.ts"
import { readLog } from "./history.ts"
import { simulated } from "./simulated.ts"
import { maliciousUrl } from "./traffic.ts"

/** Asks, and lets time pass until there is an answer. */
const ingest = Effect.fnUntraced(function* (text: string, sentAt: number, change?: "edit") {
  const bus = yield* CommandBus
  const message = { id: "m1", author: "Ada", sentAt, text, ...(change === undefined ? {} : { change }) }
  const asking = bus
    .request(IngestMessages, { gateway: "sandbox", chatName: "Family", messages: [message] })
    .pipe(Effect.retry({ while: () => true }))
  const fiber = yield* Effect.forkChild(asking)
  while (fiber.pollUnsafe() === undefined) yield* TestClock.adjust(100)
  return yield* Fiber.join(fiber)
})

const typesOf = Effect.gen(function* () {
  return (yield* readLog(yield* EventLog)).events.map(({ type }) => type)
})

it.effect("an edit that is taken again, or comes after a newer one, changes nothing", () => {
  const { layer, startWhatsApp } = simulated()
  return Effect.gen(function* () {
    yield* startWhatsApp
    yield* TestClock.adjust(100)
    yield* ingest("look", 1)
    expect(yield* ingest("look again", 3, "edit")).toMatchObject({ taken: 1 })
    expect(yield* ingest("look again", 3, "edit")).toMatchObject({ taken: 0, known: 1 })
    expect(yield* ingest("look earlier", 2, "edit")).toMatchObject({ taken: 0, known: 1 })
    expect(yield* ingest("look later", 4, "edit")).toMatchObject({ taken: 1 })
    expect((yield* typesOf).filter((type) => type === "message.edited")).toHaveLength(2)
  }).pipe(Effect.scoped, Effect.provide(layer))
})

it.effect("a log or a keyring that is gone for a while makes no input wait for a person", () => {
  let failures = 0
  const { layer, startScan, startWhatsApp } = simulated({
    append: ({ actor }) => (actor === "scan" && failures++ < 5 ? { lost: "before" } : {})
  })
  return Effect.gen(function* () {
    yield* startWhatsApp
    yield* startScan
    yield* TestClock.adjust(100)
    yield* ingest(`look ${maliciousUrl(1)}`, 1)
    for (let minute = 0; minute < 5; minute++) yield* TestClock.adjust("1 minute")
    const types = yield* typesOf
    expect(types).toContain("scan.completed")
    expect(types).not.toContain("actor.parked")
  }).pipe(Effect.scoped, Effect.provide(layer))
})
