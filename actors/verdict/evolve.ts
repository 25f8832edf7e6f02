/** One fold per event that the verdict actor listens to. */
import type { RecordedOf } from "../../contracts/catalogue.ts"
import { MessageEdited, MessageReceived, MessageRevoked } from "../../contracts/message.ts"
import { OutboxCancelled, OutboxFailed } from "../../contracts/outbox.ts"
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
  messages,
  type Override,
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
  OutboxFailed
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
    else if (known.gone !== undefined) state.put(sightings, at, putBack(known, event))
    reconsider(state, at, event)
  }
}

/** A notice that was not taken back yet still stands, and a second one must not stand beside it. */
const putBack = (sighting: Sighting, { sequence, time }: RecordedOf<"message.edited">): Sighting => {
  const { gone: _gone, ...standing } = { ...sighting, sequence, time }
  return standing.told?.notice === undefined || standing.withdrawn === true ? afresh(standing) : standing
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
    // A replica of the scanner that knows only the earlier result passes a link over while that one holds.
    validUntil: Math.max(validUntil, known?.validUntil ?? 0),
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

/** Where the link was put back before its notice was taken back, it has to be said again. */
const withdrawn = (state: State, event: RecordedOf<"verdict.withdrawn">) => {
  const key = sightingKey(event.data)
  const before = state.get(sightings, key)
  if (before === undefined) return
  const { notice } = event.data
  const sighting: Sighting = {
    ...before,
    withdrawn: true,
    ...(notice === undefined ? {} : { earlier: notice })
  }
  state.put(sightings, key, sighting.gone === undefined ? afresh(sighting) : sighting)
  reconsider(state, key, event)
}

const spoken = (level: Told["level"], notice: Told["notice"]): Told => ({
  level,
  spoken: notice !== undefined,
  ...(notice === undefined ? {} : { notice })
})

/** What is no longer overridden is looked at again by whoever calls, once all is as it should be. */
const dropOverride = (state: State, known: Override) => {
  state.drop(overrides, known.override)
  state.drop(overridesByToken, `${known.token}/${known.override}`)
  state.close(expiryKey(known.override))
}

const overrideGone = (
  state: State,
  event: RecordedOf<"policy.override-removed" | "policy.override-expired">
) => {
  const known = state.get(overrides, event.data.override)
  if (known === undefined) return
  dropOverride(state, known)
  reconsiderAll(state, known.token, event)
}

/** Set again under the same id it is another one, and nothing of the earlier one is left. */
const overrideSet = (state: State, event: RecordedOf<"policy.override-set">) => {
  const { override, chat, match, token, effect, expiresAt } = event.data
  const before = state.get(overrides, override)
  if (before !== undefined) dropOverride(state, before)
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
      // It meets the expectation of its boundary, and waits for no other chat to be idle.
      lane: chat ?? "all",
      due: expiresAt,
      cause: event.id,
      correlation: event.correlation ?? event.id
    })
  for (const changed of new Set([token, before?.token ?? token])) reconsiderAll(state, changed, event)
}

/**
 * A notice that will never reach its chat. A correction of something that was never said leaves the level
 * as it is, unspoken; any other leaves a verdict with nothing left to say it about.
 */
const unsent = (state: State, event: RecordedOf<"outbox.cancelled" | "outbox.failed">) => {
  const key = state.get(sightingsByNotice, event.data.outbox)
  const sighting = key === undefined ? undefined : state.get(sightings, key)
  if (key === undefined || sighting?.told?.notice !== event.data.outbox) return
  // A retraction takes the place of what it is about; the verdict is withdrawn, and ends as that.
  if (sighting.withdrawn === true && event.type === "outbox.cancelled" && event.data.reason === "superseded")
    return
  const { told, ...untold } = sighting
  const needless = event.type === "outbox.cancelled" && event.data.reason === "nothing-to-correct"
  if (needless && sighting.gone === undefined)
    state.put(sightings, key, { ...untold, told: { level: told.level, spoken: false } })
  else state.put(sightings, key, { ...untold, gone: sighting.gone ?? "undeliverable" })
  reconsider(state, key, event)
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
      return withdrawn(state, event)
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
    case "outbox.failed":
      return unsent(state, event)
  }
}
