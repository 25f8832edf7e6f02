import { Schema } from "effect"
import { expect, it } from "vitest"
import { openApiDocument } from "../../contracts/http/open-api.ts"

const Operation = Schema.Struct({
  operationId: Schema.String,
  parameters: Schema.Array(
    Schema.Struct({
      name: Schema.String,
      in: Schema.String,
      description: Schema.optionalKey(Schema.String),
      schema: Schema.Unknown
    })
  ),
  responses: Schema.Record(
    Schema.String,
    Schema.Struct({
      headers: Schema.optionalKey(Schema.Record(Schema.String, Schema.Unknown)),
      content: Schema.optionalKey(
        Schema.Record(Schema.String, Schema.Struct({ schema: Schema.optionalKey(Schema.Unknown) }))
      )
    })
  )
})
const Described = Schema.Struct({ description: Schema.String })
const descriptionIn = (schema: unknown) => (Schema.is(Described)(schema) ? schema.description : undefined)

const Paths = Schema.Record(Schema.String, Schema.Record(Schema.String, Operation))
const Listed = Schema.Struct({ properties: Schema.Record(Schema.String, Schema.Unknown) })

const paths = Schema.decodeUnknownSync(Paths)(openApiDocument().paths)
const readings = Object.entries(paths).flatMap(([path, { get }]) =>
  get === undefined || !path.startsWith("/v1/") ? [] : [{ path, ...get }]
)
const fieldsOf = ({ responses }: (typeof readings)[number]): ReadonlyArray<string> => {
  const schema = responses["200"]?.content?.["application/json"]?.schema
  return Schema.is(Listed)(schema) ? Object.keys(schema.properties) : []
}
const lists = readings.filter((reading) => fieldsOf(reading).includes("items"))

/** Lists whose length follows from what people set up, and a window on the end of one that has pages elsewhere. */
const wholeLists = new Map([
  ["accounts.list", "people with an account"],
  ["account.signIns", "browsers of one person"],
  ["keys.list", "keys that were made"],
  ["sources.list", "lists and services that are configured"],
  ["backups.list", "places that are configured"],
  ["sandbox.timeline", "the end of the messages of one chat"],
  ["webhooks.list", "webhooks that were made, twenty at most"],
  ["webhooks.deliveries", "the latest attempts of one webhook, two hundred at most"]
])

it("knows the lists of the API", () => {
  expect(lists.length).toBeGreaterThan(12)
})

const paged = lists.filter(({ operationId }) => !wholeLists.has(operationId))

it.each(paged.map((list) => [list.path, list] as const))(
  "%s goes page by page, in a documented order",
  (_, list) => {
    const asked = list.parameters.filter((it) => it.in === "query")
    expect(asked.map((it) => it.name)).toEqual(expect.arrayContaining(["limit", "cursor", "sort", "after"]))
    expect(fieldsOf(list)).toContain("next")
    const unsaid = asked.filter(
      ({ description, name, schema }) =>
        ["limit", "cursor", "sort"].includes(name) && (description ?? descriptionIn(schema)) === undefined
    )
    expect(unsaid).toEqual([])
  }
)

it("lists that are whole are said to be, and have no cursor", () => {
  const whole = lists.filter(({ operationId }) => wholeLists.has(operationId))
  expect(whole.map(({ operationId }) => operationId).toSorted()).toEqual([...wholeLists.keys()].toSorted())
  expect(whole.flatMap(({ parameters }) => parameters.filter(({ name }) => name === "cursor"))).toEqual([])
})

it.each(readings.map((reading) => [reading.path, reading] as const))(
  "%s has an entity tag, unless it is a stream",
  (_, { parameters, responses }) => {
    const isStream = responses["200"]?.content?.["text/event-stream"] !== undefined
    expect(parameters.some(({ name }) => name === "if-none-match")).toBe(!isStream)
    expect(Object.hasOwn(responses, "304")).toBe(!isStream)
    expect(responses["200"]?.headers?.["ETag"] !== undefined).toBe(!isStream)
  }
)
