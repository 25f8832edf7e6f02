/** The texts inside JSON, which buttons and flows use for what they show and open. */

/** JSON may hold JSON as a text; what lies deeper than this is taken as it is spelled. */
const depthMax = 32

/** `undefined` for what is no JSON. */
const parse = (text: string): unknown => {
  if (!/^\s*[[{]/u.test(text)) return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const collect = (value: unknown, spelled: string, depth: number, into: Array<string>): void => {
  if (typeof value === "string") return read(value, depth, into)
  if (typeof value !== "object" || value === null) return
  if (depth >= depthMax) return void into.push(spelled)
  for (const item of Object.values(value)) collect(item, spelled, depth + 1, into)
}

const read = (text: string, depth: number, into: Array<string>): void => {
  const parsed = depth < depthMax ? parse(text) : undefined
  if (parsed === undefined) into.push(text)
  else collect(parsed, text, depth + 1, into)
}

/**
 * Every text that a JSON document holds, without its escapes; what is no JSON is one text as it stands.
 *
 * @example jsonTexts('{"display_text":"Open","url":"https:\\/\\/example.com"}') // ["Open", "https://example.com"]
 */
export const jsonTexts = (json: string): ReadonlyArray<string> => {
  const into: Array<string> = []
  read(json, 0, into)
  return into
}
