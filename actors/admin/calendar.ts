/** The calendar of what is to come, as an answer of HTTP. */
import { createHash } from "node:crypto"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import type { JobRow } from "../../projections/jobs.ts"

/** The text of a calendar of jobs from a moment on, in milliseconds since the epoch. Made by whoever composes the parts. */
export type CalendarOf = (jobs: ReadonlyArray<JobRow>, now: number) => string

const tagsIn = (header: string) => header.split(",").map((tag) => tag.trim().replace(/^W\//, ""))

/** The same text has the same tag, and is not sent to whoever has it. */
export const calendarAnswer = (text: string, ifNoneMatch: string | undefined) => {
  const tag = `"${createHash("sha256").update(text).digest("base64url").slice(0, 22)}"`
  const headers = { etag: tag, "cache-control": "private, no-cache" }
  return ifNoneMatch !== undefined && (ifNoneMatch.trim() === "*" || tagsIn(ifNoneMatch).includes(tag))
    ? HttpServerResponse.empty({ status: 304, headers })
    : HttpServerResponse.text(text, { contentType: "text/calendar; charset=utf-8", headers })
}
