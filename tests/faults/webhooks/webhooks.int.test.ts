/** Who tells webhooks is paused, and another one killed, each in the middle of a request: a short run of the sweep. */
import { expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { ground } from "../../actors/admin/whole.ts"
import { breachesOf } from "./laws.ts"
import { runWebhookWorld } from "./world.ts"

it.live(
  "a webhook is told each event by one process at a time, under one id, when that is paused, and when it is killed",
  () =>
    Effect.gen(function* () {
      const { dataFolder, nats } = yield* ground
      const { breaches, requests } = yield* runWebhookWorld({
        nats: { url: nats.url, user: nats.user, pass: nats.pass },
        dataFolder,
        // Whoever is killed is succeeded at once; whoever is paused, once its lease is over.
        lease: { leaseMillis: 1_500, renewEveryMillis: 400, waitMillis: 100, marginMillis: 300 },
        rounds: ["pause", "kill"],
        random: () => 0.4
      })
      expect(breaches).toEqual([])
      expect(new Set(requests.map(({ teller }) => teller)).size).toBe(2)
    }),
  120_000
)

it("a breach of each promise is found", () => {
  const request = (sequence: number, teller = "one", id = `e${sequence}`) => ({
    sequence,
    id,
    teller,
    taken: true
  })
  const met = [{ round: "pause" as const, at: 2, name: "one", from: 2 }]
  const requests = [request(1), request(2), request(2, "two"), request(3, "two")]
  const told = { requests, met, from: 1, last: 3 }
  expect(breachesOf(told)).toEqual([])
  const wrong = (change: Partial<typeof told>) => breachesOf({ ...told, ...change }).length
  expect(wrong({ requests: [...requests, request(3)] })).toBeGreaterThan(0)
  expect(wrong({ requests: requests.slice(0, 3) })).toBeGreaterThan(0)
  expect(wrong({ requests: [request(1), request(2), request(2, "two", "e3"), request(3, "two")] })).toBe(1)
  expect(wrong({ requests: [request(1), request(2), request(3, "two")] })).toBe(1)
  expect(
    wrong({ requests: [request(1), request(2), request(2, "two"), request(1, "two"), request(3, "two")] })
  ).toBe(2)
})
