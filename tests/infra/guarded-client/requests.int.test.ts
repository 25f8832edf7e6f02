import { readFileSync } from "node:fs"
import type { IncomingMessage } from "node:http"
import { createServer as createHttpsServer } from "node:https"
import { createServer } from "node:net"
import type { TLSSocket } from "node:tls"
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import type { GuardedClientService } from "../../../infra/guarded-client/client.ts"
import { follow } from "../../../infra/guarded-client/follow.ts"
import type { Zone } from "./loopback-dns.ts"
import { openOutside, openWebsite, outsideAddress } from "./outside.ts"

const host = "safe.example.com"
const here: Zone = new Map([
  [host, [[outsideAddress]]],
  ["other.example.com", [[outsideAddress]]]
])

const get = (client: GuardedClientService, url: string) =>
  Effect.result(client.ask({ url, method: "GET", bytesMax: 1_000, limitMillis: 2_000 }))

describe("a request", () => {
  it.live("carries no cookie, no credentials and no referer, however often it is redirected", () =>
    Effect.gen(function* () {
      const headers: Array<IncomingMessage["headers"]> = []
      const { client, port } = yield* openWebsite((request, response) => {
        headers.push(request.headers)
        response.writeHead(request.url === "/a" ? 302 : 401, {
          location: "/b",
          "set-cookie": "session=1; Path=/",
          "www-authenticate": 'Basic realm="x"'
        })
        response.end()
      }, here)
      yield* follow(client, `http://${host}:${port}/a`)
      yield* follow(client, `http://${host}:${port}/a`)
      expect(headers.length).toBeGreaterThanOrEqual(4)
      const sent = new Set(headers.flatMap((one) => Object.keys(one)))
      expect([...sent].toSorted()).toEqual([
        "accept",
        "accept-encoding",
        "accept-language",
        "connection",
        "host",
        "user-agent"
      ])
      expect(new Set(headers.map((one) => one.host))).toEqual(new Set([`${host}:${port}`]))
    })
  )

  it.live("sends nothing of what is not wanted any more once it is connected, and all of what is", () =>
    Effect.gen(function* () {
      const came: Array<readonly [string | undefined, string, string | undefined]> = []
      const { client, counted, port } = yield* openWebsite((request, response) => {
        let body = ""
        request.on("data", (chunk: Buffer) => (body += chunk.toString()))
        request.on("end", () => {
          came.push([request.url, body, request.headers["content-length"]])
          response.end()
        })
      }, here)
      const body = "Grüße"
      const connectedBefore: Array<boolean> = []
      const post = (path: string, isWanted: boolean) =>
        Effect.result(
          client.ask({
            url: `http://${host}:${port}${path}`,
            method: "POST",
            body,
            isWanted: () => {
              connectedBefore.push(counted.outside > 0)
              return isWanted
            },
            bytesMax: 1_000,
            limitMillis: 20_000
          })
        )
      // Over a connection that is made for it, and over one that is there.
      for (const path of ["/first", "/second"]) expect((yield* post(path, false))._tag).toBe("Failure")
      for (const path of ["/third", "/fourth"]) expect((yield* post(path, true))._tag).toBe("Success")
      expect((yield* post("/fifth", false))._tag).toBe("Failure")
      expect(came).toEqual(["/third", "/fourth"].map((path) => [path, body, "7"]))
      expect(connectedBefore).toEqual([true, true, true, true, true])
    })
  )

  it.live("goes past every proxy that the environment names", () =>
    Effect.gen(function* () {
      const { client, counted, port } = yield* openWebsite((_, response) => response.end("direct"), here)
      const names = [
        "http_proxy",
        "HTTP_PROXY",
        "https_proxy",
        "HTTPS_PROXY",
        "ALL_PROXY",
        "NODE_USE_ENV_PROXY"
      ]
      const before = names.map((name) => [name, process.env[name]] as const)
      for (const name of names) process.env[name] = `http://127.0.0.1:${port}/`
      const answer = yield* get(client, `http://${host}:${port}/`)
      for (const [name, value] of before) {
        if (value === undefined) delete process.env[name]
        else process.env[name] = value
      }
      expect(answer._tag).toBe("Success")
      expect(counted.inside).toBe(0)
    })
  )

  it.live("keeps its name for TLS and the Host header while its address is pinned", () =>
    Effect.gen(function* () {
      const read = (name: string) => readFileSync(new URL(`./fixtures/${name}`, import.meta.url), "utf8")
      const ca = read("loopback-certificate.pem")
      const seen: Array<readonly [servername: unknown, host: string | undefined]> = []
      const server = createHttpsServer({ cert: ca, key: read("loopback-key.pem") }, (request, response) => {
        seen.push([(request.socket as TLSSocket).servername, request.headers.host])
        response.end("hello")
      })
      const { client, counted, port } = yield* openOutside(server, here, { ca })
      expect(yield* get(client, `https://${host}:${port}/`)).toMatchObject({ success: { status: 200 } })
      expect(seen).toEqual([[host, `${host}:${port}`]])
      // The same address under a name that the certificate is not for.
      expect(yield* get(client, `https://other.example.com:${port}/`)).toMatchObject({
        failure: { fault: "tls" }
      })
      expect(seen).toHaveLength(1)
      expect(counted.inside).toBe(0)
    })
  )

  it.live("to a server whose certificate nobody vouches for is given up", () =>
    Effect.gen(function* () {
      const read = (name: string) => readFileSync(new URL(`./fixtures/${name}`, import.meta.url), "utf8")
      const server = createHttpsServer({
        cert: read("loopback-certificate.pem"),
        key: read("loopback-key.pem")
      })
      const { client, port } = yield* openOutside(server, here)
      expect(yield* get(client, `https://${host}:${port}/`)).toMatchObject({ failure: { fault: "tls" } })
    })
  )

  it.live("is not sent where it is refused, and says by which rule", () =>
    Effect.gen(function* () {
      const { client, counted, port } = yield* openWebsite((_, response) => response.end(), here)
      for (const [url, rule] of [
        [`http://127.0.0.1:${port}/`, "address"],
        [`http://localhost:${port}/`, "name"],
        [`http://x@${host}:${port}/`, "credentials"],
        [`http://${host}:25/`, "port"],
        ["ftp://example.com/", "scheme"],
        ["nonsense", "url"]
      ] as const)
        expect([url, yield* get(client, url)]).toMatchObject([url, { failure: { fault: "refused", rule } }])
      expect(counted).toEqual({ outside: 0, inside: 0 })
    })
  )

  it.live("ends with the client, whatever is under way", () =>
    Effect.gen(function* () {
      let arrived = () => {}
      const underWay = new Promise<void>((resolve) => (arrived = resolve))
      let left = () => {}
      const wasLeft = new Promise<void>((resolve) => (left = resolve))
      const { client, port } = yield* openWebsite((request) => {
        request.socket.on("close", left)
        arrived()
      }, here)
      const asking = yield* Effect.forkScoped(get(client, `http://${host}:${port}/`))
      yield* Effect.promise(() => underWay)
      asking.interruptUnsafe()
      yield* Effect.promise(() => wasLeft)
    })
  )
})

const answers: Readonly<Record<string, string>> = {
  "/injected": `HTTP/1.1 302 Found\r\nLocation: http://${host}:PORT/next%0d%0aHost:%20inside%0d%0aX-Injected:%20yes\r\n\r\n`,
  "/raw-tab": `HTTP/1.1 302 Found\r\nLocation: http://${host}:PORT/ne\txt\r\n\r\n`,
  "/bare-cr": `HTTP/1.1 302 Found\r\nLocation: http://${host}:PORT/next\rX-Injected: yes\r\n\r\n`,
  "/folded": `HTTP/1.1 302 Found\r\nLocation: http://${host}:PORT/\r\n next\r\nX: y\r\n\r\n`,
  "/two-locations": `HTTP/1.1 302 Found\r\nLocation: http://${host}:PORT/next\r\nLocation: http://127.0.0.1:PORT/\r\n\r\n`,
  "/userinfo": `HTTP/1.1 302 Found\r\nLocation: http://${host}:PORT\\@127.0.0.1:PORT/\r\n\r\n`,
  "/userinfo-back": `HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:PORT\\@${host}:PORT/\r\n\r\n`,
  "/huge-headers": `HTTP/1.1 200 OK\r\nX-Huge: ${"x".repeat(100_000)}\r\n\r\n`,
  "/no-http": "220 mail.example ESMTP\r\n",
  "/upgrade": "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
  "/two-lengths": "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
  "/smuggled": "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
  "/unasked": "HTTP/1.1 204 No Content\r\n\r\nHTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:PORT/\r\n\r\n",
  "/nothing": ""
}

describe("answers that are made to be misread", () => {
  it.live("lead nowhere inside, add nothing to later requests and harm nobody", () =>
    Effect.gen(function* () {
      const requests: Array<string> = []
      let port = 0
      const server = createServer((socket) => {
        socket.on("error", () => {})
        socket.on("data", (data) => {
          const text = data.toString("latin1")
          requests.push(text)
          const path = /^\w+ (\S+)/.exec(text)?.[1] ?? ""
          const answer = answers[path] ?? "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n"
          socket.end(answer.replaceAll("PORT", String(port)), "latin1")
        })
      })
      const open = yield* openOutside(server, here)
      port = open.port
      const ends: Record<string, string> = {}
      for (const path of Object.keys(answers)) {
        const before = open.counted.outside
        const { end } = yield* follow(open.client, `http://${host}:${port}${path}`)
        ends[path] = end.kind
        expect([path, open.counted.outside]).toEqual([path, expect.any(Number)])
        expect(open.counted.outside).toBeGreaterThan(before)
      }
      expect(open.counted.inside).toBe(0)
      expect(ends).toMatchObject({
        "/userinfo-back": "refused",
        "/huge-headers": "failed",
        "/no-http": "failed"
      })
      // A header that was smuggled in would begin a line of its own.
      expect(requests.filter((text) => /^x-injected|^host: inside/im.test(text))).toEqual([])
      expect(requests.filter((text) => text.split(/^host: /im).length !== 2)).toEqual([])
    })
  )
})
