import { hash } from "node:crypto"
import { publicSuffix } from "../../../contracts/link/public-suffix.ts"
import type { SafeBrowsingUrl } from "./canonical.ts"

/** Hosts beside the exact one, and folders from the root on: limits of the protocol. */
const hostSuffixesMax = 4
const foldersMax = 4

/**
 * The up to 30 expressions under which Safe Browsing may list a URL: its host and the names above it, from
 * the longest down to the registrable one, each with the path in full, without its query, and its folders
 * from the root down (https://developers.google.com/safe-browsing/reference/URLs.and.Hashing).
 *
 * @example expressionsOf(url) // of http://a.example.com/1/2.html?p=1: ["a.example.com/1/2.html?p=1", …, "example.com/1/"]
 */
export const expressionsOf = (url: SafeBrowsingUrl): ReadonlyArray<string> => {
  const paths = pathsOf(url)
  return hostsOf(url).flatMap((host) => paths.map((path) => host + path))
}

/** SHA-256 of an expression, whose first bytes Safe Browsing's lists hold. */
export const hashOfExpression = (expression: string): Buffer =>
  hash("sha256", Buffer.from(expression, "latin1"), "buffer")

function hostsOf({ host, isAddress }: SafeBrowsingUrl): ReadonlyArray<string> {
  const { registrable } = publicSuffix(host)
  if (isAddress || registrable === null || !host.endsWith(registrable)) return [host]
  const above = host.slice(0, -registrable.length).split(".").slice(0, -1)
  const names = above.map((_, at) => `${above.slice(at).join(".")}.${registrable}`)
  return [...new Set([host, ...[...names, registrable].slice(-hostSuffixesMax)])]
}

function pathsOf({ path, query }: SafeBrowsingUrl): ReadonlyArray<string> {
  const folders = path.split("/").slice(1, -1)
  const prefixes = ["/", ...folders.map((_, at) => `/${folders.slice(0, at + 1).join("/")}/`)]
  const exact = query === undefined || query === "" ? [path] : [`${path}?${query}`, path]
  return [...new Set([...exact, ...prefixes.slice(0, foldersMax)])]
}
