/** The fields of a schema as rows of a table: name, type, and what is said about it. */
import { Predicate, Schema } from "effect"
import { code } from "./markdown.ts"

export interface Field {
  /** `links[].host` is a field of each member of a list. */
  readonly name: string
  readonly type: string
  readonly optional: boolean
  readonly about: string
}

type Json = Readonly<Record<string, unknown>>

const isJson = (value: unknown): value is Json => Predicate.isObject(value)
const textOf = (value: unknown): string => (typeof value === "string" ? value : "")
const listOf = (value: unknown): ReadonlyArray<unknown> => (Array.isArray(value) ? value : [])

/** Every field of a struct, those of nested structs after their parent. */
export const fieldsOf = (schema: Schema.Constraint): ReadonlyArray<Field> => {
  const document = Schema.toJsonSchemaDocument(schema)
  const definitions: Json = document.definitions

  const follow = (part: unknown): Json => {
    if (!isJson(part)) return {}
    const reference = part["$ref"]
    return typeof reference === "string"
      ? follow(definitions[reference.slice(reference.lastIndexOf("/") + 1)])
      : part
  }

  const typeOf = (part: Json): string => {
    const options = listOf(part["anyOf"])
    if (options.length > 0) return [...new Set(options.map((option) => typeOf(follow(option))))].join(" or ")
    if (Array.isArray(part["enum"])) return part["enum"].map((value) => code(String(value))).join(", ")
    if (part["type"] === "array") return `list of ${typeOf(follow(part["items"]))}`
    return textOf(part["type"]) || "anything"
  }

  const aboutOf = (part: Json): string => {
    const own = textOf(part["description"])
    if (own !== "") return own
    const inner = part["type"] === "array" ? [part["items"]] : listOf(part["anyOf"])
    return [...new Set(inner.map((option) => aboutOf(follow(option))).filter((text) => text !== ""))].join(
      ", or "
    )
  }

  const nested = (name: string, part: Json): ReadonlyArray<Field> => {
    if (isJson(part["properties"])) return rows(part, `${name}.`)
    if (part["type"] === "array") return nested(`${name}[]`, follow(part["items"]))
    return []
  }

  const rows = (struct: Json, prefix: string): ReadonlyArray<Field> =>
    Object.entries(isJson(struct["properties"]) ? struct["properties"] : {}).flatMap(([key, property]) => {
      const part = follow(property)
      const name = `${prefix}${key}`
      const optional = !listOf(struct["required"]).includes(key)
      const field: Field = { name, type: typeOf(part), optional, about: aboutOf(part) }
      return [field].concat(nested(name, part))
    })

  return rows(follow(document.schema), "")
}

/** Table rows of fields. */
export const fieldRows = (fields: ReadonlyArray<Field>): ReadonlyArray<ReadonlyArray<string>> =>
  fields.map(({ about, name, optional, type }) => [
    code(name),
    `${type}${optional ? ", optional" : ""}`,
    about
  ])

export const fieldHeads = ["field", "type", "is"]
