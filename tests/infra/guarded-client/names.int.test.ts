import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { makeGuardedClient } from "../../../infra/guarded-client/client.ts"
import { follow } from "../../../infra/guarded-client/follow.ts"
import { endsOf } from "./ends.ts"
import type { Zone } from "./loopback-dns.ts"
import { openWebsite, outsideAddress } from "./outside.ts"
import { sendOn } from "./send-on.ts"

const host = "site.example.com"
const here: Zone = new Map([[host, [[outsideAddress]]]])

describe("names", () => {
  it.live.each([
    ["an address inside", [["127.0.0.1"]]],
    ["an IPv6 address inside", [["::1"]]],
    ["one of both kinds", [[outsideAddress, "127.0.0.1"]]],
    ["one outside and one inside by IPv6", [[outsideAddress, "::1"]]],
    ["a mapped address inside", [["::ffff:127.0.0.1"]]],
    ["cloud metadata", [["169.254.169.254"]]]
  ] as const)("that resolve to %s are refused", ([, answers]) =>
    Effect.gen(function* () {
      const zone: Zone = new Map([...here, ["bad.example.com", answers]])
      const { client, counted, port } = yield* openWebsite(sendOn, zone)
      const bad = `http://bad.example.com:${port}/`
      const trail = yield* follow(client, `http://${host}:${port}/to?${encodeURIComponent(bad)}`)
      expect(endsOf(trail)).toBe("refused: address")
      expect(counted).toEqual({ outside: expect.any(Number), inside: 0 })
      expect(counted.outside).toBeGreaterThan(0)
    })
  )

  it.live("that change their answer between two connections never lead inside", () =>
    Effect.gen(function* () {
      const turns = Array.from({ length: 40 }, (_, turn) => [turn % 2 === 0 ? outsideAddress : "127.0.0.1"])
      const zone: Zone = new Map([["rebind.example.com", turns]])
      const { client, counted, dns, port } = yield* openWebsite(
        (_, response) => response.writeHead(200, { connection: "close" }).end("hello"),
        zone
      )
      const ends: Array<string> = []
      for (let turn = 0; turn < turns.length; turn++) {
        const answer = client.ask({
          url: `http://rebind.example.com:${port}/`,
          method: "GET",
          bytesMax: 100,
          limitMillis: 5_000
        })
        ends.push((yield* Effect.result(answer))._tag)
      }
      expect(counted.inside).toBe(0)
      expect(counted.outside).toBe(20)
      expect(ends.filter((end) => end === "Failure")).toHaveLength(20)
      // Each connection has one look-up, whose answer is what is connected to.
      expect(dns.asked.get("rebind.example.com/1")).toBe(40)
    })
  )

  it.live(
    "that nobody says anything about are given up when the time is up, and not when the look-up is",
    () =>
      Effect.gen(function* () {
        const client = yield* makeGuardedClient({
          resolve: () => new Promise(() => {}),
          connectMillis: 60_000
        })
        const asked = { url: "http://silent.example.com/", method: "GET" as const, bytesMax: 100 }
        const failed = yield* Effect.flip(client.ask({ ...asked, limitMillis: 50 }))
        expect(failed.fault).toBe("timeout")
      })
  )

  it.live("that do not exist are no refusal", () =>
    Effect.gen(function* () {
      const { client, port } = yield* openWebsite(sendOn)
      expect(endsOf(yield* follow(client, `http://gone.example.com:${port}/`))).toBe("failed: no-such-name")
    })
  )
})
