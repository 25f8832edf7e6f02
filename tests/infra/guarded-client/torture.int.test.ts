import type { IncomingMessage, ServerResponse } from "node:http"
import { connect } from "node:net"
import { brotliCompressSync, gzipSync } from "node:zlib"
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { follow, followLimits, type Trail } from "../../../infra/guarded-client/follow.ts"
import type { Zone } from "./loopback-dns.ts"
import { openWebsite, outsideAddress } from "./outside.ts"

const host = "site.example.com"
const here: Zone = new Map([[host, [[outsideAddress]]]])

/** What the outside answers at `/to?URL`: a redirect there. */
const sendOn = (request: IncomingMessage, response: ServerResponse) => {
  const target = decodeURIComponent(request.url!.split("?")[1] ?? "")
  // As servers do that know nothing of characters: the bytes of UTF-8, one by one.
  const location = Buffer.from(target).toString("latin1")
  response.writeHead(302, { location, connection: "close" }).end()
}

const endsOf = (trail: Trail): string => {
  const { end } = trail
  if (end.kind === "refused") return `refused: ${end.rule}`
  return end.kind === "failed" ? `failed: ${end.fault}` : end.kind
}

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

  it.live("that do not exist are no refusal", () =>
    Effect.gen(function* () {
      const { client, port } = yield* openWebsite(sendOn)
      expect(endsOf(yield* follow(client, `http://gone.example.com:${port}/`))).toBe("failed: no-such-name")
    })
  )
})

describe("chains", () => {
  const paths: Readonly<Record<string, [status: number, headers: Record<string, string>, body?: string]>> = {
    "/one": [301, { location: "/two" }],
    "/two": [307, { location: `//${host}:PORT/three#fragment` }],
    "/three": [200, { refresh: "0; url=/four" }],
    "/four": [
      200,
      { "content-type": "text/html" },
      "<!-- <meta http-equiv=refresh content='0;url=/no'> --><META content='0; URL=&#x2F;five' http-equiv=Refresh>"
    ],
    "/five": [200, { "content-type": "text/html; charset=utf-8" }, "<title>arrived</title>"],
    "/loop": [302, { location: "/pool" }],
    "/pool": [302, { location: "/loop#again" }]
  }

  const website = (
    port: () => number,
    asked: Array<string> = []
  ): ((q: IncomingMessage, r: ServerResponse) => void) => {
    return (request, response) => {
      asked.push(`${request.method} ${request.url}`)
      const endless = /^\/endless\/(\d+)$/.exec(request.url!)
      const [status, headers, body] =
        endless === null
          ? (paths[request.url!] ?? [404, {}])
          : ([302, { location: `/endless/${Number(endless[1]) + 1}` }] as const)
      const sent = Object.fromEntries(
        Object.entries(headers).map(([name, value]) => [name, value.replace("PORT", String(port()))])
      )
      response.writeHead(status, sent).end(body)
    }
  }

  it.live("are followed by status, by header and by page, each hop once", () =>
    Effect.gen(function* () {
      const asked: Array<string> = []
      let port = 0
      const open = yield* openWebsite(
        website(() => port, asked),
        here
      )
      port = open.port
      const trail = yield* follow(open.client, `http://${host}:${port}/one`)
      expect(trail.hops.map(({ by, status, url }) => [by, new URL(url).pathname, status])).toEqual([
        ["asked", "/one", 301],
        ["location", "/two", 307],
        ["location", "/three", 200],
        ["refresh-header", "/four", 200],
        ["meta-refresh", "/five", 200]
      ])
      expect(endsOf(trail)).toBe("arrived")
      expect(trail.page?.bytes.toString()).toContain("arrived")
      expect(asked).toEqual(["GET /one", "GET /two", "GET /three", "GET /four", "GET /five"])
    })
  )

  it.live("end where they come back to, and where they have no end", () =>
    Effect.gen(function* () {
      let port = 0
      const open = yield* openWebsite(
        website(() => port),
        here
      )
      port = open.port
      const loop = yield* follow(open.client, `http://${host}:${port}/loop`)
      expect(endsOf(loop)).toBe("loop")
      expect(loop.hops).toHaveLength(2)
      const endless = yield* follow(open.client, `http://${host}:${port}/endless/0`)
      expect(endsOf(endless)).toBe("too-many-hops")
      expect(endless.hops).toHaveLength(followLimits.redirectHopsMax + 1)
    })
  )

  it.live("do not wait for what a redirect or a file has to say besides", () =>
    Effect.gen(function* () {
      const { client, port } = yield* openWebsite((request, response) => {
        if (request.url === "/redirect") response.writeHead(302, { location: "/file" })
        else response.writeHead(200, { "content-type": "application/octet-stream" })
        response.write("the rest never comes")
      }, here)
      const trail = yield* follow(client, `http://${host}:${port}/redirect`)
      expect(trail.hops.map(({ status }) => status)).toEqual([302, 200])
      expect(endsOf(trail)).toBe("arrived")
      expect(trail.page?.bytes).toHaveLength(0)
    })
  )
})

describe("bodies and answers without an end", () => {
  const limits = { ...followLimits, requestMillis: 200, totalMillis: 400 }

  it.live("are given up at the limit of time", () =>
    Effect.gen(function* () {
      const { client, counted, port } = yield* openWebsite((request, response) => {
        if (request.url === "/silent") return
        response.writeHead(200, { "content-type": "text/html" })
        const drip = setInterval(() => response.write("x"), 20)
        response.on("close", () => clearInterval(drip))
      }, here)
      for (const path of ["/silent", "/dripping"])
        expect(endsOf(yield* follow(client, `http://${host}:${port}${path}`, limits))).toBe("failed: timeout")
      expect(counted.outside).toBeGreaterThan(0)
    })
  )

  it.live("are cut at the limit of bytes, and the server is left", () =>
    Effect.gen(function* () {
      let left = () => {}
      const wasLeft = new Promise<void>((resolve) => (left = resolve))
      const { client, port } = yield* openWebsite((_, response) => {
        response.writeHead(200, { "content-type": "text/html" })
        const more = () => {
          while (!response.destroyed && response.write(Buffer.alloc(65_536, "x")));
        }
        response.on("drain", more).on("close", left)
        more()
      }, here)
      const answer = yield* client.ask({
        url: `http://${host}:${port}/`,
        method: "GET",
        bytesMax: 100_000,
        limitMillis: 5_000
      })
      expect({ length: answer.bytes.length, cut: answer.cut }).toEqual({ length: 100_000, cut: true })
      yield* Effect.promise(() => wasLeft)
    })
  )

  const zeros = Buffer.alloc(64 * 1024 * 1024)
  const bombs: Readonly<Record<string, () => [encoding: string, body: Buffer]>> = {
    "/gzip": () => ["gzip", gzipSync(zeros)],
    "/br": () => ["br", brotliCompressSync(zeros.subarray(0, 16 * 1024 * 1024))],
    "/twice": () => ["gzip, gzip", gzipSync(gzipSync(zeros))],
    "/unknown": () => ["x-unheard-of", Buffer.from("?")],
    "/not-gzip": () => ["gzip", Buffer.from("plain text")]
  }

  it.live("cost no more than their limit when they are compressed", () =>
    Effect.gen(function* () {
      const { client, port } = yield* openWebsite((request, response) => {
        const [encoding, body] = bombs[request.url!]!()
        response.writeHead(200, { "content-encoding": encoding }).end(body)
      }, here)
      const read = (path: string) =>
        Effect.result(
          client.ask({
            url: `http://${host}:${port}${path}`,
            method: "GET",
            bytesMax: 100_000,
            limitMillis: 20_000
          })
        )
      for (const path of ["/gzip", "/br", "/twice", "/unknown"]) {
        const answer = yield* read(path)
        expect(answer._tag).toBe("Success")
        if (answer._tag === "Success") expect([path, answer.success.cut]).toEqual([path, true])
        if (answer._tag === "Success") expect(answer.success.bytes.length).toBeLessThanOrEqual(100_000)
      }
      expect(yield* read("/not-gzip")).toMatchObject({ failure: { fault: "malformed" } })
    })
  )
})
