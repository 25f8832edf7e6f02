/** One fold per event that the verdict actor listens to. */
import { ErasureCompleted } from "../../contracts/account.ts"
import type { RecordedOf } from "../../contracts/catalogue.ts"
import { MessageEdited, MessageReceived, MessageRevoked } from "../../contracts/message.ts"
import { OutboxCancelled } from "../../contracts/outbox.ts"
import {
  Muted,
  OverrideExpired,
  OverrideRemoved,
  OverrideSet,
  SettingsChanged,
  Unmuted
} from "../../contracts/policy.ts"
import { ScanCompleted } from "../../contracts/scan.ts"
import {
  VerdictDecided,
  VerdictRevised,
  VerdictSuppressed,
  VerdictWithdrawn
} from "../../contracts/verdict.ts"
import type { Recorded } from "../../contracts/event.ts"
import { keyOf } from "../../infra/actor/collection.ts"
import type { State } from "../../infra/actor/state.ts"
import {
  forgotten,
  messages,
  overrides,
  overridesByToken,
  policies,
  scans,
  type Sighting,
  sightingKey,
  sightings,
  sightingsByNotice,
  type Told
} from "./model.ts"
import { addSighting, changeSighting, policyOf, reconsider, reconsiderAll } from "./state.ts"

export const listens = [
  MessageReceived,
  MessageEdited,
  MessageRevoked,
  ScanCompleted,
  SettingsChanged,
  Muted,
  Unmuted,
  OverrideSet,
  OverrideRemoved,
  OverrideExpired,
  VerdictDecided,
  VerdictSuppressed,
  VerdictRevised,
  VerdictWithdrawn,
  OutboxCancelled,
  ErasureCompleted
] as const

export type Heard = Recorded<(typeof listens)[number]>

/** An override's expiry is work that is due at its moment, to the millisecond. */
export const expireWork = "expire"
export const expiryKey = (override: string): string => `${expireWork}/${override}`

const received = (state: State, event: RecordedOf<"message.received">) => {
  const { chat, message, sender, gateway, links, said } = event.data
  const key = keyOf(chat, message)
  if (state.get(messages, key) !== undefined) return
  state.put(messages, key, { chat, gateway, said, links: links.map(({ link }) => link) })
  for (const sighting of links) {
    addSighting(state, { chat, message, sender, ...sighting, sequence: event.sequence, time: event.time })
    reconsider(state, sightingKey({ chat, message, link: sighting.link }), event)
  }
}

const edited = (state: State, event: RecordedOf<"message.edited">) => {
  const { chat, message, sender, gateway, links, said } = event.data
  const key = keyOf(chat, message)
  const before = state.get(messages, key)?.links ?? []
  state.put(messages, key, { chat, gateway, said, links: links.map(({ link }) => link) })
  const now = new Map(links.map((it) => [it.link, it]))
  for (const link of before) {
    if (now.has(link)) continue
    changeSighting(state, sightingKey({ chat, message, link }), { gone: "link-edited-away" })
    reconsider(state, sightingKey({ chat, message, link }), event)
  }
  for (const sighting of now.values()) {
    const at = sightingKey({ chat, message, link: sighting.link })
    const known = state.get(sightings, at)
    if (known === undefined)
      addSighting(state, { chat, message, sender, ...sighting, sequence: event.sequence, time: event.time })
    else if (known.gone !== undefined) state.put(sightings, at, afresh(known))
    reconsider(state, at, event)
  }
}

/** A link that was edited away and put back is looked at as if it had just been posted. */
const afresh = ({ gone: _gone, withdrawn: _withdrawn, told: _told, ...rest }: Sighting): Sighting => rest

const revoked = (state: State, event: RecordedOf<"message.revoked">) => {
  const { chat, message } = event.data
  for (const [key] of state.walk(sightings, `${keyOf(chat, message)}/`)) {
    changeSighting(state, key, { gone: "message-revoked" })
    reconsider(state, key, event)
  }
}

const scanned = (state: State, event: RecordedOf<"scan.completed">) => {
  const { link, level, ruleSet, validUntil, evidence, found } = event.data
  const known = state.get(scans, link)
  if (known !== undefined && known.sequence >= event.sequence) return
  state.put(scans, link, {
    sequence: event.sequence,
    id: event.id,
    level,
    ruleSet,
    validUntil,
    evidence,
    found
  })
  reconsiderAll(state, link, event)
}

/** What a chat was told. Looking again closes the work, or opens more if the world moved meanwhile. */
const told = (
  state: State,
  event: RecordedOf<"verdict.decided" | "verdict.suppressed" | "verdict.revised">,
  what: Told
) => {
  const key = sightingKey(event.data)
  changeSighting(state, key, { told: what })
  if (what.notice !== undefined) state.put(sightingsByNotice, what.notice, key)
  reconsider(state, key, event)
}

const spoken = (level: Told["level"], notice: Told["notice"]): Told => ({
  level,
  spoken: notice !== undefined,
  ...(notice === undefined ? {} : { notice })
})

const overrideGone = (
  state: State,
  event: RecordedOf<"policy.override-removed" | "policy.override-expired">
) => {
  const known = state.get(overrides, event.data.override)
  if (known === undefined) return
  state.drop(overrides, known.override)
  state.drop(overridesByToken, `${known.token}/${known.override}`)
  state.close(expiryKey(known.override))
  reconsiderAll(state, known.token, event)
}

const overrideSet = (state: State, event: RecordedOf<"policy.override-set">) => {
  const { override, chat, match, token, effect, expiresAt } = event.data
  state.put(overrides, override, {
    override,
    ...(chat === undefined ? {} : { chat }),
    match,
    token,
    effect,
    sequence: event.sequence
  })
  state.put(overridesByToken, `${token}/${override}`, true)
  if (expiresAt !== undefined)
    state.open({
      key: expiryKey(override),
      kind: expireWork,
      priority: 0,
      lane: "*",
      due: expiresAt,
      cause: event.id,
      correlation: event.correlation ?? event.id
    })
  reconsiderAll(state, token, event)
}

/** A notice that was never sent because its message went away: the verdict ends unsaid, for that reason. */
const unsent = (state: State, event: RecordedOf<"outbox.cancelled">) => {
  const key = state.get(sightingsByNotice, event.data.outbox)
  if (key === undefined || event.data.reason !== "nothing-to-correct") return
  const sighting = state.get(sightings, key)
  if (sighting?.gone === undefined || sighting.told === undefined) return
  const { told: _told, ...untold } = sighting
  state.put(sightings, key, untold)
  reconsider(state, key, event)
}

const erased = (state: State, event: RecordedOf<"erasure.completed">) => {
  const { subject } = event.data
  state.put(forgotten, subject, true)
  for (const [key, sighting] of state.walk(sightings, subject.startsWith("c") ? `${subject}/` : ""))
    if (sighting.chat === subject || sighting.sender === subject) state.close(key)
}

export const evolve = (state: State, event: Heard): void => {
  switch (event.type) {
    case "message.received":
      return received(state, event)
    case "message.edited":
      return edited(state, event)
    case "message.revoked":
      return revoked(state, event)
    case "scan.completed":
      return scanned(state, event)
    case "verdict.decided":
      return told(state, event, spoken(event.data.level, event.data.notice))
    case "verdict.revised":
      return told(state, event, spoken(event.data.to, event.data.notice))
    case "verdict.suppressed":
      return told(state, event, { level: event.data.level, spoken: false })
    case "verdict.withdrawn":
      changeSighting(state, sightingKey(event.data), { withdrawn: true })
      return reconsider(state, sightingKey(event.data), event)
    case "policy.settings-changed":
      return state.put(policies, event.data.chat, {
        ...policyOf(state, event.data.chat),
        settings: event.data.settings,
        sequence: event.sequence
      })
    case "policy.muted":
    case "policy.unmuted":
      return state.put(policies, event.data.chat, {
        ...policyOf(state, event.data.chat),
        mutedUntil: event.type === "policy.muted" ? event.data.until : 0,
        sequence: event.sequence
      })
    case "policy.override-set":
      return overrideSet(state, event)
    case "policy.override-removed":
    case "policy.override-expired":
      return overrideGone(state, event)
    case "outbox.cancelled":
      return unsent(state, event)
    case "erasure.completed":
      return erased(state, event)
  }
}
