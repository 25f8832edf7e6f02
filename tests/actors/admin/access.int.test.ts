/** Who may ask what, and what is said to requests that are not as declared. */
import { connect } from "node:net"
import { expect, layer } from "@effect/vitest"
import { Context, Effect, Layer, Schema } from "effect"
import type * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import { neededRole } from "../../../actors/admin/authorize.ts"
import { startAdmin } from "../../../actors/admin/start-admin.ts"
import { Role } from "../../../contracts/account.ts"
import { isAtLeast, NeedsRole } from "../../../contracts/http/access.ts"
import { api, bodyBytesMax } from "../../../contracts/http/api.ts"
import { Problem } from "./shapes.ts"
import { call, ground, healthy, temporaryFolder, webFolder, type Whole, whole } from "./whole.ts"

class Running extends Context.Service<Running, Whole>()("test/Running") {}
const running = Layer.effect(Running, Effect.flatMap(ground, whole))

const OpenApi = Schema.Struct({
  openapi: Schema.String,
  paths: Schema.Record(Schema.String, Schema.Unknown)
})

const open = new Set(["/healthz", "/readyz"])

/** Something in the place of each path parameter, of its declared shape. */
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

const endpoints = Object.values(api.groups).flatMap((group) =>
  (Object.values(group.endpoints) as ReadonlyArray<HttpApiEndpoint.Top>).map((endpoint) => ({
    endpoint,
    name: `${endpoint.method} ${endpoint.path}`,
    path: endpoint.path.replaceAll(/:([a-z]+)/g, (_, name: string) => examples[name]!)
  }))
)

/** Requests without a body: what is allowed is then refused for its shape, or carried out on nothing. */
const ask = async (url: string, { endpoint, path }: (typeof endpoints)[number], key: string | undefined) => {
  const abort = new AbortController()
  const headers: Record<string, string> = key === undefined ? {} : { authorization: `Bearer ${key}` }
  const response = await fetch(url + path, { method: endpoint.method, headers, signal: abort.signal })
  abort.abort()
  return response.status
}

layer(running, { timeout: "60 seconds", excludeTestServices: true })("the API", (test) => {
  test.effect("needs a key for everything but the two probes, and for them none", () =>
    Effect.gen(function* () {
      const { url } = yield* Running
      for (const endpoint of endpoints) {
        const status = yield* Effect.promise(() => ask(url, endpoint, undefined))
        expect([endpoint.name, status]).toEqual([endpoint.name, open.has(endpoint.path) ? 200 : 401])
      }
      expect(endpoints.filter(({ path }) => open.has(path))).toHaveLength(2)
    })
  )

  test.effect("declares a role for everything that needs a key", () =>
    Effect.sync(() => {
      const undeclared = endpoints.filter(
        ({ endpoint, path }) =>
          !open.has(path) && Context.getOption(endpoint.annotations, NeedsRole)._tag === "None"
      )
      expect(undeclared.map(({ name }) => name)).toEqual([])
      expect(neededRole({ annotations: Context.empty() })).toBe("owner")
    })
  )

  for (const role of Role.literals)
    test.effect(`lets a key of the role ${role} do what is declared for it, and nothing more`, () =>
      Effect.gen(function* () {
        const { keyOf, url } = yield* Running
        const key = yield* keyOf(role)
        for (const endpoint of endpoints) {
          if (open.has(endpoint.path)) continue
          const status = yield* Effect.promise(() => ask(url, endpoint, key))
          const may = isAtLeast(role, neededRole(endpoint.endpoint))
          expect([endpoint.name, status === 403]).toEqual([endpoint.name, !may])
          expect([endpoint.name, status]).not.toEqual([endpoint.name, 401])
          expect([endpoint.name, status >= 500]).toEqual([endpoint.name, false])
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
        http: { host: "127.0.0.1", port },
        webFolder,
        dataFolder,
        health: healthy,
        weighingOf: () => null
      }).pipe(Effect.provideContext(context), Effect.flip)
      expect(error).toMatchObject({ _tag: "AdminFailed", reason: "port-in-use" })
      expect(error.message).toContain(String(port))
    }).pipe(Effect.scoped)
  )

  test.effect("does not wait for ever for a request that never ends", () =>
    Effect.gen(function* () {
      const { url } = yield* Running
      const port = Number(new URL(url).port)
      const answer = yield* Effect.promise(
        () =>
          new Promise<string>((resolve) => {
            let heard = ""
            const socket = connect(port, "127.0.0.1", () =>
              socket.write("GET /healthz HTTP/1.1\r\nhost: x\r\n")
            )
            socket.on("data", (data) => (heard += String(data)))
            socket.on("close", () => resolve(heard))
          })
      )
      expect(answer).toContain("408")
    })
  )
})
