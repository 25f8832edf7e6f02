/** What a link is held to be in a chat, and what follows from it. Pure: time comes in as input. */
import type { ChatSettings } from "../../contracts/chat-settings.ts"
import type { Gateway } from "../../contracts/message.ts"
import { compareLevels, type Level } from "../../contracts/level.ts"
import type { Action, Basis, SuppressionReason } from "../../contracts/verdict.ts"
import type { Judgement } from "./judge.ts"
import type { Policy, Sighting, Told, Voice, Voiced, Way } from "./model.ts"
import { quietUntil } from "./quiet-hours.ts"

/** What is to be appended for a sighting, or `undefined` where all is said. */
export type Plan =
  | { readonly do: "decide"; readonly level: Level; readonly action: Action; readonly basis: Basis }
  | {
      readonly do: "suppress"
      readonly level: Level
      readonly reason: SuppressionReason
      readonly would?: Action
      readonly basis: Basis
    }
  | { readonly do: "defer"; readonly level: Level; readonly until: number; readonly basis: Basis }
  /** It was deferred, and its moment has not come: nothing is appended. */
  | { readonly do: "wait"; readonly level: Level; readonly until: number }
  | {
      readonly do: "revise"
      readonly from: Level
      readonly to: Level
      readonly action: Action
      /** Whether something was said of it, which is changed. */
      readonly corrects: boolean
      readonly basis: Basis
    }
  | {
      readonly do: "withdraw"
      readonly level: Level
      readonly reason: "message-revoked" | "link-edited-away"
    }

/** What a decision looks at beside the sighting and its level. Times are milliseconds since the epoch. */
export interface Surroundings {
  readonly policy: Policy
  /** The last warning in words about the link in the chat. */
  readonly voiced?: Voiced | undefined
  /** The last warnings in words in the chat, about whichever links. */
  readonly voices?: ReadonlyArray<Voice> | undefined
  /** The level that was kept back, where a notice of another one stands. */
  readonly keptBack?: Level | undefined
  readonly now: number
}

const isSimulated = ({ simulate }: ChatSettings, level: Level): boolean =>
  simulate.includes("all") || simulate.includes(level)

/** The reason to say nothing of a level in a chat now, or `undefined`. */
export const silence = (
  gateway: Gateway,
  level: Level,
  { mutedUntil, settings, unread }: Policy,
  now: number
): SuppressionReason | undefined => {
  if (unread !== undefined) return unread
  if (!settings.enabled) return "chat-off"
  // An exported chat has nobody who could read a warning: its verdicts end in a report.
  if (isSimulated(settings, level) || gateway === "export") return "simulated"
  return mutedUntil > now ? "muted" : undefined
}

const minuteMillis = 60_000

/**
 * As many messages in a minute warn of a level or a worse one in words, whatever they are about: what is denied may
 * have been posted a hundred times. A chat that reads no more than this reads these; all others get a reaction.
 */
export const voicesPerMinuteMax = 5

/** Whether so much was said within the last minute that more would not be read. */
const isCrowded = (level: Level, { now, voices = [] }: Surroundings): boolean =>
  voices.filter((it) => compareLevels(it.level, level) >= 0 && now - it.at < minuteMillis).length >=
  voicesPerMinuteMax

/**
 * Whether the link was warned about in words a moment ago, as of no lesser level, or many others were: a reaction is
 * enough then. A chat without a cooldown wants words each time.
 */
const isHushed = (level: Level, around: Surroundings): boolean => {
  const { now, policy, voiced } = around
  const cooldownMillis = policy.settings.cooldownMinutes * minuteMillis
  if (cooldownMillis === 0) return false
  const isSaid =
    voiced !== undefined && compareLevels(voiced.level, level) >= 0 && now - voiced.at < cooldownMillis
  return isSaid || isCrowded(level, around)
}

const wayOf = (action: Action): Way | undefined =>
  action === "none" ? undefined : action === "react" ? "reaction" : "text"

/** What the other side refused in words is said by a reaction, and the other way round. */
const otherWay = { text: "react", reaction: "short" } as const satisfies Record<Way, Action>

/** What is done about a level, if nothing forbids it. */
const actionOn = (level: Level, { refused }: Sighting, around: Surroundings): Action => {
  const wanted = around.policy.settings[level]
  const action = wanted !== "none" && isHushed(level, around) ? "react" : wanted
  return refused !== undefined && wayOf(action) === refused ? otherWay[refused] : action
}

/** What keeps something new from being said now, or `undefined`. */
const held = (
  level: Level,
  would: Action,
  basis: Basis,
  sighting: Sighting,
  { now, policy }: Surroundings
): Plan | undefined => {
  if (would === "none") return undefined
  const reason = silence(sighting.gateway, level, policy, now)
  if (reason !== undefined) return { do: "suppress", level, reason, would, basis }
  const until = level === "malicious" ? undefined : quietUntil(policy.settings, now)
  if (until === undefined) return undefined
  return sighting.deferredUntil === until
    ? { do: "wait", level, until }
    : { do: "defer", level, until, basis }
}

const first = ({ basis, level }: Judgement, sighting: Sighting, around: Surroundings): Plan => {
  const action = actionOn(level, sighting, around)
  return held(level, action, basis, sighting, around) ?? { do: "decide", level, action, basis }
}

const isWorse = (level: Level, told: Told): boolean => compareLevels(level, told.level) > 0

/** In words stays in words. A reaction is changed by another one, unless it has become worse. */
const correctionOf = (told: Told, level: Level, sighting: Sighting, around: Surroundings): Action => {
  if (told.by === "reaction") {
    if (isWorse(level, told)) return actionOn(level, sighting, around)
    return level === "benign" ? around.policy.settings.benign : "react"
  }
  const wanted = around.policy.settings[level]
  return level === "benign" || wanted === "reply" ? "reply" : "short"
}

/** What was never said of a link is said as if it were the first word, or not at all. */
const changed = (told: Told, { basis, level }: Judgement, sighting: Sighting, around: Surroundings): Plan => {
  const action = actionOn(level, sighting, around)
  return (
    held(level, action, basis, sighting, around) ?? {
      do: "revise",
      from: told.level,
      to: level,
      action,
      corrects: false,
      basis
    }
  )
}

/**
 * How a notice that stands is changed where nothing new may be said, or `undefined` where it stays as it is. What
 * calms is said all the same: nobody is left under a suspicion that is over. A mute is for the sake of phones, and
 * none rings for a reaction that gives way to a worse one. Where all is only tried out, nothing is said at all.
 */
const softened = (
  reason: SuppressionReason,
  told: Told,
  level: Level,
  would: Action,
  { settings }: Policy
): Action | undefined => {
  if (settings.simulate.includes("all")) return undefined
  if (!isWorse(level, told)) return would
  return reason === "muted" && told.by === "reaction" ? "react" : undefined
}

/** A notice that stands is set right, or the better knowledge is kept back, for a reason of the closed list. */
const corrected = (
  told: Told,
  { basis, level }: Judgement,
  sighting: Sighting,
  around: Surroundings
): Plan | undefined => {
  const { keptBack, now, policy } = around
  if (level === told.level)
    // What was kept back is over, and what stands is right again.
    return keptBack === undefined
      ? undefined
      : { do: "revise", from: keptBack, to: level, action: "none", corrects: false, basis }
  const would = correctionOf(told, level, sighting, around)
  const reason = silence(sighting.gateway, level, policy, now)
  const action = reason === undefined ? would : softened(reason, told, level, would, policy)
  // As a first word that was suppressed, a worse one is not said later for being known.
  if (keptBack === level && (action === undefined || isWorse(level, told))) return undefined
  return reason !== undefined && action === undefined
    ? { do: "suppress", level, reason, would, basis }
    : { do: "revise", from: told.level, to: level, action: action ?? would, corrects: true, basis }
}

/** What a sighting needs now, given what its chat was told before. */
export const plan = (
  sighting: Sighting,
  judgement: Judgement | undefined,
  around: Surroundings
): Plan | undefined => {
  const { gone, refused, told } = sighting
  if (gone !== undefined) {
    if (
      told?.notice !== undefined &&
      sighting.withdrawn !== true &&
      (gone === "message-revoked" || gone === "link-edited-away")
    )
      return { do: "withdraw", level: told.level, reason: gone }
    if (told !== undefined || judgement === undefined) return undefined
    const reason = gone === "quarantined" ? gone : "message-gone"
    return { do: "suppress", level: judgement.level, reason, basis: judgement.basis }
  }
  if (judgement === undefined) return undefined
  if (told === undefined) return first(judgement, sighting, around)
  if (told.notice !== undefined) return corrected(told, judgement, sighting, around)
  // What was refused is as good as unsaid.
  return refused === undefined && told.level === judgement.level
    ? undefined
    : changed(told, judgement, sighting, around)
}
