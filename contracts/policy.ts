/** What a chat or the operator wants. Written by `verdict`, one boundary per chat and one for all. */
import { Predicate, Schema } from "effect"
import { OwnSettings } from "./chat-settings.ts"
import { event } from "./event.ts"
import { ChatId, EpochMillis, HostId, LinkId, OverrideId } from "./ids.ts"
import { Personal } from "./personal.ts"

/** Who asked: a role and, where it is a key or a member, its id. Never a name. */
export const By = Schema.String.pipe(
  Schema.check(Schema.isPattern(/^[a-z]+(:[A-Za-z0-9_-]+)?$/u)),
  Schema.annotate({ identifier: "By", description: "who asked: a role, and an id where there is one" })
)

const withProtections = (settings: unknown): unknown => {
  if (!Predicate.isObject(settings)) return settings
  return {
    ...settings,
    simulate: Predicate.hasProperty(settings, "simulate") && settings.simulate === true ? ["all"] : []
  }
}

const chat = ChatId.make("c0example0")
const override = OverrideId.make("01941f29-7c00-7000-8000-000000000001")

/** What was set there is whole in every event, so that the newest one is all there is to know. */
export const SettingsChanged = event("policy.settings-changed", {
  about: "A chat is to be treated differently, or all those that have set nothing else.",
  version: 2,
  data: { chat: Schema.optionalKey(ChatId), settings: OwnSettings, by: By },
  // Version 1 had three settings, and a chat had set them all. What was simulated was everything.
  upcasts: {
    1: ({ settings, ...rest }) => ({ ...rest, settings: withProtections(settings) })
  },
  example: { chat, settings: { suspicious: "react", simulate: ["all"] }, by: "operator" }
})

export const Muted = event("policy.muted", {
  about: "A chat wants no notices until a moment; what is silenced is recorded.",
  data: { chat: ChatId, until: EpochMillis, by: By },
  example: { chat, until: 1_767_229_200_000, by: "operator" }
})

export const Unmuted = event("policy.unmuted", {
  about: "A chat wants notices again.",
  data: { chat: ChatId, by: By },
  example: { chat, by: "operator" }
})

/** What an override is about: one URL, one host, or a domain with its subdomains. */
export const OverrideMatch = Schema.Literals(["url", "host", "domain"])
export type OverrideMatch = typeof OverrideMatch.Type

export const OverrideEffect = Schema.Literals(["allow", "deny"])
export type OverrideEffect = typeof OverrideEffect.Type

/** An override in words: the pattern as it was given, and why. */
export const OverrideWords = Schema.Struct({
  pattern: Schema.String,
  reason: Schema.optionalKey(Schema.String)
})

/** What an override is about, as links and hosts are known by in the log at the time. */
export const OverrideToken = Schema.Union([LinkId, HostId])

/**
 * Links and hosts are known by other ids after each erasure, so that what was posted before one is not found
 * by an override that was set after it.
 */
export const OverrideSet = event("policy.override-set", {
  about: "A URL, host or domain is allowed or denied, everywhere or in one chat, from now on.",
  data: {
    override: OverrideId,
    chat: Schema.optionalKey(ChatId),
    match: OverrideMatch,
    token: OverrideToken,
    /** Its token after the erasure that is under way. */
    next: Schema.optionalKey(OverrideToken),
    effect: OverrideEffect,
    expiresAt: Schema.optionalKey(EpochMillis),
    by: By
  },
  personal: { words: Personal(OverrideWords, ["chat"], { lasting: true }) },
  example: {
    override,
    match: "domain",
    token: HostId.make("84983e441c3bd26ebaae4aa1f95129e5e54670f1"),
    effect: "allow",
    by: "operator",
    words: { pattern: "example.com", reason: "our own" }
  }
})

/** The most overrides of one event: a hundred bytes each, far below what the log takes. */
export const rekeyedOverridesMax = 1_000

export const OverridesRekeyed = event("policy.overrides-rekeyed", {
  about:
    "Somebody is about to be forgotten, after which links and hosts have other ids: these overrides have tokens for then, beside those that they had.",
  data: { overrides: Schema.Array(Schema.Struct({ override: OverrideId, token: OverrideToken })) },
  example: {
    overrides: [{ override, token: HostId.make("84983e441c3bd26ebaae4aa1f95129e5e54670f1") }]
  }
})

export const OverrideRemoved = event("policy.override-removed", {
  about: "An override was taken back.",
  data: { override: OverrideId, chat: Schema.optionalKey(ChatId), by: By },
  example: { override, by: "operator" }
})

export const OverrideExpired = event("policy.override-expired", {
  about: "An override ran out.",
  data: { override: OverrideId, chat: Schema.optionalKey(ChatId) },
  example: { override, chat }
})
