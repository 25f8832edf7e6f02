import { percentDecoded, rawParameter } from "./wrapper.ts"

const entities: ReadonlyMap<string, string> = new Map([
  ["&amp;", "&"],
  ["&lt;", "<"],
  ["&gt;", ">"],
  ["&quot;", '"'],
  ["&#39;", "'"]
])

const withoutEntities = (text: string): string =>
  text.replace(/&(?:amp|lt|gt|quot|#39);/g, (entity) => entities.get(entity) ?? entity)

/**
 * The link in one of Proofpoint's second version, whose escapes begin with `-` and whose slashes are `_`.
 *
 * @example proofpointV2(new URL("https://urldefense.proofpoint.com/v2/url?u=http-3A__example.com_&d=x")) // "http://example.com/"
 */
export function proofpointV2(url: URL): string | undefined {
  const value = rawParameter(url, "u")
  if (value === undefined) return undefined
  return withoutEntities(percentDecoded(percentDecoded(value).replaceAll("-", "%").replaceAll("_", "/")))
}

// The character behind `**` says how many characters it stands for, from two on.
const runLengths = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
const runLengthMin = 2

/**
 * The link in one of the third version, `…/v3/__LINK__;BYTES!!…`: characters that may not stand in it are
 * `*` each, or `**` and a length, and stand together in base64 behind it.
 */
export function proofpointV3(url: URL): string | undefined {
  const [, link, bytes = ""] = /^[^/]+\/\/[^/]+\/v3\/__(.+?)__;([^!]*)/.exec(url.href) ?? []
  if (link === undefined) return undefined
  const removed = [...Buffer.from(bytes, "base64").toString("utf8")]
  let at = 0
  const take = (count: number): string => removed.slice(at, (at += count)).join("")
  const whole = percentDecoded(link).replace(/\*(?:\*(.))?/g, (_, run: string | undefined) =>
    take(run === undefined ? 1 : runLengths.indexOf(run) + runLengthMin)
  )
  // Some clients make one slash of two.
  return at > removed.length ? undefined : whole.replace(/^([a-z][a-z0-9+.-]*:\/)(?=[^/])/i, "$1/")
}
