import * as Result from "effect/Result"

/** What a JSON text holds, or undefined when it is none. */
export const parsedJson = (text: string): unknown =>
  Result.getOrElse(
    Result.try((): unknown => JSON.parse(text)),
    () => undefined
  )

/** The strings of a JSON array, or undefined when the text is none. */
export function jsonStrings(text: string): ReadonlyArray<string> | undefined {
  const parsed = parsedJson(text)
  return Array.isArray(parsed) ? parsed.filter((item) => typeof item === "string") : undefined
}
