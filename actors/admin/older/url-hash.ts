/** What the older scanner knew URLs by. Pure. */
import { createHash } from "node:crypto"

/** Query parameters that its normal form left out. */
const dropped: ReadonlySet<string> = new Set([
  "utm_source",
  "utm_medium",
  "utm_campaign",
  "utm_term",
  "utm_content",
  "gclid",
  "fbclid",
  "mc_cid",
  "mc_eid",
  "vero_conv",
  "vero_id"
])

/**
 * Its normal form of a URL: the host in lower case and punycode, without the usual port, fragment and marks of
 * campaigns, with one slash where several follow each other in the path. `undefined` where it is no http or https URL.
 */
export const olderUrl = (text: string): string | undefined => {
  const url = URL.parse(text.trim())
  if (url === null || (url.protocol !== "http:" && url.protocol !== "https:")) return undefined
  url.hash = ""
  url.pathname = url.pathname.replaceAll(/\/{2,}/g, "/")
  const marks = [...url.searchParams.keys()].filter((name) => dropped.has(name))
  for (const name of marks) url.searchParams.delete(name)
  return url.href
}

/** The SHA-256 of that, 64 hexadecimal digits. */
export const olderHash = (url: string): string | undefined => {
  const normal = olderUrl(url)
  return normal === undefined ? undefined : createHash("sha256").update(normal).digest("hex")
}
