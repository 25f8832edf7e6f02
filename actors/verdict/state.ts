/** Folding the log into what the verdict actor knows, and finding what it has to say. */
import { keyOf } from "../../infra/actor/collection.ts"
import type { State, StateReader } from "../../infra/actor/state.ts"
import { defaultSettings } from "../../contracts/policy.ts"
import { isValidFor } from "../../contracts/scan.ts"
import type { ChatId } from "../../contracts/ids.ts"
import { judge, type Judgement, plan, type Plan } from "./decide.ts"
import {
  messages,
  type Override,
  overrides,
  overridesByToken,
  policies,
  type Policy,
  scans,
  type Sighting,
  sightingKey,
  sightings,
  sightingsByToken
} from "./model.ts"

const noPolicy: Policy = { settings: defaultSettings, mutedUntil: 0, sequence: 0 }

export const policyOf = (state: StateReader, chat: ChatId): Policy => state.get(policies, chat) ?? noPolicy

/** The overrides that match a sighting's URL, host or a domain of it, everywhere or in its chat. */
const applicable = (state: StateReader, sighting: Sighting): ReadonlyArray<Override> =>
  [sighting.link, sighting.host, ...sighting.domains]
    .flatMap((token) => state.walk(overridesByToken, `${token}/`))
    .map(([key]) => state.get(overrides, key.split("/")[1]!))
    .filter((it) => it !== undefined)
    .filter((it) => it.chat === undefined || it.chat === sighting.chat)
    .filter((it) => matches(it, sighting))

/** A host's token stands among its own domains too, but a host rule is for that host alone. */
const matches = (override: Override, sighting: Sighting): boolean => {
  if (override.match === "url") return override.token === sighting.link
  if (override.match === "host") return override.token === sighting.host
  return sighting.domains.some((domain) => domain === override.token)
}

/** The level that holds for a sighting: a scan from before it counts only while it was valid. */
export const judgementOf = (state: StateReader, sighting: Sighting): Judgement | undefined => {
  const scan = state.get(scans, sighting.link)
  const answers = scan !== undefined && (scan.sequence > sighting.sequence || isValidFor(scan, sighting))
  return judge(applicable(state, sighting), answers ? scan : undefined, policyOf(state, sighting.chat))
}

export const planFor = (state: StateReader, sighting: Sighting, now: number): Plan | undefined => {
  const message = state.get(messages, keyOf(sighting.chat, sighting.message))
  if (message === undefined) return undefined
  return plan(sighting, judgementOf(state, sighting), message.gateway, policyOf(state, sighting.chat), now)
}

/** The event that makes a sighting be looked at again. */
export interface Trigger {
  readonly id: string
  readonly time: number
  readonly correlation: string | undefined
}

/** Malicious first: a warning overtakes everything else. */
const urgency = { malicious: 0, suspicious: 1, benign: 2 } as const

const levelIn = (it: Plan) => (it.do === "revise" ? it.to : it.level)

/** Opens the work of a sighting that needs a word, and closes that of one that does not. */
export const reconsider = (state: State, key: string, trigger: Trigger): void => {
  const sighting = state.get(sightings, key)
  if (sighting === undefined) return
  const needed = planFor(state, sighting, trigger.time)
  if (needed === undefined) return state.close(key)
  state.open({
    key,
    kind: needed.do,
    priority: urgency[levelIn(needed)],
    lane: sighting.chat,
    due: 0,
    cause: trigger.id,
    correlation: trigger.correlation ?? trigger.id
  })
}

/** Looks again at every sighting of a link, host or domain. */
export const reconsiderAll = (state: State, token: string, trigger: Trigger): void => {
  for (const [key] of state.walk(sightingsByToken, `${token}/`))
    reconsider(state, key.slice(token.length + 1), trigger)
}

/** Remembers a new sighting, findable by all that may later be said of it. */
export const addSighting = (state: State, sighting: Sighting): void => {
  const key = sightingKey(sighting)
  state.put(sightings, key, sighting)
  for (const token of new Set([sighting.link, sighting.host, ...sighting.domains]))
    state.put(sightingsByToken, `${token}/${key}`, true)
}

export const changeSighting = (state: State, key: string, change: Partial<Sighting>): void => {
  const sighting = state.get(sightings, key)
  if (sighting !== undefined) state.put(sightings, key, { ...sighting, ...change })
}
