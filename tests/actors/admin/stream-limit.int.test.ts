/** How many event streams are open at once, on the whole system. */
import { expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { streamsMax } from "../../../actors/admin/sse.ts"
import { eventually, ground, whole } from "./whole.ts"

it.live(
  "no more event streams are open than the server holds, though all come at once, and a place that is given up is free",
  () =>
    Effect.gen(function* () {
      const { firstKey, url } = yield* Effect.flatMap(ground, whole)
      const open = async () => {
        const abort = new AbortController()
        const response = await fetch(`${url}/v1/events?from=0`, {
          headers: { authorization: `Bearer ${firstKey!.text}` },
          signal: abort.signal
        })
        // The response is kept: one that is collected as garbage closes its connection.
        return { response, status: response.status, retryAfter: response.headers.get("retry-after"), abort }
      }
      yield* Effect.promise(async () => {
        const all = await Promise.all(Array.from({ length: streamsMax + 30 }, open))
        const held = all.filter(({ status }) => status === 200)
        const refused = all.filter(({ status }) => status === 429)
        expect([held.length, refused.length]).toEqual([streamsMax, 30])
        expect(refused.every(({ retryAfter }) => retryAfter === "5")).toBe(true)
        held[0]!.abort.abort()
        const last = await eventually(open, ({ status }) => status === 200)
        for (const { abort } of [...all, last]) abort.abort()
      })
    }).pipe(Effect.scoped)
)
