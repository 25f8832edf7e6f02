/**
 * Whether what was valid under one JSON schema is valid, and is kept, under another. Only the keywords that
 * event schemas produce are understood; anything else must stay as it was.
 */
import { isDeepStrictEqual } from "node:util"
import { Predicate } from "effect"

type Json = Readonly<Record<string, unknown>>

export interface SchemaDocument {
  readonly schema: Json
  readonly definitions: Json
}

const wordsOnly = new Set(["title", "description", "examples", "default"])
const isJson = (value: unknown): value is Json => Predicate.isObject(value)
const listOf = (value: unknown): ReadonlyArray<unknown> => (Array.isArray(value) ? value : [])

/** Follows references, and drops what is said only for people. */
const meaning = (schema: unknown, definitions: Json): Json => {
  if (!isJson(schema)) return {}
  const reference = schema["$ref"]
  if (typeof reference === "string")
    return meaning(definitions[reference.slice(reference.lastIndexOf("/") + 1)], definitions)
  return Object.fromEntries(Object.entries(schema).filter(([key]) => !wordsOnly.has(key)))
}

/** What an older reader or older data would stumble over, each with its path; empty when there is nothing. */
export const incompatibilities = (before: SchemaDocument, now: SchemaDocument): ReadonlyArray<string> => {
  const compare = (older: unknown, newer: unknown, path: string): ReadonlyArray<string> => {
    const a = meaning(older, before.definitions)
    const b = meaning(newer, now.definitions)
    if (isJson(a["properties"]) && isJson(b["properties"])) return compareObjects(a, b, path)
    if (a["type"] === "array" && b["type"] === "array")
      return [...compare(a["items"], b["items"], `${path}[]`), ...compareRest(a, b, path, ["items"])]
    if (Array.isArray(b["anyOf"])) {
      const offered = Array.isArray(a["anyOf"]) ? a["anyOf"] : [a]
      return offered.every((one) =>
        listOf(b["anyOf"]).some((other) => compare(one, other, path).length === 0)
      )
        ? []
        : [`${path} takes less than it did`]
    }
    if (Array.isArray(a["enum"]) && a["type"] === b["type"]) {
      const taken = Array.isArray(b["enum"]) ? b["enum"] : undefined
      const lost = taken === undefined ? [] : a["enum"].filter((value) => !taken.includes(value))
      return [
        ...lost.map((value) => `${path} no longer takes ${JSON.stringify(value)}`),
        ...compareRest(a, b, path, ["enum"])
      ]
    }
    return compareRest(a, b, path, [])
  }

  const compareObjects = (a: Json, b: Json, path: string): ReadonlyArray<string> => {
    const older = a["properties"] as Json
    const newer = b["properties"] as Json
    const required = listOf(a["required"])
    const kept = Object.keys(older).flatMap((name) =>
      name in newer ? compare(older[name], newer[name], `${path}.${name}`) : [`${path}.${name} is gone`]
    )
    const demanded = listOf(b["required"])
      .filter((name) => !required.includes(name))
      .map((name) => `${path}.${String(name)} is required now`)
    const loosened = required
      .filter((name) => String(name) in newer && !listOf(b["required"]).includes(name))
      .map((name) => `${path}.${String(name)} may be absent now`)
    return [...kept, ...demanded, ...loosened, ...compareRest(a, b, path, ["properties", "required"])]
  }

  const compareRest = (a: Json, b: Json, path: string, but: ReadonlyArray<string>): ReadonlyArray<string> =>
    [...new Set([...Object.keys(a), ...Object.keys(b)])]
      .filter(
        (key) => !but.includes(key) && !isDeepStrictEqual(resolved(a[key], before), resolved(b[key], now))
      )
      .map((key) => `${path}: ${key} was ${JSON.stringify(a[key])} and is ${JSON.stringify(b[key])}`)

  return compare(before.schema, now.schema, "data")
}

/** A part of a schema with its references followed all the way down. */
const resolved = (part: unknown, { definitions }: SchemaDocument): unknown => {
  if (Array.isArray(part)) return part.map((item) => resolved(item, { schema: {}, definitions }))
  if (!isJson(part)) return part
  return Object.fromEntries(
    Object.entries(meaning(part, definitions)).map(([key, value]) => [
      key,
      resolved(value, { schema: {}, definitions })
    ])
  )
}
