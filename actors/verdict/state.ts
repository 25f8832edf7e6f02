/** Folding the log into what the verdict actor knows, and finding what it has to say. */
import type { State, StateReader } from "../../infra/actor/state.ts"
import { isValidFor } from "../../contracts/scan.ts"
import { keyOf } from "../../infra/actor/collection.ts"
import { newsMillis } from "./belated.ts"
import { given } from "./chat-commands/model.ts"
import { denialIn } from "./chat-commands/ruling.ts"
import { policyOf, standing } from "./chats.ts"
import { unreadReason } from "./consent.ts"
import { plan, type Plan } from "./decide.ts"
import { judge, type Judgement } from "./judge.ts"
import {
  keptBack,
  type Override,
  overrides,
  overridesByToken,
  type Policy,
  type Sighting,
  sightingKey,
  voiced,
  voices
} from "./model.ts"
import { scanOf } from "./scans.ts"
import { sightingsOn, tokensOf } from "./sightings.ts"

/** The overrides that match a sighting's URL, host or a domain of it, everywhere or in its chat. */
export const applicable = (state: StateReader, sighting: Sighting): ReadonlyArray<Override> =>
  [...tokensOf(sighting)].flatMap((token) =>
    state
      .walk(overridesByToken, `${token}/`)
      .map(([key]) => state.get(overrides, key.split("/")[1]!))
      .filter((it) => it !== undefined)
      .filter((it) => it.chat === undefined || standing(state, it.chat) === standing(state, sighting.chat))
      .filter((it) => matches(it, token, sighting))
  )

/** A host's token stands among its own domains too, but a host rule is for that host alone. */
const matches = ({ match }: Override, token: string, sighting: Sighting): boolean => {
  if (match === "url") return token === sighting.link
  if (match === "host") return token === sighting.host
  return sighting.domains.some((domain) => domain === token)
}

/** The level that holds for a sighting: a scan from before it counts only while it was valid. */
export const judgementOf = (state: StateReader, sighting: Sighting): Judgement | undefined => {
  const scan = scanOf(state, sighting.link)
  const answers = scan !== undefined && (scan.sequence > sighting.sequence || isValidFor(scan, sighting))
  return judge(applicable(state, sighting), answers ? scan : undefined, policyOf(state, sighting.chat))
}

/** What holds for whoever posted it. An exported chat is read by whoever exported it. */
const policyFor = (state: StateReader, sighting: Sighting): Policy => {
  const policy = policyOf(state, sighting.chat)
  const unread = sighting.gateway === "export" ? undefined : unreadReason(state, sighting)
  return unread === undefined ? policy : { ...policy, unread }
}

/** Whether the command in its own message denies it, and nothing else is held of it: the answer has told the chat. */
const isDeniedHere = (state: StateReader, sighting: Sighting, judgement: Judgement | undefined): boolean => {
  if (sighting.told !== undefined || judgement?.level !== "malicious") return false
  const denial = denialIn(state, sighting)
  return denial !== undefined && applicable(state, sighting).some(({ override }) => override === denial)
}

/** What a sighting needs at a moment. */
export const planFor = (state: StateReader, sighting: Sighting, now: number): Plan | undefined => {
  const judgement = judgementOf(state, sighting)
  if (isDeniedHere(state, sighting, judgement)) return undefined
  return plan(sighting, judgement, {
    policy: policyFor(state, sighting),
    voiced: state.get(voiced, keyOf(standing(state, sighting.chat), sighting.link)),
    voices: state.get(voices, standing(state, sighting.chat)),
    keptBack:
      sighting.told?.notice === undefined
        ? undefined
        : state.get(keptBack, keyOf(standing(state, sighting.chat), sighting.message, sighting.link)),
    now
  })
}

/** The event that makes a sighting be looked at again. */
export interface Trigger {
  readonly id: string
  readonly time: number
  readonly correlation: string | undefined
}

/** Malicious first: a warning overtakes everything else. What is about an old message overtakes nothing. */
const urgency = { malicious: 0, suspicious: 1, benign: 2, old: 2 } as const

const levelIn = (it: Plan) => (it.do === "revise" ? it.to : it.level)

/** Whether it is in a command that says what is to be held of it, and that is not answered yet. */
const isBeingRuled = (state: StateReader, { chat, message }: Sighting): boolean =>
  state.get(given, keyOf(chat, message))?.rules === true

/** Opens the work of a sighting that needs a word, and closes that of one that does not. */
export const reconsider = (state: State, sighting: Sighting, trigger: Trigger): void => {
  const key = sightingKey(sighting)
  const needed = isBeingRuled(state, sighting) ? undefined : planFor(state, sighting, trigger.time)
  if (needed === undefined) return state.close(key)
  state.open({
    key,
    kind: needed.do,
    priority: urgency[trigger.time - sighting.time > newsMillis ? "old" : levelIn(needed)],
    // What is asked of the chat that stands for this one is done in its lane, and then obeyed here.
    lane: standing(state, sighting.chat),
    due: needed.do === "wait" ? needed.until : 0,
    cause: trigger.id,
    correlation: trigger.correlation ?? trigger.id
  })
}

/** Looks again at every sighting of a link, host or domain. */
export const reconsiderAll = (state: State, token: string, trigger: Trigger): void => {
  for (const { value } of sightingsOn(state, token)) reconsider(state, value, trigger)
}
