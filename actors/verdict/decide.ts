/** What a link is held to be in a chat, and what follows from it. Pure: time comes in as input. */
import { Gateway } from "../../contracts/message.ts"
import type { Level } from "../../contracts/level.ts"
import type { ChatSettings } from "../../contracts/policy.ts"
import type { Action, Basis, SuppressionReason } from "../../contracts/verdict.ts"
import type { Override, Policy, Scan, Sighting, Told } from "./model.ts"

/** The level that holds in a chat now, and what it rests on. */
export interface Judgement {
  readonly level: Level
  readonly basis: Basis
}

const specificity = { url: 2, host: 1, domain: 0 } as const

/** The most specific override wins, then the chat's own over the general, then the newest. */
const weightier = (a: Override, b: Override): Override => {
  const bySpecificity = specificity[a.match] - specificity[b.match]
  if (bySpecificity !== 0) return bySpecificity > 0 ? a : b
  const byScope = Number(a.chat !== undefined) - Number(b.chat !== undefined)
  if (byScope !== 0) return byScope > 0 ? a : b
  return a.sequence > b.sequence ? a : b
}

/** An override decides before everything; else the scan does; else nothing is known yet. */
export const judge = (
  applicable: ReadonlyArray<Override>,
  scan: Scan | undefined,
  policy: Policy
): Judgement | undefined => {
  const [first, ...rest] = applicable
  const base = { scan: scan?.sequence ?? 0, policy: policy.sequence }
  if (first !== undefined) {
    const decisive = rest.reduce(weightier, first)
    const level = decisive.effect === "deny" ? "malicious" : "benign"
    return {
      level,
      basis: { ...base, policy: Math.max(base.policy, decisive.sequence), override: decisive.override }
    }
  }
  return scan === undefined ? undefined : { level: scan.level, basis: { ...base, ruleSet: scan.ruleSet } }
}

/** What is to be appended for a sighting, or `undefined` where all is said. */
export type Plan =
  | { readonly do: "decide"; readonly level: Level; readonly action: Action; readonly basis: Basis }
  | {
      readonly do: "suppress"
      readonly level: Level
      readonly reason: SuppressionReason
      readonly basis: Basis
    }
  | {
      readonly do: "revise"
      readonly from: Level
      readonly to: Level
      readonly action: Action
      readonly corrects: boolean
      readonly basis: Basis
    }
  | {
      readonly do: "withdraw"
      readonly level: Level
      readonly reason: "message-revoked" | "link-edited-away"
    }

/** The reason to say nothing in a chat now, or `undefined`. */
export const silence = (gateway: Gateway, policy: Policy, now: number): SuppressionReason | undefined => {
  if (!policy.settings.enabled) return "chat-off"
  // An exported chat has nobody who could read a warning: its verdicts end in a report.
  if (policy.settings.simulate || gateway === "export") return "simulated"
  return policy.mutedUntil > now ? "muted" : undefined
}

const actionOn = (level: Level, settings: ChatSettings): Action => {
  if (level === "malicious") return "reply"
  return level === "suspicious" ? settings.suspicious : "none"
}

const first = (
  level: Level,
  quiet: SuppressionReason | undefined,
  settings: ChatSettings,
  basis: Basis
): Plan =>
  level !== "benign" && quiet !== undefined
    ? { do: "suppress", level, reason: quiet, basis }
    : { do: "decide", level, action: actionOn(level, settings), basis }

/** A notice that is wrong is set right even in a muted chat: an edit rings nobody's phone. */
const changed = (
  told: Told,
  judgement: Judgement,
  quiet: SuppressionReason | undefined,
  settings: ChatSettings
): Plan => {
  const { level, basis } = judgement
  if (told.notice !== undefined)
    return { do: "revise", from: told.level, to: level, action: "reply", corrects: true, basis }
  if (level !== "benign" && quiet !== undefined) return { do: "suppress", level, reason: quiet, basis }
  return {
    do: "revise",
    from: told.level,
    to: level,
    action: actionOn(level, settings),
    corrects: false,
    basis
  }
}

/** What a sighting needs now, given what its chat was told before. */
export const plan = (
  sighting: Sighting,
  judgement: Judgement | undefined,
  policy: Policy,
  now: number
): Plan | undefined => {
  const { told, gone } = sighting
  if (gone !== undefined) {
    if (told?.notice !== undefined && sighting.withdrawn !== true && gone !== "undeliverable")
      return { do: "withdraw", level: told.level, reason: gone }
    if (told !== undefined || judgement === undefined) return undefined
    return { do: "suppress", level: judgement.level, reason: "message-gone", basis: judgement.basis }
  }
  if (judgement === undefined) return undefined
  const quiet = silence(sighting.gateway, policy, now)
  if (told === undefined) return first(judgement.level, quiet, policy.settings, judgement.basis)
  return told.level === judgement.level ? undefined : changed(told, judgement, quiet, policy.settings)
}
