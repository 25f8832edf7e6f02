/** Values of what somebody else wrote, as an error names them. Pure. */

/** Longer texts are cut. */
const shownMax = 60

/** What a value is, in a few words: `"high"`, `a list`. */
export const shownValue = (value: unknown): string => {
  if (value === undefined) return "nothing"
  if (value === null || typeof value === "number" || typeof value === "boolean") return String(value)
  if (typeof value === "string")
    return JSON.stringify(value.length > shownMax ? `${value.slice(0, shownMax)}…` : value)
  return Array.isArray(value) ? "a list" : "an object"
}

/** What stands at a path of what was read; `undefined` where nothing does. */
export const valueAt = (input: unknown, path: ReadonlyArray<string>): unknown =>
  path.reduce<unknown>(
    (value, key) =>
      typeof value === "object" && value !== null && Object.hasOwn(value, key)
        ? (value as Readonly<Record<string, unknown>>)[key]
        : undefined,
    input
  )

type Segment = PropertyKey | { readonly key: PropertyKey }

/** The names of a path, as a schema's issue has it. */
export const namesOf = (path: ReadonlyArray<Segment> | undefined): ReadonlyArray<string> =>
  (path ?? []).map((segment) => String(typeof segment === "object" ? segment.key : segment))
