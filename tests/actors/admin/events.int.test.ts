/** The event stream over real connections, which break. */
import { expect, it, layer } from "@effect/vitest"
import { Context, Effect, Exit, Layer, Scope } from "effect"
import { EventLog } from "../../../infra/event-log/event-log.ts"
import { cuttable } from "./cuttable.ts"
import { listen, type Place, type Told } from "./listen.ts"
import { Overview, Posted, Problem } from "./shapes.ts"
import { call, eventually, ground, type Whole, whole } from "./whole.ts"

class Running extends Context.Service<Running, Whole>()("test/Running") {}
const running = Layer.effect(Running, Effect.flatMap(ground, whole))

const post = (url: string, key: string, text: string) =>
  call(`${url}/v1/sandbox/messages`, key, { method: "POST", body: JSON.stringify({ text }) })

layer(running, { timeout: "60 seconds", excludeTestServices: true })("the event stream", (test) => {
  test.effect("tells every event exactly once, in order, however often the connection is cut", () =>
    Effect.gen(function* () {
      const { context, firstKey, url } = yield* Running
      const log = Context.get(context, EventLog)
      const key = firstKey!.text
      const way = yield* cuttable(url)
      const heard: Array<Told> = []
      const place: Place = { lastId: undefined }
      let over = false
      let connections = 0
      const listening = (async () => {
        while (!over) {
          connections += 1
          await listen(
            `${way.url}/v1/events?from=0`,
            key,
            place,
            (told) => heard.push(told),
            () => over
          ).catch(() => undefined)
        }
      })()
      yield* Effect.promise(async () => {
        for (let index = 0; index < 40; index++) {
          await post(url, key, `look http://host-${index}.example/ and http://paypa1-login.com/${index}`)
          if (index % 4 === 3) way.cut()
        }
      })
      yield* Effect.promise(async () => {
        const settled = () => call(`${url}/v1/overview`, key)
        await eventually(settled, ({ as }) => {
          const { lag, links, outbox, waiting } = as(Overview)
          return links === 80 && waiting === 0 && lag === 0 && outbox.sent === 40
        })
      })
      const last = yield* log.last
      yield* Effect.promise(() =>
        eventually(
          () => Promise.resolve(heard.length),
          (count) => count >= last
        )
      )
      over = true
      way.cut()
      yield* Effect.promise(() => listening)
      expect(connections).toBeGreaterThan(5)
      expect(heard.map(({ event }) => event.sequence)).toEqual(
        Array.from({ length: last }, (_, index) => index + 1)
      )
      expect(heard.every(({ event, id }) => id === `${log.generation}-${event.sequence}`)).toBe(true)
    })
  )

  test.effect("opens words for an operator, and leaves them out for a viewer", () =>
    Effect.gen(function* () {
      const { firstKey, keyOf, url } = yield* Running
      const secret = "the-secret-word"
      const { sequence } = (yield* Effect.promise(() => post(url, firstKey!.text, secret))).as(Posted)
      const from = `${url}/v1/events?from=${sequence - 1}`
      for (const [role, shows] of [
        ["operator", true],
        ["viewer", false],
        ["scheduler", false]
      ] as const) {
        const key = yield* keyOf(role)
        const heard: Array<Told> = []
        yield* Effect.promise(() =>
          listen(
            from,
            key,
            { lastId: undefined },
            (told) => heard.push(told),
            () => heard.length > 0
          ).catch(() => 0)
        )
        expect([role, JSON.stringify(heard[0]).includes(secret)]).toEqual([role, shows])
        expect(heard[0]!.event.data).toMatchObject({ gateway: "sandbox", links: [] })
        expect("said" in heard[0]!.event.data).toBe(shows)
      }
    })
  )

  test.effect("tells only of the contexts that were asked for", () =>
    Effect.gen(function* () {
      const { firstKey, url } = yield* Running
      yield* Effect.promise(() => post(url, firstKey!.text, "http://paypa1-login.com/filtered"))
      const heard: Array<Told> = []
      yield* Effect.promise(() =>
        listen(
          `${url}/v1/events?from=0&context=verdict,scan`,
          firstKey!.text,
          { lastId: undefined },
          (told) => heard.push(told),
          () => heard.length > 1
        ).catch(() => 0)
      )
      expect(new Set(heard.map(({ event }) => event.context))).toEqual(new Set(["verdict", "scan"]))
    })
  )

  test.effect("refuses a place in another log, and one beyond the end", () =>
    Effect.gen(function* () {
      const { context, firstKey, url } = yield* Running
      const { generation } = Context.get(context, EventLog)
      for (const from of ["0123456789ab-1", `${generation}-999999`, "999999"]) {
        const { as, status } = yield* Effect.promise(() =>
          call(`${url}/v1/events?from=${from}`, firstKey!.text)
        )
        const problem = as(Problem)
        expect([from, status, problem.type, problem.generation]).toEqual([
          from,
          409,
          "urn:wadjet:problem:generation-changed",
          generation
        ])
      }
      const noted = yield* Effect.promise(() =>
        call(`${url}/v1/events?from=0`, firstKey!.text, { headers: { "last-event-id": "0123456789ab-1" } })
      )
      expect(noted.status).toBe(409)
    })
  )
})

it.live("lets the server stop at once, and ends the streams that are open", () =>
  Effect.gen(function* () {
    const scope = yield* Scope.make()
    const { firstKey, url } = yield* Scope.provide(Effect.flatMap(ground, whole), scope)
    const headers = { authorization: `Bearer ${firstKey!.text}` }
    const response = yield* Effect.promise(() => fetch(`${url}/v1/events?from=0`, { headers }))
    const reader = response.body!.getReader()
    yield* Effect.promise(() => reader.read())
    yield* Scope.close(scope, Exit.void)
    const rest = Effect.promise(async () => {
      for (let next = await reader.read(); !next.done; next = await reader.read());
    })
    yield* rest
  })
)
