import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import type { AnyFact } from "../../../../contracts/catalogue.ts"
import { RequestErasure } from "../../../../contracts/commands.ts"
import { eventually, makeListedWorld, makeStuck } from "./listed-world.ts"

const page = "https://quiet.example.com/page"
const chats = ["Family", "Club", "Work"]

/** Three chats hold the link, and were told nothing. */
const postEverywhere = Effect.fnUntraced(function* <E, F, R>(it: {
  readonly post: (chat: string, id: string, text: string) => Effect.Effect<unknown, E, R>
  readonly told: Effect.Effect<ReadonlyArray<string>, F>
}) {
  for (const chat of chats) yield* it.post(chat, "m1", `look ${page}`)
  yield* eventually(Effect.map(it.told, (told) => told.length === chats.length))
})

describe("a link that was found benign in several chats", () => {
  it.live(
    "is warned of in each of them once a list has it, and taken back in each once the list has it no more",
    () =>
      Effect.gen(function* () {
        const world = yield* makeListedWorld()
        yield* world.live((it) =>
          Effect.gen(function* () {
            yield* it.refresh
            yield* postEverywhere(it)
            expect(yield* it.told).toEqual(["benign", "benign", "benign"])
            expect(yield* it.book).toEqual([])

            world.lists(page)
            yield* it.refresh
            const fetched = (yield* it.events).findLast((event) => event.type === "feed.refreshed")
            yield* eventually(Effect.map(it.sent, (sent) => sent === chats.length))
            const book = yield* it.book
            expect(new Set(book.map(({ chat }) => chat)).size).toBe(chats.length)
            expect(fetched).toMatchObject({ data: { source: "one", listed: 2, added: 1, gone: 0 } })
            const late = Math.max(...book.map(({ at }) => at)) - fetched!.time
            console.log(`${chats.length} chats warned within ${late} ms of the list's fetching`)
            expect((yield* it.told).slice(chats.length)).toEqual(chats.map(() => "benign to malicious"))
            expect(yield* it.again).toHaveLength(1)

            world.lists()
            yield* it.refresh
            yield* eventually(Effect.map(it.sent, (sent) => sent === 2 * chats.length))
            expect((yield* it.told).slice(2 * chats.length)).toEqual(chats.map(() => "malicious to benign"))
            expect((yield* it.again).at(-1)!.evidence).toMatchObject([{ source: "feed", kind: "remembered" }])
          })
        )
      }).pipe(Effect.scoped),
    60_000
  )

  it.live(
    "is warned of where its host, or a domain above it, is listed",
    () =>
      Effect.gen(function* () {
        const world = yield* makeListedWorld()
        yield* world.live((it) =>
          Effect.gen(function* () {
            yield* it.refresh
            yield* postEverywhere(it)
            yield* it.post("Family", "m2", "and https://a.b.other.example.org/x")
            yield* eventually(Effect.map(it.told, (told) => told.length === chats.length + 1))
            world.lists("quiet.example.com", "0.0.0.0 other.example.org")
            yield* it.refresh
            yield* eventually(Effect.map(it.again, (again) => again.length === 2))
            expect((yield* it.again).map(({ evidence }) => evidence[0]!.kind).toSorted()).toEqual([
              "domain",
              "host"
            ])
          })
        )
      }).pipe(Effect.scoped),
    60_000
  )

  it.live(
    "is looked at again once the list that it stood on is wanted no more",
    () =>
      Effect.gen(function* () {
        const world = yield* makeListedWorld()
        world.lists(page)
        yield* world.live((it) =>
          Effect.gen(function* () {
            yield* it.refresh
            yield* postEverywhere(it)
            expect(yield* it.told).toEqual(["malicious", "malicious", "malicious"])
          })
        )
        yield* world.live(
          (it) =>
            eventually(
              Effect.map(it.told, (told) => told.at(-1) === "malicious to benign" && told.length === 6)
            ),
          { wanted: false }
        )
      }).pipe(Effect.scoped),
    60_000
  )

  it.live(
    "is found again by its words where its id was made before somebody was forgotten",
    () =>
      Effect.gen(function* () {
        const world = yield* makeListedWorld()
        yield* world.live((it) =>
          Effect.gen(function* () {
            yield* it.refresh
            const { chat } = yield* it.post("Leavers", "m0", "hello")
            yield* postEverywhere(it)
            yield* it.bus.request(RequestErasure, { subject: chat, by: "operator" })
            world.lists(page)
            yield* it.refresh
            yield* eventually(Effect.map(it.sent, (sent) => sent === chats.length))
          })
        )
      }).pipe(Effect.scoped),
    60_000
  )
})

describe("killed in between", () => {
  const moments = [
    ["the list was read and nobody told of it", ({ type }: AnyFact) => type === "feed.matched"],
    [
      "the log knows of it and nothing was looked at",
      ({ data, type }: AnyFact) => type === "scan.completed" && "again" in data
    ]
  ] as const
  it.live.each(moments)(
    "when %s, every chat is warned in the next life, once",
    ([, isStuck]) =>
      Effect.gen(function* () {
        const world = yield* makeListedWorld()
        const stuck = makeStuck(isStuck)
        yield* world.live(
          (it) =>
            Effect.gen(function* () {
              yield* it.refresh
              yield* postEverywhere(it)
              world.lists(page)
              yield* Effect.forkScoped(it.refresh)
              yield* stuck.reached
            }),
          { log: stuck.log }
        )
        yield* world.live((it) =>
          Effect.gen(function* () {
            yield* it.refresh
            yield* eventually(Effect.map(it.sent, (sent) => sent === chats.length))
            yield* it.refresh
            expect(yield* it.again).toHaveLength(1)
            expect(yield* it.book).toHaveLength(chats.length)
          })
        )
      }).pipe(Effect.scoped),
    60_000
  )
})
