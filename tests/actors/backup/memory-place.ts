/** A place in memory, and a log in memory, for tests of what is done with them. */
import { Effect } from "effect"
import { oneByKey, type Place } from "../../../actors/backup/places/place.ts"
import { damagedAt } from "../../../infra/event-log/damaged.ts"
import type { RawLogService, RawMessage } from "../../../infra/event-log/raw-log.ts"

export interface MemoryPlace extends Place {
  readonly objects: Map<string, Buffer>
}

export const memoryPlace = (name = "memory"): MemoryPlace => {
  const objects = new Map<string, Buffer>()
  return {
    name,
    shown: name,
    objects,
    fenced: Effect.succeed(true),
    putIfAbsent: (key, bytes) =>
      Effect.sync(() => {
        if (objects.has(key)) return "taken"
        objects.set(key, Buffer.from(bytes))
        return "stored"
      }),
    replace: (key, bytes) => Effect.sync(() => void objects.set(key, Buffer.from(bytes))),
    get: (key) => Effect.sync(() => objects.get(key)),
    list: (prefix, after = "") =>
      Effect.sync(() =>
        [...objects]
          .filter(([key]) => key.startsWith(prefix) && key > after)
          .map(([key, { length }]) => ({ key, bytes: length }))
          .toSorted(oneByKey)
      ),
    remove: (key) => Effect.sync(() => void objects.delete(key))
  }
}

/** Reads as the server's log does: in batches, and failing at a hole. */
export const memoryLog = (messages: ReadonlyArray<RawMessage>): RawLogService => ({
  readFrom: (sequence) =>
    Effect.sync(() => {
      let rest = messages.filter((message) => message.sequence >= sequence)
      let last = sequence - 1
      return {
        next: Effect.suspend(() => {
          const batch = rest.slice(0, 7)
          if (batch.length === 0) return Effect.never
          const hole = batch.findIndex((message, index) => message.sequence !== last + 1 + index)
          if (hole === 0) return Effect.fail(damagedAt(last + 1, batch[0]!.sequence))
          const whole = hole === -1 ? batch : batch.slice(0, hole)
          rest = rest.slice(whole.length)
          last += whole.length
          return Effect.succeed(whole)
        })
      }
    })
})
