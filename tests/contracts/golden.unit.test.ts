import { describe, expect, it } from "@effect/vitest"
import { Schema } from "effect"
import { events, eventTypeOf } from "../../contracts/catalogue.ts"
import { event, type EventType } from "../../contracts/event.ts"
import { ChatId } from "../../contracts/ids.ts"
import { upcast } from "../../infra/event-log/codec.ts"
import { incompatibilities, type SchemaDocument } from "./golden/compatible.ts"
import { decodedData, decodeFixture, readFixtures, schemaToday } from "./golden/fixture.ts"

const fixtures = readFixtures()
const types: ReadonlyArray<EventType> = events
const nameOf = ({ event, version }: { readonly event: string; readonly version: number }) =>
  `${event} v${version}`
const current = fixtures.filter((fixture) => eventTypeOf(fixture.event)?.version === fixture.version)

describe("every event version that was ever released", () => {
  it.each(fixtures.map((fixture) => [nameOf(fixture), fixture] as const))(
    "%s is still read",
    (_, fixture) => {
      expect(decodeFixture(fixture)).toMatchObject({ type: fixture.event, id: "golden", sequence: 1 })
    }
  )

  it.each(current.map((fixture) => [nameOf(fixture), fixture] as const))(
    "%s still means the same",
    (_, fixture) => {
      expect(decodedData(fixture)).toEqual(fixture.decoded)
    }
  )

  it.each(current.map((fixture) => [nameOf(fixture), fixture] as const))(
    "%s has not changed without a new version and an upcaster",
    (_, fixture) => {
      expect(incompatibilities(fixture, schemaToday(eventTypeOf(fixture.event)!))).toEqual([])
    }
  )

  it("has a fixture; `npm run generate` writes what is missing", () => {
    const have = new Set(fixtures.map(nameOf))
    const missing = types.flatMap(({ type, version }) =>
      Array.from({ length: version }, (_, index) => nameOf({ event: type, version: index + 1 }))
    )
    expect(missing.filter((name) => !have.has(name))).toEqual([])
  })

  it("stays in the catalogue, and has a way to the version of today", () => {
    for (const fixture of fixtures) expect(eventTypeOf(fixture.event)?.type).toBe(fixture.event)
    for (const { upcasts, version } of types)
      expect(Object.keys(upcasts).map(Number)).toEqual(
        Array.from({ length: version - 1 }, (_, index) => index + 1)
      )
  })
})

const plain = (fields: Schema.Struct.Fields): SchemaDocument => {
  const { definitions, schema } = Schema.toJsonSchemaDocument(Schema.Struct(fields))
  return { schema: schema as Record<string, unknown>, definitions: { ...definitions } }
}

describe("a schema", () => {
  const level = Schema.Literals(["low", "high"])
  const before = plain({
    chat: ChatId,
    level,
    list: Schema.Array(Schema.Struct({ a: Schema.Int })),
    note: Schema.NullOr(Schema.String)
  })
  const changed = (fields: Schema.Struct.Fields) =>
    incompatibilities(
      before,
      plain({
        chat: ChatId,
        level,
        list: Schema.Array(Schema.Struct({ a: Schema.Int })),
        note: Schema.NullOr(Schema.String),
        ...fields
      })
    )

  it("may gain optional fields, values and words", () => {
    expect(changed({})).toEqual([])
    expect(changed({ more: Schema.optionalKey(Schema.String) })).toEqual([])
    expect(changed({ level: Schema.Literals(["low", "high", "higher"]) })).toEqual([])
    expect(changed({ level: level.pipe(Schema.annotate({ description: "how bad" })) })).toEqual([])
    expect(changed({ note: Schema.Union([Schema.String, Schema.Null, Schema.Boolean]) })).toEqual([])
  })

  it.each([
    ["a field that is gone", { chat: Schema.optionalKey(Schema.Never) }],
    ["another type", { chat: Schema.Int }],
    ["another pattern", { chat: Schema.String.pipe(Schema.check(Schema.isPattern(/^x/u))) }],
    ["a field required anew", { more: Schema.String }],
    ["a field that may be absent now", { chat: Schema.optionalKey(ChatId) }],
    ["a value no longer taken", { level: Schema.Literals(["low"]) }],
    ["a change deep inside", { list: Schema.Array(Schema.Struct({ a: Schema.String })) }],
    ["a member no longer taken", { note: Schema.String }]
  ])("may not change by %s", (_, fields) => {
    expect(changed(fields).length).toBeGreaterThan(0)
  })
})

describe("upcasting", () => {
  const Sample: EventType = event("policy.sample", {
    about: "…",
    version: 3,
    data: { chat: ChatId, minutes: Schema.Int, reason: Schema.String },
    upcasts: {
      1: ({ hours, ...rest }) => ({ ...rest, minutes: Number(hours) * 60 }),
      2: (older) => ({ ...older, reason: "none given" })
    },
    example: { chat: ChatId.make("c0example0"), minutes: 5, reason: "why" }
  })
  const decode = Schema.decodeUnknownSync(Sample.recorded)

  it("brings every older version to that of today, one step at a time", () => {
    const chat = "c0example0"
    expect(decode(upcast(Sample, 1, { chat, hours: 2 }))).toEqual({
      chat,
      minutes: 120,
      reason: "none given"
    })
    expect(decode(upcast(Sample, 2, { chat, minutes: 7 }))).toEqual({
      chat,
      minutes: 7,
      reason: "none given"
    })
    expect(decode(upcast(Sample, 3, { chat, minutes: 7, reason: "r" }))).toEqual({
      chat,
      minutes: 7,
      reason: "r"
    })
  })

  it("says which step is missing", () => {
    const { 2: _, ...upcasts } = Sample.upcasts
    expect(() => upcast({ ...Sample, upcasts }, 1, {})).toThrow(
      "policy.sample has no way from version 2 to 3"
    )
  })
})
