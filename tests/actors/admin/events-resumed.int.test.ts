/** Clients of the event stream whose connections break at any point, while the server is stopped and started again. */
import { expect, it } from "@effect/vitest"
import { Effect, Exit, Scope, Stream } from "effect"
import fc from "fast-check"
import { type Context as LogContext } from "../../../contracts/contexts.ts"
import { EventLog } from "../../../infra/event-log/event-log.ts"
import { cuttable } from "./cuttable.ts"
import { listen, type Place, type Told } from "./listen.ts"
import { Overview } from "./shapes.ts"
import { call, eventually, ground, whole } from "./whole.ts"

/** What each client wants to hear of: everything, or some contexts. */
const filters: ReadonlyArray<ReadonlyArray<LogContext> | undefined> = [
  undefined,
  ["message"],
  ["verdict", "scan"],
  ["message", "outbox", "account"]
]
const postsPerLife = 8
const lives = 2
/** Events after which a client goes away by itself; the connection is cut besides, wherever that is. */
const patience = fc.integer({ min: 1, max: 40 })

/** A client that comes back for ever, to wherever the server is by then. */
const client = (
  url: () => string | undefined,
  key: () => string,
  contexts: ReadonlyArray<LogContext> | undefined,
  seed: number
) => {
  const heard: Array<Told> = []
  const place: Place = { lastId: undefined }
  const leavesAfter = fc.sample(patience, { numRuns: 500, seed })
  const state = { over: false, connections: 0 }
  const query = contexts === undefined ? "" : `&context=${contexts.join()}`
  const run = async () => {
    while (!state.over) {
      const to = url()
      if (to === undefined) {
        await new Promise((resolve) => setTimeout(resolve, 10))
        continue
      }
      const until = heard.length + leavesAfter[state.connections % leavesAfter.length]!
      state.connections += 1
      await listen(
        `${to}/v1/events?from=0${query}`,
        key(),
        place,
        (told) => heard.push(told),
        () => state.over || heard.length >= until
      ).catch(() => undefined)
    }
  }
  return { contexts, heard, state, run }
}

it.live(
  "every client hears every event of its contexts once, in order, whatever is cut and however often the server starts anew",
  () =>
    Effect.gen(function* () {
      const at = yield* ground
      const seed = fc.sample(fc.nat(), 1)[0]!
      let way: Effect.Success<ReturnType<typeof cuttable>> | undefined
      let key = ""
      const clients = filters.map((contexts, index) =>
        client(
          () => way?.url,
          () => key,
          contexts,
          seed + index
        )
      )
      const running = clients.map(({ run }) => run())
      let posted = 0
      const life = Effect.fnUntraced(function* (isLast: boolean) {
        const scope = yield* Scope.make()
        const system = yield* Scope.provide(whole(at), scope)
        key = system.firstKey?.text ?? key
        const open = yield* Scope.provide(cuttable(system.url), scope)
        way = open
        yield* Effect.promise(async () => {
          for (let index = 0; index < postsPerLife; index++) {
            const text = `look http://host-${posted}.example/ and http://paypa1-login.com/${posted}`
            posted += 1
            await call(`${system.url}/v1/sandbox/messages`, key, {
              method: "POST",
              body: JSON.stringify({ text })
            })
            if (index % 3 === 2) open.cut()
          }
        })
        if (isLast) {
          yield* Effect.promise(() =>
            eventually(
              () => call(`${system.url}/v1/overview`, key),
              ({ as }) => {
                const { lag, links, outbox, waiting } = as(Overview)
                return links === 2 * posted && waiting === 0 && lag === 0 && outbox.sent === posted
              }
            )
          )
          yield* Effect.provideContext(compare(clients, seed), system.context)
          for (const { state } of clients) state.over = true
        }
        way = undefined
        open.cut()
        yield* Scope.close(scope, Exit.void)
      })
      for (let count = 1; count <= lives; count++) yield* life(count === lives)
      yield* Effect.promise(() => Promise.all(running))
      for (const { state } of clients) expect(state.connections).toBeGreaterThan(lives)
    }).pipe(Effect.scoped),
  120_000
)

/** What a client is to have heard: the log's own events of its contexts. */
const compare = Effect.fnUntraced(function* (
  clients: ReadonlyArray<ReturnType<typeof client>>,
  seed: number
) {
  const log = yield* EventLog
  const last = yield* log.last
  const everything = yield* log.read({ from: 1 }).pipe(
    Stream.takeUntil(({ upTo }) => upTo >= last),
    Stream.runCollect
  )
  const events = everything.flatMap((batch) => batch.events)
  for (const { contexts, heard } of clients) {
    const wanted = events
      .filter(({ type }) => contexts === undefined || contexts.some((it) => type.startsWith(`${it}.`)))
      .map(({ sequence }) => sequence)
    yield* Effect.promise(() =>
      eventually(
        () => Promise.resolve(heard.length),
        (count) => count >= wanted.length
      )
    )
    expect([seed, contexts, heard.map(({ event }) => event.sequence)]).toEqual([seed, contexts, wanted])
  }
})
