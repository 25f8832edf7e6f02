/** What was found out about a link. Written by `scan`, any replica, one boundary per shard of links. */
import { Schema } from "effect"
import { event } from "./event.ts"
import { ChatId, EpochMillis, LinkId, PersonId } from "./ids.ts"
import { Level } from "./level.ts"
import { LinkSighting } from "./message.ts"
import { Personal } from "./personal.ts"

/** One reason, with its weight in decibans (ten times the decimal logarithm of the likelihood ratio). */
export const WeighedEvidence = Schema.Struct({
  source: Schema.String,
  kind: Schema.String,
  weight: Schema.Finite
})
export type WeighedEvidence = typeof WeighedEvidence.Type

/** A source that should have answered and did not: never scored like a clean answer. */
export const MissingEvidence = Schema.Struct({ source: Schema.String, reason: Schema.String })
export type MissingEvidence = typeof MissingEvidence.Type

/** The scores between which a link would be, had every missing source answered. */
export const ScoreRange = Schema.Struct({ least: Schema.Finite, most: Schema.Finite })
export type ScoreRange = typeof ScoreRange.Type

/** One place that a link led to, and how: `asked` for the link itself, then the redirects in their order. */
export const FoundHop = Schema.Struct({
  url: Schema.String,
  by: Schema.Literals(["asked", "location", "refresh-header", "meta-refresh"]),
  status: Schema.optionalKey(Schema.Int)
})
export type FoundHop = typeof FoundHop.Type

/** The URL itself, what its evidence says of it in words, in the order of `evidence`, and where it led. */
export const Found = Schema.Struct({
  url: Schema.String,
  details: Schema.Array(Schema.NullOr(Schema.String)),
  hops: Schema.optionalKey(Schema.Array(FoundHop))
})
export type Found = typeof Found.Type

/** So long after its first look; or `listed`: what lists say of it is something else by now. */
export const Again = Schema.Literals(["10m", "1h", "9h", "24h", "listed"])
export type Again = typeof Again.Type

export const ScanCompleted = event("scan.completed", {
  about:
    "A link was scanned for the message that brought it; the result holds for every chat until it expires.",
  data: {
    link: LinkId,
    chat: Schema.optionalKey(ChatId),
    sender: Schema.optionalKey(PersonId),
    level: Level,
    score: Schema.Finite,
    probability: Schema.optionalKey(Schema.Finite),
    ruleSet: Schema.String,
    evidence: Schema.Array(WeighedEvidence),
    missing: Schema.Array(MissingEvidence),
    /** How far what is missing could still move the score; absent where nothing could. */
    range: Schema.optionalKey(ScoreRange),
    /** Sources that are being asked; a later result of the link tells what they say. */
    awaits: Schema.optionalKey(Schema.Array(Schema.String)),
    /** It was posted in the past: nobody is asked about it beside what is known here. */
    past: Schema.optionalKey(Schema.Literal(true)),
    /** The sequence of the result that this one takes the place of, now that those have answered. */
    revises: Schema.optionalKey(Schema.Int),
    /** The place that it leads to, where it was followed and that is another one. */
    end: Schema.optionalKey(LinkSighting),
    /** Why it was looked at again, long after its first look. */
    again: Schema.optionalKey(Again),
    validUntil: EpochMillis
  },
  personal: { found: Personal(Found, ["chat", "sender"]) },
  example: {
    link: LinkId.make("a9993e364706816aba3e25717850c26c9cd0d89d"),
    chat: ChatId.make("c0example0"),
    sender: PersonId.make("p0example0"),
    level: "malicious",
    score: 23,
    probability: 0.97,
    ruleSet: "wadjet-1",
    evidence: [{ source: "look-alike", kind: "ascii-swap", weight: 15 }],
    missing: [{ source: "feeds", reason: "no feed is configured" }],
    validUntil: 1_767_229_200_000,
    found: { url: "http://paypa1.example/", details: ["looks like paypal.com"] }
  }
})

/**
 * Whether a result says less than a link was asked about before: others are being asked, or will not be. What it has not
 * heard is not clean (law 7), so that it makes nothing better that was found.
 */
export const isPartial = ({
  awaits = [],
  past = false
}: {
  readonly awaits?: ReadonlyArray<string>
  readonly past?: boolean
}): boolean => past || awaits.length > 0

export const ScanReleased = event("scan.released", {
  about: "A link is looked at no more: what it was has been forgotten.",
  data: { link: LinkId },
  example: { link: LinkId.make("a9993e364706816aba3e25717850c26c9cd0d89d") }
})

/** Where a result stands in the log, and how long it may be believed (milliseconds since the epoch). */
export interface ScanResult {
  readonly sequence: number
  readonly validUntil: number
}

/**
 * Whether a result answers for a message: it stands before the message in the log, and had not expired
 * when the message was recorded. Scanner and verdict both apply this to the log, and so agree without
 * talking about which links need a scan.
 */
export const isValidFor = (
  result: ScanResult,
  message: { readonly sequence: number; readonly time: number }
): boolean => result.sequence < message.sequence && result.validUntil > message.time
