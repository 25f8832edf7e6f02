/**
 * Entity tags: the same answer has the same tag, and is not sent again to whoever has it.
 *
 * A tag is taken from the bytes of the answer itself. A position of the log would be cheaper, and wrong: what somebody may
 * read changes with a key that is deleted, a role or a clock, without any event being folded.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9110#name-etag
 */
import { hash } from "node:crypto"
import { Effect } from "effect"
import { appendPreResponseHandler } from "effect/http/HttpEffect"
import type { HttpServerRequest } from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"

/** Answers under this are tagged: the API, and neither the page nor the probes. */
const taggedUnder = "/v1/"
/** Of the hash, in characters of six bits: 132 bits, so that no two answers ever meet. */
const tagCharacters = 22

/** A tag that says the version of what is shown, which a writer has to give back in `If-Match`. */
const versionTag = /^"(\d+)"$/u

/** The tag of an answer. The version of what it shows leads, where it has one. */
export const tagOf = (body: Uint8Array, version?: string): string =>
  `"${version === undefined ? "" : `${version}-`}${hash("sha256", body, "base64url").slice(0, tagCharacters)}"`

/** Whether `If-None-Match` names a tag. Weak tags are compared as strong ones, as for any reading. */
export const isNamed = (tag: string, ifNoneMatch: string | undefined): boolean =>
  ifNoneMatch !== undefined &&
  (ifNoneMatch.trim() === "*" ||
    ifNoneMatch.split(",").some((given) => given.trim().replace(/^W\//u, "") === tag))

/** Whoever asks keeps the answer or does not; nothing in between does, for it may hold people's words. */
const caching = { "cache-control": "no-store" } as const

const withTag = (
  { headers, method, url }: HttpServerRequest,
  response: HttpServerResponse.HttpServerResponse
): HttpServerResponse.HttpServerResponse => {
  const { body, status } = response
  if (method !== "GET" || status !== 200 || body._tag !== "Uint8Array" || !url.startsWith(taggedUnder))
    return response
  const known = response.headers["etag"]
  const version = known === undefined ? undefined : versionTag.exec(known)?.[1]
  if (known !== undefined && version === undefined) return response
  const etag = tagOf(body.body, version)
  const tagged = HttpServerResponse.setHeaders(response, {
    ...(response.headers["cache-control"] === undefined ? caching : {}),
    etag
  })
  return isNamed(etag, headers["if-none-match"])
    ? HttpServerResponse.setBody(HttpServerResponse.setStatus(tagged, 304), nothing)
    : tagged
}

const nothing = HttpServerResponse.empty().body

/** Tags the answer to a request once everything else is settled about it. */
export const tagging = appendPreResponseHandler((request, response) =>
  Effect.sync(() => withTag(request, response))
)
