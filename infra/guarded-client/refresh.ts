/**
 * Where a page sends its reader by itself: `<meta http-equiv="refresh">`, or the header of that name.
 *
 * @see https://html.spec.whatwg.org/multipage/semantics.html#shared-declarative-refresh-steps
 */

/** A page that waits longer than this is meant to be read, and refreshes itself for news. */
const delaySecondsMax = 30

const refresh = /^\s*(\d*)(?:\.[\d.]*)?\s*[;,]?\s*(?:url\s*=\s*)?(.*)$/is

/** The URL of a refresh, as it is written; `undefined` where it names none or is far off. */
export const refreshTarget = (content: string): string | undefined => {
  const [, delay = "", rest = ""] = refresh.exec(content) ?? []
  if (delay === "" && !/^\s*\./.test(content)) return undefined
  if (Number(delay) > delaySecondsMax) return undefined
  const quote = /^["']/.exec(rest)?.[0]
  const target = quote === undefined ? rest : rest.slice(1).split(quote)[0]!
  return target.trim() === "" ? undefined : target.trim()
}

// What is only shown, said or run is no part of the page's head.
const apart = /<!--[\s\S]*?(?:-->|$)|<(script|style|template|textarea|title)\b[\s\S]*?(?:<\/\1\s*>|$)/gi
const metaTag = /<meta\b((?:[^>"']|"[^"]*"|'[^']*')*)>?/gi
const attribute = /([^\s"'<>/=]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))/g

const named: Readonly<Record<string, string>> = {
  amp: "&",
  quot: '"',
  apos: "'",
  lt: "<",
  gt: ">",
  sol: "/",
  colon: ":",
  period: ".",
  semi: ";",
  equals: "=",
  num: "#",
  quest: "?"
}

const codePointMax = 0x10_ff_ff

const character = (entity: string): string => {
  const digits = /^#(?:x([0-9a-f]{1,6})|(\d{1,7}))$/i.exec(entity)
  if (digits === null) return named[entity] ?? `&${entity};`
  const point = digits[1] === undefined ? Number(digits[2]) : Number.parseInt(digits[1], 16)
  return point <= codePointMax ? String.fromCodePoint(point) : ""
}

const withoutEntities = (text: string): string =>
  text.replaceAll(/&(#x?[0-9a-f]+|[a-z]+);?/gi, (_, entity: string) => character(entity))

/** No honest tag comes near this; of a longer one the rest is not read. */
const tagLengthMax = 4_096

const attributesOf = (tag: string): ReadonlyMap<string, string> => {
  const found = new Map<string, string>()
  for (const [, name = "", double, single, bare] of tag.slice(0, tagLengthMax).matchAll(attribute))
    // The first of a name counts, as in a browser.
    if (!found.has(name.toLowerCase()))
      found.set(name.toLowerCase(), withoutEntities(double ?? single ?? bare ?? ""))
  return found
}

/** The URL that a page refreshes itself to, as it is written. */
export const metaRefresh = (html: string): string | undefined => {
  for (const [, tag = ""] of html.replaceAll(apart, "").matchAll(metaTag)) {
    const attributes = attributesOf(tag)
    if (attributes.get("http-equiv")?.trim().toLowerCase() !== "refresh") continue
    const target = refreshTarget(attributes.get("content") ?? "")
    if (target !== undefined) return target
  }
  return undefined
}
