/** What a client can take of the server before it has shown a key: over real sockets, with limits that are soon reached. */
import { connect, type Socket } from "node:net"
import { expect, layer } from "@effect/vitest"
import { Context, Deferred, Effect, Layer } from "effect"
import { HttpRouter } from "effect/http/HttpRouter"
import { HttpServerRequest } from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import { serve, serverLimits } from "../../../actors/admin/server.ts"
import { bodyBytesMax } from "../../../contracts/http/api.ts"
import { eventually } from "./whole.ts"

/** Soon past, and a long way from the product's own. */
const limits = {
  ...serverLimits,
  headersSeconds: 0.4,
  requestSeconds: 0.8,
  checkSeconds: 0.1,
  connectionsMax: 6,
  requestsMax: 2
}

class Served extends Context.Service<
  Served,
  { readonly port: number; readonly open: Effect.Effect<boolean>; readonly url: string }
>()("test/Served") {}

const served = Layer.effect(
  Served,
  Effect.gen(function* () {
    const gate = yield* Deferred.make<void>()
    const routes = Layer.effectDiscard(
      Effect.gen(function* () {
        const router = yield* HttpRouter
        const done = HttpServerResponse.text("done")
        yield* router.add("GET", "/wait", Effect.as(Deferred.await(gate), done))
        yield* router.add("GET", "/healthz", done)
        yield* router.add("GET", "/hidden", HttpServerResponse.text("hidden"))
        const read = Effect.flatMap(HttpServerRequest, ({ text }) => text)
        yield* router.add("POST", "/read", Effect.as(read, done))
      })
    )
    const { url } = yield* serve({ host: "127.0.0.1", port: 0, names: ["x"] }, routes, limits)
    return { url, port: Number(new URL(url).port), open: Deferred.succeed(gate, undefined) }
  })
)

/** Says something and nothing more; answers with all that is heard until the server hangs up. */
const heardAfter = (port: number, ...said: ReadonlyArray<string>) =>
  Effect.callback<string>((resume) => {
    let heard = ""
    const socket = connect(port, "127.0.0.1", () => {
      for (const text of said) socket.write(text)
    })
    socket.setEncoding("latin1").on("data", (text: string) => (heard += text))
    // A server that hangs up while it is still spoken to resets the connection.
    socket.on("error", () => undefined)
    socket.on("close", () => resume(Effect.succeed(heard)))
    return Effect.sync(() => socket.destroy())
  })

const withPort = <A>(run: (port: number, url: string) => Effect.Effect<A>) =>
  Effect.flatMap(Served, ({ port, url }) => run(port, url))

const head = (line: string, ...headers: ReadonlyArray<string>) =>
  [line, "host: x", ...headers, "", ""].join("\r\n")

/** What a proxy in front of it may read as one request, with another one in it. */
const hidden = head("GET /hidden HTTP/1.1")
const chunkedEnd = "0\r\n\r\n"
const smuggled: Readonly<Record<string, string>> = {
  "a length and chunks":
    head("POST /read HTTP/1.1", "content-length: 5", "transfer-encoding: chunked") + chunkedEnd,
  "two lengths": `${head("POST /read HTTP/1.1", "content-length: 5", "content-length: 0")}abcde`,
  "chunks that are not the last coding":
    head("POST /read HTTP/1.1", "transfer-encoding: chunked, identity") + chunkedEnd,
  "a coding that nobody knows": head("POST /read HTTP/1.1", "transfer-encoding: xchunked") + chunkedEnd,
  "a space before the colon": head("POST /read HTTP/1.1", "content-length : 0"),
  "a length with a sign": head("POST /read HTTP/1.1", "content-length: +0"),
  "a size of a chunk that is none": `${head("POST /read HTTP/1.1", "transfer-encoding: chunked")}0x5\r\nabcde\r\n0\r\n\r\n`,
  "a header that goes on in the next line": head(
    "POST /read HTTP/1.1",
    "x: a",
    " transfer-encoding: chunked"
  ),
  "a NUL in a header": head("POST /read HTTP/1.1", "x: a\0b", "content-length: 0"),
  "lines that end in LF alone": "POST /read HTTP/1.1\nhost: x\ncontent-length: 0\n\n"
}

layer(served, { excludeTestServices: true })("the server", (test) => {
  test.effect("gives up on a request whose headers never end, and on one whose body does not", () =>
    withPort((port) =>
      Effect.gen(function* () {
        const began = [
          "GET /healthz HTTP/1.1\r\nhost: x\r\n",
          `${head("POST /read HTTP/1.1", "content-length: 100")}a`,
          `${head("POST /read HTTP/1.1", "transfer-encoding: chunked")}5\r\nab`
        ]
        const answers = yield* Effect.forEach(began, (text) => heardAfter(port, text), { concurrency: 3 })
        for (const answer of answers) expect(answer).toMatch(/^HTTP\/1\.1 408 /)
      })
    )
  )

  test.effect("refuses a body that is too large before it has come, whether its length is said or not", () =>
    withPort((port) =>
      Effect.gen(function* () {
        const said = head("POST /read HTTP/1.1", `content-length: ${bodyBytesMax + 1}`)
        const chunk = `${(64 * 1024).toString(16)}\r\n${"x".repeat(64 * 1024)}\r\n`
        const unsaid = head("POST /read HTTP/1.1", "transfer-encoding: chunked")
        const chunks = Array.from({ length: bodyBytesMax / (64 * 1024) + 1 }, () => chunk)
        expect(yield* heardAfter(port, said)).toMatch(/^HTTP\/1\.1 413 /)
        // Its end is never said.
        expect(yield* heardAfter(port, unsaid, ...chunks)).toMatch(/^HTTP\/1\.1 413 /)
      })
    )
  )

  for (const [how, request] of Object.entries(smuggled))
    test.effect(`does not guess where a request ends: ${how}`, () =>
      withPort((port) =>
        Effect.gen(function* () {
          const heard = yield* heardAfter(port, request, hidden)
          expect(heard).toMatch(/^HTTP\/1\.1 400 /)
          expect(heard).not.toContain("hidden")
        })
      )
    )

  test.effect(
    "answers nothing to whoever asks by a name that is not its own, also where it is in the URL",
    () =>
      withPort((port) =>
        Effect.gen(function* () {
          const ended = "connection: close\r\n\r\n"
          const asked = (target: string, host: string) =>
            heardAfter(port, `GET ${target} HTTP/1.1\r\nhost: ${host}\r\n${ended}`)
          for (const host of ["x", "X:7411", "localhost:7411", `127.0.0.1:${port}`, `[::1]:${port}`])
            expect([host, yield* asked("/hidden", host)]).toEqual([
              host,
              expect.stringMatching(/ 200 .*hidden$/s)
            ])
          const foreign = [
            ["/hidden", "evil.example"],
            ["/hidden", `evil.example:${port}`],
            ["/healthz", "evil.example"],
            ["/nothing", "x.evil.example"],
            ["/hidden", "127.0.0.1.evil.example"],
            ["/hidden", "localhost.evil.example"],
            ["/hidden", "x, evil.example"],
            ["/hidden", "evil.example@127.0.0.1"],
            ["/hidden", ""],
            ["http://evil.example/hidden", "x"]
          ] as const
          for (const [target, host] of foreign) {
            const heard = yield* asked(target, host)
            expect([target, host, heard]).toEqual([target, host, expect.stringMatching(/^HTTP\/1\.1 421 /)])
            expect(heard).toContain("urn:wadjet:problem:misdirected")
          }
          // Only what is no browser names nothing.
          expect(yield* heardAfter(port, "GET /hidden HTTP/1.0\r\n\r\n")).toMatch(/ 200 .*hidden$/s)
        })
      )
  )

  test.effect("closes connections over so many at once, and takes others once those have gone", () =>
    withPort((port, url) =>
      Effect.gen(function* () {
        const sockets: Array<Socket> = []
        yield* Effect.addFinalizer(() => Effect.sync(() => sockets.forEach((socket) => socket.destroy())))
        const taken = yield* Effect.forEach(
          Array.from({ length: limits.connectionsMax + 4 }),
          () =>
            Effect.callback<boolean>((resume) => {
              const socket = connect(port, "127.0.0.1", () => socket.write(head("GET /healthz HTTP/1.1")))
              sockets.push(socket)
              socket.once("data", () => resume(Effect.succeed(true)))
              socket.on("error", () => undefined)
              socket.once("close", () => resume(Effect.succeed(false)))
            }),
          { concurrency: "unbounded" }
        )
        expect(taken.filter((was) => was).length).toBeLessThanOrEqual(limits.connectionsMax)
        expect(taken.filter((was) => was).length).toBeGreaterThan(0)
        for (const socket of sockets) socket.destroy()
        const after = yield* Effect.promise(() =>
          eventually(
            () =>
              fetch(`${url}/healthz`).then(
                ({ status }) => status,
                () => 0
              ),
            (status) => status === 200
          )
        )
        expect(after).toBe(200)
      }).pipe(Effect.scoped)
    )
  )

  test.effect(
    "works on so many requests at once, says to the others when to come again, and still says that it lives",
    () =>
      Effect.gen(function* () {
        const { open, url } = yield* Served
        yield* Effect.promise(async () => {
          const waiting = [fetch(`${url}/wait`), fetch(`${url}/wait`)]
          const refused = await eventually(
            async () => {
              const answer = await fetch(`${url}/hidden`)
              const { headers, status } = answer
              return { status, text: await answer.text(), retryAfter: headers.get("retry-after") }
            },
            ({ status }) => status === 429
          )
          expect(refused.text).toContain("urn:wadjet:problem:too-many")
          expect(Number(refused.retryAfter)).toBeGreaterThan(0)
          expect((await fetch(`${url}/healthz`)).status).toBe(200)
          await Effect.runPromise(open)
          for (const answer of await Promise.all(waiting)) expect(answer.status).toBe(200)
          expect((await fetch(`${url}/hidden`)).status).toBe(200)
        })
      })
  )
})
