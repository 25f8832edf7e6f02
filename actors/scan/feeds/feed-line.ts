/** What one line of a list of dangerous links says, in any of the forms that such lists have. */
import { canonicalize } from "../../../contracts/link/canonical.ts"
import { publicSuffix, isTopLevel } from "../../../contracts/link/public-suffix.ts"

/** A URL, or a host with all that it serves, in the form in which they are looked up. */
export type Listing = { readonly kind: "url" | "host"; readonly key: string }

/** What is longer names nothing that could be visited. */
export const lineLengthMax = 8_192

/** Comments of plain lists and of CSV, of ad blockers, and the header of theirs. */
const comment = /^\s*(?:[#!]|\[|$)/
const blocked = /^\|\|([^/^$*\s]+)\^?(?:\$.*)?$/
const hostsLine = /^(?:0\.0\.0\.0|127\.0\.0\.1|::1?)\s+(\S+)\s*(?:#.*)?$/
const hostName = /^(?:[\p{L}\p{N}_](?:[\p{L}\p{N}_-]*[\p{L}\p{N}_])?\.)+[\p{L}\p{N}-]*[\p{L}\p{N}]\.?$/u
const ipv4 = /^\d{1,3}(?:\.\d{1,3}){3}$/
const field = /"((?:[^"]|"")*)"|([^",]+)/g

/** A host that there can be: an address, or a name with an ending that some registry runs. */
const isHost = (host: string): boolean =>
  ipv4.test(host) || host.startsWith("[") || isTopLevel(host.slice(host.lastIndexOf(".") + 1))

/** http and https are one place, and so is a URL with and without what only tracks. */
export const urlKey = (canonicalUrl: string): string => canonicalUrl.replace(/^https?:\/\//, "")

const ofUrl = (text: string): Listing | undefined => {
  const canonical = canonicalize(text)
  if ("error" in canonical) return undefined
  const url = URL.parse(canonical.canonical)
  if (url === null || !url.protocol.startsWith("http") || !isHost(url.hostname.replace(/\.$/, "")))
    return undefined
  return { kind: "url", key: urlKey(canonical.canonical) }
}

const ofHost = (text: string): Listing | undefined => {
  if (!ipv4.test(text) && !hostName.test(text)) return undefined
  const host = URL.parse(`http://${text}/`)?.hostname.replace(/\.$/, "")
  if (host === undefined || !isHost(host)) return undefined
  // A suffix is nobody's: to list it would be to list everybody under it.
  return ipv4.test(host) || publicSuffix(host).registrable !== null ? { kind: "host", key: host } : undefined
}

/** The first field of a row of CSV that is a URL. */
const ofRow = (line: string): Listing | undefined => {
  for (const [, quoted, bare] of line.matchAll(field)) {
    const value = (quoted?.replaceAll('""', '"') ?? bare ?? "").trim()
    if (/^https?:\/\//i.test(value)) return ofUrl(value)
  }
  return undefined
}

/**
 * Reads a line: a URL, a host, a row of a hosts file, of an ad blocker's list or of CSV. `undefined` for a comment, and
 * for what names nothing that could be visited.
 *
 * @example readLine("0.0.0.0 bad.example.com") // { kind: "host", key: "bad.example.com" }
 */
export const readLine = (line: string): Listing | undefined => {
  if (line.length > lineLengthMax || comment.test(line)) return undefined
  const text = line.trim()
  if (/^https?:\/\//i.test(text)) return ofUrl(text)
  const host = (blocked.exec(text) ?? hostsLine.exec(text))?.[1]
  if (host !== undefined) return ofHost(host)
  return text.includes(",") || text.startsWith('"') ? ofRow(text) : ofHost(text)
}
