/** Who may ask what, and what is said to requests that are not as declared. */
import { request } from "node:http"
import { connect } from "node:net"
import { expect, layer } from "@effect/vitest"
import { Context, Effect, Layer, Result, Schema } from "effect"
import { startAdmin } from "../../../actors/admin/start-admin.ts"
import { Role } from "../../../contracts/account.ts"
import { isAtLeast, NeedsRole } from "../../../contracts/http/access.ts"
import { bodyBytesMax } from "../../../contracts/http/api.ts"
import { endpoints, neededRole } from "../../../contracts/http/open-api.ts"
import { Problem } from "./shapes.ts"
import { call, ground, healthy, temporaryFolder, webFolder, type Whole, whole } from "./whole.ts"

class Running extends Context.Service<Running, Whole>()("test/Running") {}
const running = Layer.effect(Running, Effect.flatMap(ground, whole))

/** What the document says of one request. */
const Operation = Schema.Struct({
  operationId: Schema.String,
  security: Schema.Array(Schema.Unknown),
  "x-wadjet-role": Schema.optionalKey(Role)
})
const OpenApi = Schema.Struct({
  openapi: Schema.String,
  paths: Schema.Record(Schema.String, Schema.Record(Schema.String, Operation))
})

/** All that may be asked without a key: the probes, and how to get in. */
const open = [
  "GET /healthz",
  "GET /readyz",
  "POST /v1/passes/look",
  "POST /v1/passes/use",
  "POST /v1/sign-in"
]

/** Something in the place of each path parameter, of its declared shape where that is not any text. */
const examples: Readonly<Record<string, string>> = {
  chat: "c0example0",
  link: "a".repeat(40),
  id: "b".repeat(40),
  override: "01941f29-7c00-7000-8000-000000000001",
  report: "c".repeat(40),
  person: "p0example0",
  actor: "scan",
  sequence: "1"
}

interface Operation {
  readonly name: string
  readonly method: string
  readonly path: string
  readonly isOpen: boolean
  readonly role: Role | undefined
}

/** Every request that there is, as the API itself describes it. */
const operationsOf = async ({ firstKey, url }: Whole): Promise<ReadonlyArray<Operation>> => {
  const { paths } = (await call(`${url}/v1/openapi.json`, firstKey!.text)).as(OpenApi)
  return Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({
      name: `${method.toUpperCase()} ${path}`,
      method: method.toUpperCase(),
      path: path.replaceAll(/\{([a-zA-Z]+)\}/g, (_, name: string) => examples[name] ?? "1"),
      isOpen: operation.security.length === 0,
      role: operation["x-wadjet-role"]
    }))
  )
}

interface Refusal {
  readonly type?: string
  readonly error?: string
  readonly code?: string
}

/** Requests without a body: what is allowed is then refused for its shape, or carried out on nothing. */
const ask = async (url: string, { method, path }: Operation, key: string | undefined) => {
  const abort = new AbortController()
  const headers: Record<string, string> = key === undefined ? {} : { authorization: `Bearer ${key}` }
  const response = await fetch(url + path, { method, headers, signal: abort.signal })
  const { status } = response
  const { code, error, type } = status === 403 ? ((await response.json()) as Refusal) : {}
  abort.abort()
  // The older systems' routes say it in their words.
  const isForbidden = type === "urn:wadjet:problem:forbidden" || error === "forbidden" || code === "FORBIDDEN"
  return { status, isForbidden }
}

/** For a server beside the one that runs. */
const adminOptions = {
  webFolder,
  wantsFirstKey: false,
  health: healthy,
  weighingOf: () => null,
  calendarOf: () => "",
  readContacts: () => Result.fail(""),
  readOlder: { scheduled: () => Result.fail(""), job: () => Result.fail("") }
}

interface Named {
  readonly port: string
  readonly method: string
  readonly path: string
  readonly key?: string
}

/** Asks a server on loopback by a name; answers with the status and the body. */
const askedAs = (host: string, { key, method, path, port }: Named) =>
  Effect.callback<readonly [number | undefined, string]>((resume) => {
    const headers = { host, ...(key === undefined ? {} : { authorization: `Bearer ${key}` }) }
    const sent = request({ host: "127.0.0.1", port, method, path, headers }, (response) => {
      let text = ""
      response.on("data", (data) => (text += String(data)))
      response.on("end", () => resume(Effect.succeed([response.statusCode, text])))
    })
    sent.end()
  })

layer(running, { timeout: "60 seconds", excludeTestServices: true })("the API", (test) => {
  test.effect("needs a key for everything but the probes and the entrance, and for them none", () =>
    Effect.gen(function* () {
      const it = yield* Running
      const operations = yield* Effect.promise(() => operationsOf(it))
      expect(operations.length).toBe(endpoints.length)
      const unguarded = operations.filter(({ isOpen }) => isOpen)
      expect(unguarded.map(({ name }) => name).toSorted()).toEqual(open)
      for (const operation of operations) {
        const { status } = yield* Effect.promise(() => ask(it.url, operation, undefined))
        expect([operation.name, status === 401]).toEqual([operation.name, !operation.isOpen])
      }
    })
  )

  test.effect("declares a role for everything that needs a key", () =>
    Effect.gen(function* () {
      const it = yield* Running
      const operations = yield* Effect.promise(() => operationsOf(it))
      const closed = operations.filter(({ isOpen }) => !isOpen)
      expect(closed.filter(({ role }) => role === undefined)).toEqual([])
      const undeclared = endpoints.filter(
        ({ endpoint }) => Context.getOption(endpoint.annotations, NeedsRole)._tag === "None"
      )
      expect(undeclared.map(({ endpoint }) => `${endpoint.method} ${endpoint.path}`).toSorted()).toEqual(open)
      expect(neededRole({ annotations: Context.empty() })).toBe("owner")
    })
  )

  for (const role of Role.literals)
    test.effect(`lets a key of the role ${role} do what is declared for it, and nothing more`, () =>
      Effect.gen(function* () {
        const it = yield* Running
        const key = yield* it.keyOf(role)
        const operations = yield* Effect.promise(() => operationsOf(it))
        for (const operation of operations) {
          if (operation.isOpen) continue
          const { isForbidden, status } = yield* Effect.promise(() => ask(it.url, operation, key))
          const may = isAtLeast(role, operation.role!)
          expect([operation.name, isForbidden]).toEqual([operation.name, !may])
          expect([operation.name, status]).not.toEqual([operation.name, 401])
          expect([operation.name, status >= 500]).toEqual([operation.name, false])
        }
      })
    )

  test.effect("is asked for by the names that it was given, and by that of its public address", () =>
    Effect.gen(function* () {
      const { context } = yield* Running
      const dataFolder = yield* temporaryFolder
      const { url } = yield* startAdmin({
        ...adminOptions,
        http: { host: "127.0.0.1", port: 0, names: ["nas.lan"] },
        publicUrl: "https://wadjet.example",
        dataFolder
      }).pipe(Effect.provideContext(context))
      const { port } = new URL(url)
      for (const [host, expected] of [
        ["nas.lan", 200],
        ["nas.lan:7411", 200],
        ["wadjet.example", 200],
        ["other.example", 421]
      ] as const) {
        const [status] = yield* askedAs(host, { port, method: "GET", path: "/healthz" })
        expect([host, status]).toEqual([host, expected])
      }
    }).pipe(Effect.scoped)
  )

  test.effect(
    "answers whoever asks by another name nothing, whatever they ask for and whoever they are",
    () =>
      Effect.gen(function* () {
        const it = yield* Running
        const operations = yield* Effect.promise(() => operationsOf(it))
        const { port } = new URL(it.url)
        const key = it.firstKey!.text
        const files = ["/", "/main.js", "/docs.html", "/swagger-ui.js", "/scheduler/refresh", "/nothing"]
        for (const { method, path } of [...operations, ...files.map((path) => ({ method: "GET", path }))]) {
          const [status, text] = yield* askedAs(`evil.example:${port}`, { port, method, path, key })
          expect([method, path, status]).toEqual([method, path, 421])
          expect(JSON.parse(text)).toMatchObject({ type: "urn:wadjet:problem:misdirected" })
        }
      })
  )

  test.effect("takes a key as X-Api-Key too, not in a URL, and no longer once it is revoked", () =>
    Effect.gen(function* () {
      const { accounts, url } = yield* Running
      const { key, text } = yield* accounts.createKey({ role: "viewer" })
      const as = (init: RequestInit) => Effect.promise(() => call(`${url}/v1/overview`, undefined, init))
      expect((yield* as({ headers: { "x-api-key": text } })).status).toBe(200)
      expect((yield* Effect.promise(() => call(`${url}/v1/overview?key=${text}`, undefined))).status).toBe(
        401
      )
      yield* accounts.revokeKey(key.key)
      const refused = yield* as({ headers: { "x-api-key": text } })
      expect(refused.status).toBe(401)
      expect(refused.headers.get("www-authenticate")).toContain("Bearer")
      expect(refused.headers.get("content-type")).toContain("application/problem+json")
      expect(refused.as(Problem).type).toBe("urn:wadjet:problem:unauthorized")
    })
  )

  test.effect(
    "takes a key for the parts of the API that it is for, and for reading alone where that is all",
    () =>
      Effect.gen(function* () {
        const { firstKey, url } = yield* Running
        const make = (scopes: ReadonlyArray<string>) =>
          call(`${url}/v1/keys`, firstKey!.text, {
            method: "POST",
            body: JSON.stringify({ role: "owner", scopes, label: "limited" })
          })
        yield* Effect.promise(async () => {
          const Made = Schema.Struct({ text: Schema.String, scopes: Schema.Array(Schema.String) })
          const key = (await make(["overrides:read", "chats"])).as(Made).text
          const status = async (path: string, init: RequestInit = {}) =>
            (await call(url + path, key, init)).status
          const posted = { method: "POST", body: "{}" }
          expect(await status("/v1/overrides")).toBe(200)
          expect(await status("/v1/overrides", posted)).toBe(403)
          expect(await status("/v1/chats")).toBe(200)
          expect(await status("/v1/settings", { method: "PATCH", body: '{"change":{}}' })).not.toBe(403)
          const refused = await call(`${url}/v1/overview`, key)
          expect(refused.as(Problem).type).toBe("urn:wadjet:problem:out-of-scope")
          const unknown = await make(["gossip"])
          expect([unknown.status, unknown.as(Problem).field]).toEqual([400, "payload.scopes"])
        })
      })
  )

  test.effect("answers 429 with the seconds to wait to a key that asks more often than it may", () =>
    Effect.gen(function* () {
      const { accounts, url } = yield* Running
      const { text } = yield* accounts.createKey({ role: "viewer", perMinute: 2 })
      yield* Effect.promise(async () => {
        const ask = () => call(`${url}/v1/account`, text)
        expect([(await ask()).status, (await ask()).status]).toEqual([200, 200])
        const refused = await ask()
        const problem = refused.as(Problem)
        expect([refused.status, problem.type]).toEqual([429, "urn:wadjet:problem:too-many"])
        const seconds = Number(refused.headers.get("retry-after"))
        expect(seconds).toBeGreaterThan(0)
        expect(seconds).toBeLessThanOrEqual(30)
        expect(problem.retryAfterSeconds).toBe(seconds)
      })
    })
  )

  test.effect("names the field at fault", () =>
    Effect.gen(function* () {
      const { firstKey, url } = yield* Running
      const key = firstKey!.text
      const post = (path: string, body: string) => call(url + path, key, { method: "POST", body })
      const cases: ReadonlyArray<readonly [() => ReturnType<typeof call>, string]> = [
        [() => call(`${url}/v1/verdicts?limit=0`, key), "query.limit"],
        [() => call(`${url}/v1/verdicts?level=harmless`, key), "query.level"],
        [() => call(`${url}/v1/chats/nobody/messages`, key), "params.chat"],
        [() => post("/v1/sandbox/messages", '{"text":7}'), "payload.text"],
        [() => post("/v1/sandbox/messages", "{"), "payload"],
        [
          () => post("/v1/overrides", '{"match":"domain","pattern":"example.com","effect":"maybe"}'),
          "payload.effect"
        ],
        [() => call(`${url}/v1/events?from=yesterday`, key), "query.from"],
        [() => call(`${url}/v1/events?context=message,gossip`, key), "query.context"]
      ]
      for (const [request, field] of cases) {
        const { as, headers, status } = yield* Effect.promise(request)
        const problem = as(Problem)
        expect([status, problem.field, problem.type]).toEqual([
          400,
          field,
          "urn:wadjet:problem:invalid-request"
        ])
        expect(problem.detail ?? problem.title).toEqual(expect.any(String))
        expect(headers.get("content-type")).toContain("application/problem+json")
      }
    })
  )

  test.effect("does not take a body that is too large, whether it says so or not", () =>
    Effect.gen(function* () {
      const { firstKey, url } = yield* Running
      const path = `${url}/v1/sandbox/messages`
      const body = JSON.stringify({ text: "x".repeat(bodyBytesMax) })
      const said = yield* Effect.promise(() => call(path, firstKey!.text, { method: "POST", body }))
      expect([said.status, said.as(Problem).limitBytes]).toEqual([413, bodyBytesMax])
      const stream = new Blob([body]).stream()
      const init = { method: "POST", body: stream, duplex: "half" } as RequestInit
      const unsaid = yield* Effect.promise(() => call(path, firstKey!.text, init))
      expect([unsaid.status, unsaid.as(Problem).type]).toEqual([413, "urn:wadjet:problem:too-large"])
    })
  )

  test.effect("says that there is nothing at an unknown path", () =>
    Effect.gen(function* () {
      const { firstKey, url } = yield* Running
      for (const path of ["/v2", "/v1/verdict", "/..%2faccounts.db", "/index.html/../../package.json"]) {
        const { as, status } = yield* Effect.promise(() => call(url + path, firstKey!.text))
        expect([path, status, as(Problem).type]).toEqual([path, 404, "urn:wadjet:problem:not-found"])
      }
    })
  )

  test.effect("lets nobody write a header of an answer, nor look outside the page's own files", () =>
    Effect.gen(function* () {
      const { url } = yield* Running
      const { hostname, port } = new URL(url)
      const raw = (request: string) =>
        new Promise<string>((resolve) => {
          let heard = ""
          const socket = connect(Number(port), hostname, () => socket.write(request))
          socket.on("data", (data) => (heard += String(data)))
          socket.on("close", () => resolve(heard))
        })
      const get = (path: string, more = "") =>
        Effect.promise(() =>
          raw(`GET ${path} HTTP/1.1\r\nhost: localhost\r\n${more}connection: close\r\n\r\n`)
        )
      for (const path of ["/%0d%0aset-cookie:%20a=b", "/v1/%0d%0aset-cookie:a=b?x=%0d%0aset-cookie:a=b"])
        expect(yield* get(path)).not.toMatch(/^set-cookie/im)
      expect(yield* get("/", "cookie: wadjet-sign-in=a%0d%0aset-cookie:b\r\n")).not.toMatch(/^set-cookie/im)
      for (const path of [
        "/../../package.json",
        "/..%2f..%2fpackage.json",
        "/%2e%2e/accounts.ts",
        "//etc/passwd"
      ])
        expect([path, yield* get(path)]).toEqual([path, expect.stringMatching(/^HTTP\/1\.1 404 /)])
      expect(yield* get("/", `x: ${"y".repeat(20_000)}\r\n`)).toMatch(/^HTTP\/1\.1 431 /)
    })
  )

  test.effect("sends the headers that keep the page to itself with every answer", () =>
    Effect.gen(function* () {
      const { url } = yield* Running
      for (const path of ["/", "/healthz", "/v1/overview", "/nothing"]) {
        const { headers } = yield* Effect.promise(() => call(url + path, undefined))
        const policy = headers.get("content-security-policy") ?? ""
        expect(policy).toContain("default-src 'none'")
        expect(policy).toContain("frame-ancestors 'none'")
        expect(policy).not.toContain("unsafe")
        expect([headers.get("x-content-type-options"), headers.get("referrer-policy")]).toEqual([
          "nosniff",
          "no-referrer"
        ])
      }
    })
  )

  test.effect("describes itself as OpenAPI", () =>
    Effect.gen(function* () {
      const { firstKey, url } = yield* Running
      const answer = yield* Effect.promise(() => call(`${url}/v1/openapi.json`, firstKey!.text))
      const { openapi, paths } = answer.as(OpenApi)
      expect(openapi).toMatch(/^3\.1/)
      expect(Object.keys(paths)).toContain("/v1/verdicts/{link}/explain")
    })
  )

  test.effect("says what to do where its port is taken", () =>
    Effect.gen(function* () {
      const { context, url } = yield* Running
      const port = Number(new URL(url).port)
      const dataFolder = yield* temporaryFolder
      const error = yield* startAdmin({
        ...adminOptions,
        http: { host: "127.0.0.1", port },
        dataFolder
      }).pipe(Effect.provideContext(context), Effect.flip)
      expect(error).toMatchObject({ _tag: "AdminFailed", reason: "port-in-use" })
      expect(error.message).toContain(String(port))
    }).pipe(Effect.scoped)
  )
})
