import { PassThrough } from "node:stream"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Fiber, Layer } from "effect"
import { TestClock } from "effect/testing"
import { awaitVerdicts } from "../../../actors/operator/ingest/send.ts"
import { Output, outputTo } from "../../../actors/operator/output.ts"
import { ChatId } from "../../../contracts/ids.ts"
import { EventLog } from "../../../infra/event-log/event-log.ts"
import { readModels } from "../../../projections/catalogue.ts"
import { openReadModels } from "../../../projections/database.ts"
import { queriesOn, ReadModels } from "../../../projections/reader.ts"

const chat = ChatId.make("c0example0")
const end = 90
const log = Layer.mock(EventLog, { generation: "g", last: Effect.succeed(end) })
const silent = Layer.succeed(Output, outputTo(new PassThrough(), new PassThrough(), true))

/** Read models without a row, whose checkpoint comes nearer to the end by so many events a second. */
const folding = (eventsPerSecond: number) =>
  Layer.effect(
    ReadModels,
    Effect.gen(function* () {
      const { advance, checkpoint, db } = yield* openReadModels(":memory:", "g", readModels)
      const second = Effect.delay(
        Effect.sync(() => {
          const { sequence } = checkpoint()
          if (eventsPerSecond > 0) advance(sequence, sequence + eventsPerSecond, 0)
        }),
        "1 second"
      )
      return ReadModels.of({
        ...queriesOn(db, { open: () => null }),
        after: Effect.fnUntraced(function* (sequence: number) {
          while (checkpoint().sequence < sequence) yield* second
        })
      })
    })
  )

const given = (eventsPerSecond: number) =>
  Effect.provide(Layer.mergeAll(log, silent, folding(eventsPerSecond)))

describe("waiting for the verdicts of an import", () => {
  it.effect("goes on for as long as the read models come nearer", () =>
    Effect.gen(function* () {
      const waiting = yield* Effect.forkChild(awaitVerdicts(chat))
      yield* TestClock.adjust("89 seconds")
      expect(waiting.pollUnsafe()).toBeUndefined()
      yield* TestClock.adjust("5 seconds")
      yield* Fiber.join(waiting)
    }).pipe(given(1))
  )

  it.effect("ends where they stand still, and says that nothing is lost", () =>
    Effect.gen(function* () {
      const waiting = yield* Effect.forkChild(Effect.flip(awaitVerdicts(chat)))
      yield* TestClock.adjust("30 seconds")
      expect(yield* Fiber.join(waiting)).toMatchObject({
        why: "the read models stand still",
        next: expect.stringContaining("Nothing is lost")
      })
    }).pipe(given(0))
  )
})
