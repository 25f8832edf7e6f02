import { setImmediate } from "node:timers/promises"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { RawLog, rawJetStreamLog } from "../../../infra/event-log/raw-log.ts"
import { Nats, type NatsService } from "../../../infra/nats/connection.ts"

const message = (seq: number) => ({ seq, subject: `evt.${seq}`, data: Buffer.from(String(seq)) })

/**
 * A client that was handed these sequences, and counts one more than it will ever give: as it does when the server
 * told it something between messages.
 */
const clientWith = (sequences: ReadonlyArray<number>) => {
  let given = 0
  const messages = {
    getPending: () => sequences.length - given + 1,
    stop: () => undefined,
    [Symbol.asyncIterator]: () => ({
      next: async () => {
        const seq = sequences[given]
        if (seq === undefined) return new Promise(() => undefined)
        given += 1
        await setImmediate()
        return { done: false, value: message(seq) }
      }
    })
  }
  const consumer = { consume: async () => messages }
  return {
    jetstream: { consumers: { get: async () => consumer } },
    manager: { streams: { info: async () => ({ config: {} }) } }
  } as unknown as NatsService
}

const readingOf = (sequences: ReadonlyArray<number>, from: number) =>
  Effect.flatMap(RawLog, (raw) => raw.readFrom(from)).pipe(
    Effect.provide(Layer.provide(rawJetStreamLog, Layer.succeed(Nats, clientWith(sequences))))
  )

describe("a reader of the log as it is stored", () => {
  it.live("hands out what is there, though the client counts more than it has", () =>
    Effect.gen(function* () {
      const { next } = yield* readingOf([1, 2, 3], 1)
      const found: Array<number> = []
      while (found.length < 3) found.push(...(yield* next).map(({ sequence }) => sequence))
      expect(found).toEqual([1, 2, 3])
    })
  )

  it.live("hands out what stands before a hole, and then says where it is as often as it is asked", () =>
    Effect.gen(function* () {
      const { next } = yield* readingOf([4, 5, 7, 8], 4)
      const found: Array<number> = []
      const failure = yield* Effect.flip(
        Effect.forever(
          Effect.map(next, (some) => void found.push(...some.map(({ sequence }) => sequence))),
          { disableYield: true }
        )
      )
      expect(found).toEqual([4, 5])
      expect(failure).toMatchObject({ _tag: "DamagedLog", expected: 6, found: 7 })
      expect(yield* Effect.flip(next)).toMatchObject({ expected: 6, found: 7 })
    })
  )
})
