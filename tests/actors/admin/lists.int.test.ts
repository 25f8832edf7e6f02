/** Lists and entity tags over HTTP, on the whole system: every list that the document names, and every reading. */
import { expect, it } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { openApiDocument } from "../../../contracts/http/open-api.ts"
import { Posted } from "./shapes.ts"
import { call, eventually, ground, whole } from "./whole.ts"

const List = Schema.Struct({
  items: Schema.Array(Schema.Record(Schema.String, Schema.Unknown)),
  next: Schema.NullOr(Schema.Int)
})

const Reading = Schema.Struct({
  parameters: Schema.Array(Schema.Struct({ name: Schema.String, in: Schema.String }))
})
const isReading = Schema.is(Reading)

/** Everything that is read without naming a thing, and answers at once. */
const readings = Object.entries(openApiDocument().paths).flatMap(([path, { get }]) => {
  if (
    !isReading(get) ||
    !path.startsWith("/v1/") ||
    path.includes("{") ||
    path === "/v1/session" ||
    path.startsWith("/v1/session/")
  )
    return []
  const names = get.parameters.map(({ name }) => name)
  return names.includes("if-none-match") ? [{ path, isList: names.includes("sort") }] : []
})

it.live(
  "lists go forwards and backwards, and an answer is not sent again while it is the same",
  () =>
    Effect.gen(function* () {
      const { firstKey, url } = yield* whole(yield* ground)
      const get = (path: string, tag?: string) =>
        call(url + path, firstKey!.text, tag === undefined ? {} : { headers: { "if-none-match": tag } })
      const say = (text: string) =>
        call(`${url}/v1/sandbox/messages`, firstKey!.text, { method: "POST", body: JSON.stringify({ text }) })
      yield* Effect.promise(async () => {
        const texts = [
          "http://paypa1-login.com/",
          "http://paypa1-login.com/again",
          "!wadjet mute 1h",
          "good night"
        ]
        let last = 0
        for (const text of texts) last = (await say(text)).as(Posted).sequence
        await eventually(
          async () => (await get(`/v1/outbox?after=${last}&status=sent`)).as(List).items.length,
          (sent) => sent >= 2
        )
      })

      const walk = async (path: string, sort: string) => {
        const rows: Array<unknown> = []
        for (let cursor = ""; ;) {
          const { items, next } = (await get(`${path}?limit=1&sort=${sort}${cursor}`)).as(List)
          rows.push(...items)
          if (next === null) return rows
          cursor = `&cursor=${next}`
        }
      }
      yield* Effect.promise(async () => {
        let longest = 0
        for (const { isList, path } of readings) {
          if (!isList) continue
          const newest = await walk(path, "newest")
          expect((await walk(path, "oldest")).toReversed(), path).toEqual(newest)
          longest = Math.max(longest, newest.length)
        }
        expect(longest).toBeGreaterThan(2)
      })

      yield* Effect.promise(async () => {
        let tagged = 0
        for (const { path } of readings) {
          const kept = await get(path)
          // A part that this system runs without, somebody who is signed in, or a reading of which more has to be said.
          if (kept.status !== 200) continue
          tagged++
          const tag = kept.headers.get("etag")!
          expect(tag, path).toMatch(/^"[\w-]+"$/u)
          const again = await get(path, tag)
          // What has changed by itself in between is another answer, and is sent.
          if (again.status === 304) expect([again.text, again.headers.get("etag")], path).toEqual(["", tag])
          else expect([again.status, again.text === kept.text], path).toEqual([200, false])
        }
        expect(tagged).toBeGreaterThan(15)
        const before = await get("/v1/verdicts")
        const same = await get("/v1/verdicts", before.headers.get("etag")!)
        expect(same.status).toBe(304)
        const { sequence } = (await say("http://another.example/")).as(Posted)
        const other = await get(`/v1/verdicts?after=${sequence}`, before.headers.get("etag")!)
        expect([other.status, other.text === before.text]).toEqual([200, false])
      })
    }),
  60_000
)
