/** From a JSON Schema to values of it, and to values that are almost of it. */
import fc from "fast-check"

/** The part of JSON Schema 2020-12 that the document is written in. */
export interface JsonSchema {
  readonly $ref?: string
  readonly type?: string
  readonly enum?: ReadonlyArray<unknown>
  readonly const?: unknown
  readonly anyOf?: ReadonlyArray<JsonSchema>
  readonly oneOf?: ReadonlyArray<JsonSchema>
  readonly allOf?: ReadonlyArray<JsonSchema>
  readonly pattern?: string
  readonly minLength?: number
  readonly maxLength?: number
  readonly minimum?: number
  readonly maximum?: number
  readonly items?: JsonSchema | false
  readonly prefixItems?: ReadonlyArray<JsonSchema>
  readonly minItems?: number
  readonly maxItems?: number
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly required?: ReadonlyArray<string>
  readonly additionalProperties?: JsonSchema | boolean
}

export type Resolve = (ref: string) => JsonSchema

/** Lists are short: what is wrong with one of three is wrong with one of a thousand. */
const itemsMax = 4
const textMax = 60

/** Texts that have broken programs before. */
const nasty = fc.constantFrom(
  "",
  " ",
  "\u0000",
  "\uD800",
  "\u202Etxt.exe",
  "' or 1=1 --",
  "../../etc/passwd",
  "%00%0d%0a",
  "\r\nset-cookie: a=b",
  "<script>alert(1)</script>",
  "𝕳𝖊𝖑𝖑𝖔".repeat(20),
  "x".repeat(70_000),
  "9".repeat(400),
  "-0",
  "1e400",
  "NaN",
  "null",
  "__proto__",
  "constructor"
)

const texts = (schema: JsonSchema): fc.Arbitrary<string> => {
  const { maxLength = textMax, minLength = 0, pattern } = schema
  if (pattern !== undefined) {
    try {
      return fc.stringMatching(new RegExp(pattern, "u"))
    } catch {
      const matches = new RegExp(pattern, "u")
      return fc.string({ minLength: 2, maxLength: 12 }).filter((text) => matches.test(text))
    }
  }
  const within = fc.string({
    unit: "grapheme",
    minLength,
    maxLength: Math.min(maxLength, minLength + textMax)
  })
  return fc.oneof({ weight: 5, arbitrary: within }, { weight: 1, arbitrary: nasty })
}

const numbers = ({ maximum, minimum, type }: JsonSchema): fc.Arbitrary<number> => {
  const [min, max] = [minimum ?? Number.MIN_SAFE_INTEGER, maximum ?? Number.MAX_SAFE_INTEGER]
  const small = fc.integer({
    min: Math.min(Math.max(min, -1_000), max),
    max: Math.max(Math.min(max, 1_000), min)
  })
  const whole = fc.oneof(small, fc.integer({ min, max }), fc.constantFrom(min, max))
  return type === "integer" ? whole : fc.oneof(whole, fc.double({ min, max, noNaN: true }))
}

const objects = (schema: JsonSchema, resolve: Resolve): fc.Arbitrary<unknown> => {
  const { additionalProperties, properties = {}, required = [] } = schema
  const declared = fc.record(
    Object.fromEntries(Object.entries(properties).map(([name, it]) => [name, arbitraryOf(it, resolve)])),
    { requiredKeys: [...required] }
  )
  if (typeof additionalProperties !== "object") return declared
  const more = fc.dictionary(fc.string({ maxLength: 12 }), arbitraryOf(additionalProperties, resolve), {
    maxKeys: itemsMax
  })
  return fc.tuple(more, declared).map(([others, own]) => ({ ...others, ...own }))
}

/** Made once for each schema: of a pattern it takes milliseconds and a megabyte, and every request wants some. */
const made = new WeakMap<JsonSchema, fc.Arbitrary<unknown>>()

/** Values of a schema. */
export const arbitraryOf = (schema: JsonSchema, resolve: Resolve): fc.Arbitrary<unknown> => {
  const known = made.get(schema)
  if (known !== undefined) return known
  const arbitrary = make(schema, resolve)
  made.set(schema, arbitrary)
  return arbitrary
}

const make = (schema: JsonSchema, resolve: Resolve): fc.Arbitrary<unknown> => {
  if (schema.$ref !== undefined) return arbitraryOf(resolve(schema.$ref), resolve)
  if (schema.allOf !== undefined) {
    const { allOf, ...rest } = schema
    return arbitraryOf(Object.assign({}, ...allOf, rest) as JsonSchema, resolve)
  }
  const options = schema.anyOf ?? schema.oneOf
  if (options !== undefined) return fc.oneof(...options.map((one) => arbitraryOf(one, resolve)))
  if ("const" in schema) return fc.constant(schema.const)
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum)
  switch (schema.type) {
    case "string":
      return texts(schema)
    case "integer":
    case "number":
      return numbers(schema)
    case "boolean":
      return fc.boolean()
    case "null":
      return fc.constant(null)
    case "array": {
      const first = fc.tuple(...(schema.prefixItems ?? []).map((one) => arbitraryOf(one, resolve)))
      if (schema.items === undefined || schema.items === false) return first
      const rest = fc.array(arbitraryOf(schema.items, resolve), {
        minLength: Math.max(0, (schema.minItems ?? 0) - (schema.prefixItems?.length ?? 0)),
        maxLength: Math.max(schema.minItems ?? 0, Math.min(schema.maxItems ?? itemsMax, itemsMax))
      })
      return fc.tuple(first, rest).map(([one, other]) => [...one, ...other])
    }
    case "object":
      return objects(schema, resolve)
    default:
      return fc.jsonValue()
  }
}

const anything = fc.oneof(fc.jsonValue(), nasty, fc.constantFrom<unknown>(null, true, -1, 1.5, [], {}))

/** A value with something in it that is not as declared: replaced, taken out, or put in. */
export const almost = (values: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
  fc
    .tuple(values, anything, fc.nat(), fc.constantFrom("whole", "one", "without", "more"))
    .map(([value, other, at, how]) => {
      if (how === "whole" || typeof value !== "object" || value === null) return other
      const names = Object.keys(value)
      const name = names[at % Math.max(1, names.length)] ?? "more"
      if (how === "without") {
        const { [name]: _, ...rest } = value as Record<string, unknown>
        return rest
      }
      return { ...value, [how === "one" ? name : `more${at % 10}`]: other }
    })

/** A text in the place of one value of a path, a query or a header. */
export const asText = (values: fc.Arbitrary<unknown>): fc.Arbitrary<string> =>
  fc.oneof(
    {
      weight: 6,
      arbitrary: values.map((value) => (typeof value === "string" ? value : JSON.stringify(value)))
    },
    { weight: 1, arbitrary: nasty }
  )
