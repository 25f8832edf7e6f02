import { brotliCompressSync, gzipSync } from "node:zlib"
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { follow, followLimits } from "../../../infra/guarded-client/follow.ts"
import { endsOf } from "./ends.ts"
import type { Zone } from "./loopback-dns.ts"
import { openWebsite, outsideAddress } from "./outside.ts"

const host = "site.example.com"
const here: Zone = new Map([[host, [[outsideAddress]]]])

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

  it.live(
    "are whole where they are as long as the limit, and none where they break off, compressed or not",
    () =>
      Effect.gen(function* () {
        const text = Buffer.from("x".repeat(1_000))
        const { client, port } = yield* openWebsite((request, response) => {
          const isGzip = request.url!.endsWith("gzip")
          const body = isGzip ? gzipSync(text) : text
          const broken = request.url!.startsWith("/broken")
          response.writeHead(200, {
            "content-length": body.length + (broken ? 1 : 0),
            ...(isGzip ? { "content-encoding": "gzip" } : {})
          })
          if (broken) response.write(body, () => response.destroy())
          else response.end(body)
        }, here)
        const read = (path: string) =>
          Effect.result(
            client.ask({
              url: `http://${host}:${port}${path}`,
              method: "GET",
              bytesMax: 1_000,
              limitMillis: 20_000
            })
          )
        for (const kind of ["plain", "gzip"]) {
          expect(yield* read(`/whole-${kind}`)).toMatchObject({ success: { bytes: text, cut: false } })
          expect(yield* read(`/broken-${kind}`)).toMatchObject({ failure: { fault: "unreachable" } })
        }
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
