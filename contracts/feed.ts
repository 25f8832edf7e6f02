/** Lists of dangerous links. Written by `scan`, one boundary per list. */
import { Schema } from "effect"
import { event } from "./event.ts"
import { EpochMillis, LinkId } from "./ids.ts"

/** The name of a list, or of a service that is asked: the one in the settings, or its own. */
export const SourceName = Schema.String.pipe(
  Schema.check(Schema.isPattern(/^[a-z0-9][a-z0-9_-]{0,39}$/u)),
  Schema.annotate({ description: "the name of a list, or of a service that is asked" })
)

/** The most links of one event: forty bytes each, far below what the log takes. */
export const matchedLinksMax = 500

export const FeedRefreshed = event("feed.refreshed", {
  about:
    "A list is another one than before, or is there again: it was fetched, and is looked up from now on.",
  data: {
    source: SourceName,
    /** The host that handed it out; its whole address may hold a key. */
    from: Schema.String,
    /** What is on it, what is new on it, and what is no longer. */
    listed: Schema.Int,
    added: Schema.Int,
    gone: Schema.Int,
    /** The same for the same listings, in whichever order they come. */
    digest: Schema.String,
    at: EpochMillis,
    etag: Schema.optionalKey(Schema.String),
    lastModified: Schema.optionalKey(Schema.String)
  },
  example: {
    source: "openphish",
    from: "raw.githubusercontent.com",
    listed: 300,
    added: 12,
    gone: 9,
    digest: "00c0ffee00c0ffee",
    at: 1_767_225_600_000,
    etag: '"33a64df5"'
  }
})

export const FeedMatched = event("feed.matched", {
  about:
    "Links that chats hold are on a list now and were not when they were looked at last, or the other way round: they are looked at again at once.",
  data: { source: SourceName, at: EpochMillis, matches: Schema.Array(LinkId) },
  example: {
    source: "openphish",
    at: 1_767_225_600_000,
    matches: [LinkId.make("a9993e364706816aba3e25717850c26c9cd0d89d")]
  }
})

export const FeedWithdrawn = event("feed.withdrawn", {
  about: "A list is no longer wanted: nothing that stood on it counts any more.",
  data: { source: SourceName, at: EpochMillis },
  example: { source: "openphish", at: 1_767_225_600_000 }
})

export const FeedFailed = event("feed.failed", {
  about:
    "A list could not be fetched, and stays as it was. Said once, until it is fetched again or the reason is another.",
  data: { source: SourceName, reason: Schema.String, at: EpochMillis },
  example: { source: "openphish", reason: "expected status 200, found 503", at: 1_767_225_600_000 }
})
