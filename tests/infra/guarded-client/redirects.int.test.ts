import { connect } from "node:net"
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { follow } from "../../../infra/guarded-client/follow.ts"
import { endsOf } from "./ends.ts"
import type { Zone } from "./loopback-dns.ts"
import { openWebsite, outsideAddress } from "./outside.ts"
import { sendOn } from "./send-on.ts"

const host = "site.example.com"
const here: Zone = new Map([[host, [[outsideAddress]]]])

/** Spellings of this machine's own addresses, and of others that are nobody's business. */
const refusedHosts = [
  "127.0.0.1",
  "127.1",
  "127.0.0.3",
  "0",
  "0.0.0.0",
  "2130706433",
  "017700000001",
  "0x7f000001",
  "0x7f.0x0.0x0.0x1",
  "0177.0.0.01",
  "127.0.0.1.",
  "127%2e0%2e0%2e1",
  "１２７.０.０.１",
  "127。0。0。1",
  "①②⑦.⓪.⓪.①",
  "[::1]",
  "[::]",
  "[0:0:0:0:0:0:0:1]",
  "[::ffff:127.0.0.1]",
  "[::ffff:7f00:1]",
  "[::127.0.0.1]",
  "[64:ff9b::7f00:1]",
  "[64:ff9b:1::7f00:1]",
  "[2002:7f00:1::1]",
  "[2001:0:7f00:1::80ff:fffe]",
  "[fe80::5efe:7f00:1]",
  "[fe80::1]",
  "[fc00::1]",
  "localhost",
  "LocalHost.",
  "a.localhost",
  "localtest.me",
  "127.0.0.1.nip.io",
  "7f000001.nip.io",
  "169.254.169.254",
  "metadata.google.internal",
  "10.0.0.1",
  "192.168.0.1",
  "172.16.0.1",
  "100.64.0.1"
]

describe("redirects to what is refused", () => {
  it.live("end there, in every spelling, and nothing inside is connected to", () =>
    Effect.gen(function* () {
      const { client, counted, guarded, port } = yield* openWebsite(sendOn, here)
      expect(guarded).toContain("127.0.0.1")
      for (const refused of refusedHosts) {
        const before = counted.outside
        const url = `http://${host}:${port}/to?${encodeURIComponent(`http://${refused}:${port}/`)}`
        const trail = yield* follow(client, url)
        expect([refused, endsOf(trail)]).toEqual([
          refused,
          expect.stringMatching(/^refused: (address|name)$/)
        ])
        expect(trail.hops).toHaveLength(2)
        expect(counted.outside).toBeGreaterThan(before)
      }
      expect(counted.inside).toBe(0)
    })
  )

  it.live("are found by scheme, credentials and port as well", () =>
    Effect.gen(function* () {
      const { client, counted, port } = yield* openWebsite(sendOn, here)
      const at = (target: string) =>
        Effect.map(follow(client, `http://${host}:${port}/to?${encodeURIComponent(target)}`), endsOf)
      expect(yield* at("file:///etc/passwd")).toBe("refused: scheme")
      expect(yield* at("gopher://127.0.0.1:25/_MAIL")).toBe("refused: scheme")
      expect(yield* at("intent://scan/#Intent;scheme=zxing;end")).toBe("refused: scheme")
      expect(yield* at(`http://u:p@${host}:${port}/`)).toBe("refused: credentials")
      expect(yield* at(`http://${host}:22/`)).toBe("refused: port")
      expect(yield* at("http://[::1")).toBe("failed: malformed")
      expect(counted.inside).toBe(0)
    })
  )

  it.live("would be reached by a client without the guard", () =>
    Effect.gen(function* () {
      const { counted, port } = yield* openWebsite(sendOn, here)
      yield* Effect.callback<void>((resume) => {
        connect(port, "127.0.0.1").on("close", () => resume(Effect.void))
      })
      expect(counted.inside).toBe(1)
    })
  )
})
