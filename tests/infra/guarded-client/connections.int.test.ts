import { readFileSync } from "node:fs"
import type { ServerResponse } from "node:http"
import { createSecureServer } from "node:http2"
import type { TLSSocket } from "node:tls"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import type { Zone } from "./loopback-dns.ts"
import { openOutside, openWebsite, outsideAddress } from "./outside.ts"

const host = "safe.example.com"
const here: Zone = new Map([[host, [[outsideAddress]]]])

const get = (url: string) => ({ url, method: "GET" as const, bytesMax: 1_000, limitMillis: 20_000 })

describe("connections to one host", () => {
  it.live("are as many as questions, so that none waits for another's answer", () =>
    Effect.gen(function* () {
      const questions = 50
      const waiting: Array<ServerResponse> = []
      // Nobody is answered before all have asked.
      const { client, port } = yield* openWebsite((_, response) => {
        waiting.push(response)
        if (waiting.length === questions) for (const one of waiting) one.end("hello")
      }, here)
      const answers = yield* Effect.forEach(
        Array.from({ length: questions }, (_, at) => at),
        (at) => client.ask(get(`http://${host}:${port}/${at}`)),
        { concurrency: "unbounded" }
      )
      expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: questions }, () => 200))
    })
  )

  it.live("are used again, and after a redirect whose words nobody reads as well", () =>
    Effect.gen(function* () {
      const { client, counted, port } = yield* openWebsite(
        (_, response) => response.writeHead(302, { location: "/next" }).end("moved"),
        here
      )
      const asked = { ...get(`http://${host}:${port}/`), wantsBody: () => false }
      for (let turn = 0; turn < 9; turn++) expect((yield* client.ask(asked)).bytes).toHaveLength(0)
      // What is left of an answer may still be on its way when the next question is asked.
      expect(counted.outside).toBeLessThan(9)
    })
  )

  const turns = 9

  /** Asks, waits no more once that has arrived, and asks something else, in turns: how many connections that takes. */
  const connectionsOf = Effect.fnUntraced(function* (keepsConnection: boolean, late: string) {
    let arrived: (response: ServerResponse) => void = () => {}
    const { client, counted, port } = yield* openWebsite((request, response) => {
      if (request.url === "/late") arrived(response)
      else response.end("hello")
    }, here)
    for (let turn = 0; turn < turns; turn++) {
      const underWay = new Promise<ServerResponse>((resolve) => (arrived = resolve))
      const asked = { ...get(`http://${host}:${port}/late`), keepsConnection }
      const asking = yield* Effect.forkChild(client.ask(asked))
      const response = yield* Effect.promise(() => underWay)
      yield* Fiber.interrupt(asking)
      response.end(late)
      yield* client.ask(get(`http://${host}:${port}/`))
    }
    return counted.outside
  })

  it.live("are broken off where nobody waits for the answer any more", () =>
    Effect.gen(function* () {
      expect(yield* connectionsOf(false, "hello")).toBeGreaterThanOrEqual(turns)
    })
  )

  it.live("are used again where an answer that nobody waits for may come all the same, if it is short", () =>
    Effect.gen(function* () {
      expect(yield* connectionsOf(true, "hello")).toBeLessThan(turns)
      expect(yield* connectionsOf(true, "x".repeat(1_000_000))).toBeGreaterThanOrEqual(turns)
    })
  )

  it.live("speak HTTP/1.1, also with a server that would rather speak HTTP/2", () =>
    Effect.gen(function* () {
      const read = (name: string) => readFileSync(new URL(`./fixtures/${name}`, import.meta.url), "utf8")
      const ca = read("loopback-certificate.pem")
      const spoken: Array<unknown> = []
      const server = createSecureServer({ cert: ca, key: read("loopback-key.pem"), allowHTTP1: true })
      server.on("request", (request, response) => {
        spoken.push(request.httpVersion, (request.socket as TLSSocket).alpnProtocol)
        response.end("hello")
      })
      const { client, port } = yield* openOutside(server, here, { ca })
      expect((yield* client.ask(get(`https://${host}:${port}/`))).status).toBe(200)
      expect(spoken).toEqual(["1.1", "http/1.1"])
    })
  )
})
