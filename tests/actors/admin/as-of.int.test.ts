/** What the API answers of the past, compared with read models that were folded up to there and no further. */
import { existsSync, readdirSync } from "node:fs"
import { join } from "node:path"
import { expect, layer } from "@effect/vitest"
import { Context, Effect, Layer, Result, Schema } from "effect"
import fc from "fast-check"
import { type AdminOptions, startAdmin } from "../../../actors/admin/start-admin.ts"
import { services } from "../../../actors/operator/system.ts"
import { asOfHeader } from "../../../contracts/http/lists.ts"
import { EventLog } from "../../../infra/event-log/event-log.ts"
import type { AnyFact } from "../../../contracts/catalogue.ts"
import { locationIn } from "../../../projections/location.ts"
import { keptFilesMax } from "../../../projections/past/kept-files.ts"
import { PastModels } from "../../../projections/past/models.ts"
import { ReadModels } from "../../../projections/reader.ts"
import { startProjector } from "../../../projections/start-projector.ts"
import { anyFacts } from "../../projections/any-log.ts"
import { foldTo } from "../../projections/simulated.ts"
import { chat, erased, everyExample, link, sender } from "../../projections/story.ts"
import { Problem } from "./shapes.ts"
import { call, eventually, ground, healthy, temporaryFolder, webFolder } from "./whole.ts"

/** Moments of one log that are looked at, and random logs that it is made of. */
const points = 4
const logs = 4

const settings: Omit<AdminOptions, "dataFolder"> = {
  http: { host: "127.0.0.1", port: 0 },
  webFolder,
  wantsFirstKey: true,
  health: healthy,
  weighingOf: () => null,
  calendarOf: () => "",
  readContacts: () => {
    throw new Error("nobody imports here")
  },
  readOlder: { scheduled: () => Result.fail(""), job: () => Result.fail("") }
}

/** Facts as they come: some are refused, as those are that belong to nobody. */
const append = Effect.fnUntraced(function* (facts: ReadonlyArray<AnyFact>) {
  const log = yield* EventLog
  const from = yield* log.last
  yield* Effect.forEach(
    facts,
    (fact, index) => Effect.ignore(log.append([{ fact, id: `random-${from}-${index}` }], { actor: "test" })),
    { discard: true }
  )
  return yield* log.last
})

const makeWorld = Effect.gen(function* () {
  const { dataFolder, foundation, nats } = yield* ground
  const base = yield* Layer.build(services(foundation))
  const seed = fc.sample(fc.nat(), 1)[0]!
  const facts = fc.sample(anyFacts, { numRuns: logs, seed }).flat()
  const last = yield* Effect.provideContext(append([...everyExample, ...facts]), base)
  const threads = { nats: { url: nats.url, user: nats.user, password: nats.pass }, dataFolder }
  const projector = yield* startProjector(threads)
  const past = yield* Effect.provideContext(
    Layer.build(Layer.merge(ReadModels.layer(projector), PastModels.layer(threads, 0))),
    base
  )
  const context = Context.merge(base, past)
  const served = yield* Effect.provideContext(startAdmin({ ...settings, dataFolder }), context)
  /** The API on read models of another folder that were folded up to an event and end there. */
  const stopped = Effect.fnUntraced(function* (until: number) {
    const folder = yield* temporaryFolder
    yield* foldTo(folder, until)
    const { database } = locationIn(folder)
    const then = yield* Layer.build(ReadModels.layer({ file: () => database, reached: () => Effect.void }))
    return yield* Effect.provideContext(startAdmin({ ...settings, dataFolder: folder }), then)
  })
  return { context, dataFolder, last, seed, served, stopped }
})

class World extends Context.Service<World, Effect.Success<typeof makeWorld>>()("test/World") {}
const world = Layer.effect(World, makeWorld)

const Document = Schema.Struct({
  paths: Schema.Record(
    Schema.String,
    Schema.Record(
      Schema.String,
      Schema.Struct({
        parameters: Schema.optionalKey(Schema.Array(Schema.Struct({ name: Schema.String })))
      })
    )
  )
})

/** What examples and random logs are about. */
const ids: Readonly<Record<string, string>> = {
  chat,
  link,
  person: sender,
  job: "01941f29-7c00-7000-8000-0000000000a1",
  contact: "01941f29-7c00-7000-8000-0000000000c1",
  planned: "1767225600000"
}

/** Every list and thing of the API that can be asked about the past, as its own document has it. */
const askedAsOf = async (url: string, key: string): Promise<ReadonlyArray<string>> => {
  const { paths } = (await call(`${url}/v1/openapi.json`, key)).as(Document)
  return Object.entries(paths)
    .filter(([, item]) => item["get"]?.parameters?.some(({ name }) => name === "asOf") === true)
    .map(([path]) => path.replaceAll(/\{([a-zA-Z]+)\}/g, (_, name: string) => ids[name] ?? name))
}

/** What has to be said where an answer would otherwise depend on the time of the day. */
const questions: Readonly<Record<string, string>> = { "/v1/statistics": `&to=${Date.now()}` }

/** How far behind the log is now, to which whoever starts a page adds some events, says nothing about the past. */
const withoutLag = (text: string) => text.replace(/"lag":\d+/u, "")

/** As a client does it: again, until it is folded. */
const told = (url: string, key: string) =>
  eventually(
    () => call(url, key),
    ({ status }) => status !== 503
  )

layer(world, { timeout: "120 seconds", excludeTestServices: true })("the past", (test) => {
  test.effect(
    "is answered about, whatever is asked, as read models answer that were folded up to there",
    () =>
      Effect.gen(function* () {
        const { context, last, seed, served, stopped } = yield* World
        const key = served.firstKey!.text
        const asked = yield* Effect.promise(() => askedAsOf(served.url, key))
        expect(asked.length).toBeGreaterThan(20)
        const drawn = fc.sample(fc.integer({ min: 1, max: last - 1 }), { numRuns: points - 2, seed })
        for (const until of [0, ...drawn, last])
          yield* Effect.gen(function* () {
            const then = yield* stopped(until)
            yield* Effect.promise(async () => {
              for (const path of asked) {
                const query = questions[path] ?? ""
                const ours = await told(`${served.url}${path}?asOf=${until}${query}`, key)
                const theirs = await call(`${then.url}${path}?${query}`, then.firstKey!.text)
                expect([seed, until, path, ours.status, withoutLag(ours.text)]).toEqual([
                  seed,
                  until,
                  path,
                  theirs.status,
                  withoutLag(theirs.text)
                ])
                expect(ours.headers.get(asOfHeader)).toBe(String(until))
              }
            })
          }).pipe(Effect.scoped, Effect.provideContext(context))
      }),
    200_000
  )

  test.effect("can be asked about by a time, and says which event that was", () =>
    Effect.gen(function* () {
      const { context, served } = yield* World
      const log = Context.get(context, EventLog)
      const event = yield* log.get(20)
      if (event === undefined || event.type === "unreadable") throw new Error("expected event 20")
      const asOf = new Date(event.time).toISOString()
      const { headers, status } = yield* Effect.promise(() =>
        told(`${served.url}/v1/overview?asOf=${asOf}`, served.firstKey!.text)
      )
      expect(status).toBe(200)
      const sequence = Number(headers.get(asOfHeader))
      const times = yield* Effect.forEach([sequence, sequence + 1], (at) => log.get(at))
      // The last event of that time: those after it are later.
      expect(sequence).toBeGreaterThanOrEqual(20)
      expect(
        times.map((it) => it !== undefined && it.type !== "unreadable" && it.time <= event.time)
      ).toEqual([true, false])
    })
  )

  test.effect("is refused where it cannot be understood, or is yet to come", () =>
    Effect.gen(function* () {
      const { last, served } = yield* World
      for (const asOf of [String(last + 1_000_000), "yesterday", "2026-13-01", ""]) {
        const answer = yield* Effect.promise(() =>
          call(`${served.url}/v1/verdicts?asOf=${asOf}`, served.firstKey!.text)
        )
        expect([asOf, answer.status, answer.as(Problem).field]).toEqual([asOf, 400, "query.asOf"])
      }
    })
  )

  test.effect("is kept in a few files, and in none once somebody is forgotten", () =>
    Effect.gen(function* () {
      const { context, dataFolder, served } = yield* World
      const key = served.firstKey!.text
      const folder = join(dataFolder, "read-model", "past")
      const files = () =>
        existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(".db")) : []
      yield* Effect.promise(async () => {
        for (let until = 1; until <= keptFilesMax + 2; until++)
          expect((await told(`${served.url}/v1/verdicts?asOf=${until}`, key)).status).toBe(200)
      })
      expect(files().length).toBe(keptFilesMax)
      yield* Effect.provideContext(append([erased({ subject: sender })]), context)
      yield* Effect.promise(() =>
        eventually(
          async () => files(),
          (names) => names.length === 0
        )
      )
      expect((yield* Effect.promise(() => told(`${served.url}/v1/verdicts?asOf=1`, key))).status).toBe(200)
    })
  )
})
