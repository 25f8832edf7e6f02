/** The explanation of a link over HTTP, on the whole system. */
import { expect, layer } from "@effect/vitest"
import { Context, Effect, Layer } from "effect"
import { Explanation } from "../../../contracts/http/links.ts"
import { Posted, Problem, SetOverride, Verdicts } from "./shapes.ts"
import { call, eventually, ground, type Whole, whole } from "./whole.ts"

class Running extends Context.Service<Running, Whole>()("test/Running") {}
const running = Layer.effect(Running, Effect.flatMap(ground, whole))

layer(running, { timeout: "60 seconds", excludeTestServices: true })("the explanation of a link", (test) => {
  test.effect(
    "has its results, the decisions about it and its overrides, in words for who may read them",
    () =>
      Effect.gen(function* () {
        const { firstKey, keyOf, url } = yield* Running
        const key = firstKey!.text
        const viewer = yield* keyOf("viewer")
        const send = (method: string, path: string, body?: unknown) =>
          call(url + path, key, { method, ...(body === undefined ? {} : { body: JSON.stringify(body) }) })
        const { link, overridden } = yield* Effect.promise(async () => {
          const text = "look http://paypa1-login.com/"
          const { sequence } = (await send("POST", "/v1/sandbox/messages", { text })).as(Posted)
          const { items } = await eventually(
            async () => (await send("GET", `/v1/verdicts?after=${sequence}`)).as(Verdicts),
            (page) => page.items[0]?.noticeStatus === "sent"
          )
          const wanted = { match: "domain", pattern: "paypa1-login.com", effect: "allow", reason: "ours" }
          const set = (await send("POST", "/v1/overrides", wanted)).as(SetOverride)
          return { link: items[0]!.link, overridden: set }
        })
        const path = `/v1/links/${link}/explanation`
        const found = yield* Effect.promise(() =>
          eventually(
            async () => (await call(url + path, key)).as(Explanation),
            ({ judgements }) => judgements.length === 2
          )
        )
        const [scan] = found.scans
        expect(found).toMatchObject({ link, url: "http://paypa1-login.com/", waiting: 0 })
        expect(scan).toMatchObject({ level: "malicious", weighing: { unit: "decibans" } })
        const { bounds, sum } = {
          bounds: scan!.range!,
          sum: scan!.weighing!.families.reduce((total, { counted }) => total + counted, scan!.weighing!.prior)
        }
        expect(sum).toBe(scan!.score)
        expect(bounds.least <= scan!.score && scan!.score <= bounds.most).toBe(true)
        expect(found.judgements).toMatchObject([
          { judged: "decided", level: "malicious", scan: scan!.sequence, notice: { status: "sent" } },
          { judged: "revised", was: "malicious", level: "benign", override: overridden.override }
        ])
        expect(found.overrides).toMatchObject([{ pattern: "paypa1-login.com", reason: "ours" }])

        const less = yield* Effect.promise(() => call(url + path, viewer))
        expect(less.as(Explanation)).toMatchObject({
          url: null,
          scans: [{ hops: null }],
          overrides: [{ pattern: null }]
        })
        for (const word of ["paypa1", "paypal", "Sandbox", "ours", "Do not open"])
          expect(less.text).not.toContain(word)
        const unknown = yield* Effect.promise(() =>
          call(`${url}/v1/links/${"0".repeat(40)}/explanation`, key)
        )
        expect([unknown.status, unknown.as(Problem).type]).toEqual([404, "urn:wadjet:problem:not-found"])
        expect((yield* Effect.promise(() => call(url + path, undefined))).status).toBe(401)
      })
  )
})
