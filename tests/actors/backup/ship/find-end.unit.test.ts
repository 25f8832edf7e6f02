import { expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { findEnd } from "../../../../actors/backup/ship/tail.ts"
import { shippedLog } from "../shipped.ts"

it.live("a damaged last segment stays where it is until it is seen to be aside", () =>
  Effect.gen(function* () {
    const { messages, origin, place, segments } = yield* shippedLog([3, 2])
    const { bytes, key } = segments[1]!
    const broken = Buffer.from(bytes)
    broken[broken.length - 1]! ^= 1
    place.objects.set(key, broken)
    const find = (at: typeof place) => findEnd(at, origin, messages.length)
    const said = <A>(answer: A) => Effect.succeed(answer)
    const half = (bytes: Uint8Array) => bytes.subarray(0, bytes.length / 2)
    const liars: ReadonlyArray<Partial<typeof place>> = [
      { putIfAbsent: () => said("stored"), replace: () => Effect.void },
      {
        putIfAbsent: (key, bytes) => place.putIfAbsent(key, half(bytes)),
        replace: (key, bytes) => place.replace(key, half(bytes))
      }
    ]
    for (const liar of liars) {
      expect(yield* Effect.flip(find({ ...place, ...liar }))).toMatchObject({ fault: "lied" })
      expect(place.objects.get(key)).toEqual(broken)
    }
    // What is left of that does not keep it from being stored when the storage is as it should be.
    const { aside, segment } = yield* find(place)
    expect(segment?.header.last).toBe(3)
    expect(place.objects.get(aside[0]!.key)).toEqual(broken)
    expect(place.objects.has(key)).toBe(false)
  })
)
