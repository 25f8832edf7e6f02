/**
 * Whether a request that brings a browser's cookie comes from the page itself. Whatever changes something has to show
 * the page's token too, which no other site can read; a browser that says where a request comes from is believed.
 *
 * @see https://cheatsheetseries.owasp.org/cheatsheets/Cross-Site_Request_Forgery_Prevention_Cheat_Sheet.html
 */
import { createHash, timingSafeEqual } from "node:crypto"
import { pageTokenHeader } from "../../contracts/http/access.ts"

type Headers = Readonly<Record<string, string | undefined>>

/** What the page shows with its requests: follows from its cookie, and says nothing about it. */
export const pageTokenOf = (cookie: string): string =>
  createHash("sha256").update(`wadjet page token: ${cookie}`).digest("base64url")

const same = (one: string, other: string): boolean => {
  const [a, b] = [Buffer.from(one), Buffer.from(other)]
  return a.length === b.length && timingSafeEqual(a, b)
}

/** Methods that change nothing. */
export const isReading = (method: string): boolean => method === "GET" || method === "HEAD"

/**
 * Whether a request was sent by a page of this server, as far as its browser says: by `Sec-Fetch-Site`, else by
 * `Origin`. `undefined` where it says neither.
 */
const saysSameOrigin = (headers: Headers, method: string): boolean | undefined => {
  const site = headers["sec-fetch-site"]
  if (site !== undefined) return site === "same-origin" || (site === "none" && isReading(method))
  const origin = headers["origin"]
  return origin === undefined ? undefined : URL.parse(origin)?.host === headers["host"]
}

/** Nobody is signed in yet, so that there is no token: a browser that names another site is refused. */
export const isFromElsewhere = (headers: Headers, method: string): boolean =>
  saysSameOrigin(headers, method) === false

/** Whether a request with a cookie is the page's own. */
export const isOfPage = (headers: Headers, method: string, cookie: string): boolean => {
  if (isFromElsewhere(headers, method)) return false
  return isReading(method) || same(headers[pageTokenHeader] ?? "", pageTokenOf(cookie))
}
