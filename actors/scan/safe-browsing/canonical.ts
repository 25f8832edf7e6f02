import { domainToASCII } from "node:url"
import { dottedAddress, shortestAddress } from "./address.ts"
import { type ByteString, bytesOf, escapeOnce, unescapeFully } from "./bytes.ts"

/** A URL in the parts that Safe Browsing's expressions are made of, each canonical and escaped. */
export interface SafeBrowsingUrl {
  readonly scheme: string
  /** Without user information and without a port. */
  readonly host: string
  /** Whether the host is an address, of which no part is a host of its own. */
  readonly isAddress: boolean
  readonly path: string
  /** Without the `?`; undefined where there is none. */
  readonly query: string | undefined
}

/**
 * The canonical form of a URL by Safe Browsing's own rules, which are not the URL Standard's
 * (https://developers.google.com/safe-browsing/reference/URLs.and.Hashing): every percent-escape undone and
 * only the needed ones made again, addresses in dotted decimal, no user information, port or fragment.
 * Without a scheme it is `http`. Refuses what has no host.
 *
 * @example safeBrowsingUrl("http://3279880203/a/%2e%2e/b#c") // host "195.127.0.11", path "/b"
 */
export function safeBrowsingUrl(url: string): SafeBrowsingUrl | { readonly error: string } {
  const split = splitUrl(trimmed(url.replace(/[\t\r\n]/g, "")).replace(/#.*$/s, ""))
  if (split === undefined)
    return { error: "expected a URL with a host, found one of a scheme that has none (such as data:)" }
  if (split.host.includes(":") && !split.host.startsWith("["))
    return { error: "expected a URL with a host and a port in digits, found another colon in it" }
  const { host, isAddress } = canonicalHost(split.host)
  if (host === "") return { error: "expected a URL with a host, found none" }
  return {
    scheme: split.scheme,
    host,
    isAddress,
    path: escapeOnce(canonicalPath(unescapeFully(bytesOf(split.path)))),
    query: split.query === undefined ? undefined : escapeOnce(unescapeFully(bytesOf(split.query)))
  }
}

/** The canonical URL as one text. */
export const safeBrowsingText = ({ host, path, query, scheme }: SafeBrowsingUrl): string =>
  `${scheme}://${host}${path}${query === undefined ? "" : `?${query}`}`

// Without the spaces and controls around it. An expression for those at the end would take quadratic time.
function trimmed(text: string): string {
  let from = 0
  let to = text.length
  while (from < to && text.charCodeAt(from) <= 0x20) from++
  while (to > from && text.charCodeAt(to - 1) <= 0x20) to--
  return text.slice(from, to)
}

interface Split {
  readonly scheme: string
  readonly host: string
  readonly path: string
  readonly query: string | undefined
}

// `tel:112` is no host and its port.
const hostless: ReadonlySet<string> = new Set([
  "javascript",
  "data",
  "mailto",
  "tel",
  "sms",
  "about",
  "blob",
  "urn"
])

// The parts are found before anything is unescaped, as clients do that open the URL: an escaped `/` or `@`
// in user information must not make another host of it.
function splitUrl(url: string): Split | undefined {
  const [, scheme, rest = ""] = /^(?:([a-z][a-z0-9+.-]*):)?(.*)$/is.exec(url) ?? []
  const isHostWithPort =
    scheme !== undefined && !hostless.has(scheme.toLowerCase()) && /^\d+(?:[/?\\]|$)/.test(rest)
  if (scheme !== undefined && !isHostWithPort && !/^[\\/]{2}/.test(rest)) return undefined
  const parts = isHostWithPort ? url : rest.replace(/^[\\/]{2}/, "")
  const authority = /^[^/?\\]*/.exec(parts)?.[0] ?? ""
  const behind = parts.slice(authority.length)
  const question = behind.indexOf("?")
  return {
    scheme: isHostWithPort || scheme === undefined ? "http" : scheme.toLowerCase(),
    host: authority.slice(authority.lastIndexOf("@") + 1).replace(/:\d*$/, ""),
    path: (question < 0 ? behind : behind.slice(0, question)).replaceAll("\\", "/"),
    query: question < 0 ? undefined : behind.slice(question + 1)
  }
}

function canonicalHost(written: string): { readonly host: string; readonly isAddress: boolean } {
  const plain = unescapeFully(hostBytes(written))
  if (/^\[.*\]$/.test(plain)) return { host: shortestAddress(plain), isAddress: true }
  const name = inAscii(plain)
    .replace(/\.{2,}/g, ".")
    .replace(/^\.|\.$/g, "")
    .toLowerCase()
  const address = dottedAddress(name)
  return address === undefined
    ? { host: escapeOnce(name), isAddress: false }
    : { host: address, isAddress: true }
}

// A name that IDNA takes becomes its A-labels. Any other stands for bytes that somebody had read as Latin-1,
// where it can, and else for its own in UTF-8.
function hostBytes(written: string): ByteString {
  if (/^[\0-\x7F]*$/.test(written)) return written
  const ascii = domainToASCII(written)
  if (ascii !== "") return ascii
  return /^[\0-\xFF]*$/.test(written) ? written : bytesOf(written)
}

// An international name may have been percent-escaped.
function inAscii(plain: ByteString): ByteString {
  if (/^[\0-\x7F]*$/.test(plain)) return plain
  const bytes = Buffer.from(plain, "latin1")
  const text = bytes.toString("utf8")
  const ascii = text.includes("\uFFFD") ? "" : domainToASCII(text)
  return ascii === "" ? plain : ascii
}

function canonicalPath(path: ByteString): ByteString {
  const segments = path.split("/").slice(1)
  const kept: Array<string> = []
  for (const segment of segments) {
    if (segment === "..") kept.pop()
    else if (segment !== ".") kept.push(segment)
  }
  const last = segments.at(-1)
  const isFolder = last === "" || last === "." || last === ".."
  const named = kept.filter((segment) => segment !== "")
  return named.length === 0 ? "/" : `/${named.join("/")}${isFolder ? "/" : ""}`
}
