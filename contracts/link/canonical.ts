import { isTracking } from "./tracking-parameters.ts"

/** The canonical URL, or why there is none. */
export type Canonical = { readonly canonical: string } | { readonly error: string }

// Fragments normally name a place in a document and never reach the server. These begin one that
// names another document: a client-side route, a hash-bang, the whole content of an Android intent.
const meaningfulFragments: ReadonlyArray<string> = ["#/", "#!", "#Intent;"]

/**
 * The one spelling of a URL that its identity rests on: the WHATWG URL serialisation
 * (https://url.spec.whatwg.org/), which lower-cases scheme and host, applies IDNA, drops default ports
 * and resolves `..`; without the fragment, unless the fragment selects the content; without parameters
 * that only track. Everything else in the query keeps its order and its bytes.
 *
 * Canonicalising a canonical URL changes nothing. `base` resolves a relative reference.
 *
 * @example canonicalize("HTTPS://Example.COM:443/a/../b?utm_source=x&id=1#top")
 * // { canonical: "https://example.com/b?id=1" }
 */
export function canonicalize(url: string, base?: string): Canonical {
  const parsed = base === undefined ? URL.parse(url) : URL.parse(url, base)
  if (parsed === null) return { error: whyNotUrl(url, base) }
  const href = parsed.href
  // Most links have neither, and every link of every message comes through here.
  if (!href.includes("#") && !href.includes("?")) return { canonical: href }
  // An opaque path that ends in spaces loses them together with what follows it, so one more look is needed.
  if (dropIncidental(parsed, href)) dropIncidental(parsed, parsed.href)
  return { canonical: parsed.href }
}

function dropIncidental(url: URL, href: string): boolean {
  if (href.includes("#") && !meaningfulFragments.some((start) => url.hash.startsWith(start))) url.hash = ""
  if (href.includes("?") && (url.protocol === "https:" || url.protocol === "http:")) dropTracking(url)
  return url.href !== href
}

function dropTracking(url: URL): void {
  const parameters = url.search.slice(1).split("&")
  const kept = parameters.filter((parameter) => !isTracking(parameter.split("=", 1)[0] ?? ""))
  if (kept.length !== parameters.length) url.search = kept.join("&")
}

function whyNotUrl(url: string, base: string | undefined): string {
  if (base !== undefined && !URL.canParse(base))
    return "expected an absolute URL as base, found one that does not parse"
  if (url.trim() === "") return "expected a URL, found nothing"
  if (!/^[a-z][a-z0-9+.-]*:/i.test(url.trim()))
    return "expected an absolute URL such as https://example.com/, found one without a scheme"
  return "expected a URL, found one that the URL Standard rejects (bad host, port or characters)"
}
