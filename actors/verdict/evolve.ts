/** One fold per event that the verdict actor listens to. */
import type { RecordedOf } from "../../contracts/catalogue.ts"
import { ChatLinked } from "../../contracts/membership.ts"
import { MessageEdited, MessageReceived, MessageRevoked } from "../../contracts/message.ts"
import { OutboxCancelled, OutboxFailed } from "../../contracts/outbox.ts"
import {
  Muted,
  OverrideExpired,
  OverrideRemoved,
  OverrideSet,
  OverridesRekeyed,
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
import type { State } from "../../infra/actor/state.ts"
import { joinChats, putPolicy } from "./chats.ts"
import { type Override, overrides, overridesByToken, type Sighting, type Told } from "./model.ts"
import { afresh, become, edited, received, revoked } from "./posted.ts"
import { putScan } from "./scans.ts"
import { sightingOf, sightingToldBy } from "./sightings.ts"
import { reconsiderAll } from "./state.ts"

export const listens = [
  MessageReceived,
  MessageEdited,
  MessageRevoked,
  ChatLinked,
  ScanCompleted,
  SettingsChanged,
  Muted,
  Unmuted,
  OverrideSet,
  OverridesRekeyed,
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

const scanned = (state: State, event: RecordedOf<"scan.completed">) => {
  const { link, level, ruleSet, validUntil } = event.data
  if (putScan(state, { link, sequence: event.sequence, level, ruleSet, validUntil }))
    reconsiderAll(state, link, event)
}

/** What a chat was told. Looking again closes the work, or opens more if the world moved meanwhile. */
const told = (
  state: State,
  event: RecordedOf<"verdict.decided" | "verdict.suppressed" | "verdict.revised">,
  what: Told
) => {
  const kept = sightingOf(state, event.data)
  if (kept !== undefined) become(state, kept, { ...kept.value, told: what }, event)
}

/** Where the link was put back before its notice was taken back, it has to be said again. */
const withdrawn = (state: State, event: RecordedOf<"verdict.withdrawn">) => {
  const kept = sightingOf(state, event.data)
  if (kept === undefined) return
  const { notice } = event.data
  const sighting: Sighting = {
    ...kept.value,
    withdrawn: true,
    ...(notice === undefined ? {} : { earlier: notice.outbox })
  }
  become(state, kept, sighting.gone === undefined ? afresh(sighting) : sighting, event)
}

const spoken = (level: Told["level"], notice: Told["notice"]): Told => ({
  level,
  spoken: notice !== undefined,
  ...(notice === undefined ? {} : { notice })
})

/** What is no longer overridden is looked at again by whoever calls, once all is as it should be. */
const dropOverride = (state: State, known: Override) => {
  state.drop(overrides, known.override)
  for (const token of known.tokens) state.drop(overridesByToken, `${token}/${known.override}`)
  state.close(expiryKey(known.override))
}

const overrideGone = (
  state: State,
  event: RecordedOf<"policy.override-removed" | "policy.override-expired">
) => {
  const known = state.get(overrides, event.data.override)
  if (known === undefined) return
  dropOverride(state, known)
  for (const token of known.tokens) reconsiderAll(state, token, event)
}

/** Set again under the same id it is another one, and nothing of the earlier one is left. */
const overrideSet = (state: State, event: RecordedOf<"policy.override-set">) => {
  const { override, chat, match, token, next, effect, expiresAt, words } = event.data
  const tokens = next === undefined ? [token] : [token, next]
  const before = state.get(overrides, override)
  if (before !== undefined) dropOverride(state, before)
  state.put(overrides, override, {
    override,
    ...(chat === undefined ? {} : { chat }),
    match,
    tokens,
    words,
    effect,
    sequence: event.sequence
  })
  for (const each of tokens) state.put(overridesByToken, `${each}/${override}`, true)
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
  for (const changed of new Set([...tokens, ...(before?.tokens ?? [])])) reconsiderAll(state, changed, event)
}

/** Nothing is known by the new tokens yet, unless they come late. */
const overridesRekeyed = (state: State, event: RecordedOf<"policy.overrides-rekeyed">) => {
  for (const { override, token } of event.data.overrides) {
    const known = state.get(overrides, override)
    if (known === undefined || known.tokens.includes(token)) continue
    state.put(overrides, override, { ...known, tokens: [...known.tokens, token] })
    state.put(overridesByToken, `${token}/${override}`, true)
    reconsiderAll(state, token, event)
  }
}

/**
 * A notice that will never reach its chat. A correction of something that was never said leaves the level
 * as it is, unspoken; any other leaves a verdict with nothing left to say it about.
 */
const unsent = (state: State, event: RecordedOf<"outbox.cancelled" | "outbox.failed">) => {
  const kept = sightingToldBy(state, event.data.outbox)
  if (kept?.value.told === undefined) return
  const { told, ...untold } = kept.value
  // A retraction takes the place of what it is about; the verdict is withdrawn, and ends as that.
  if (untold.withdrawn === true && event.type === "outbox.cancelled" && event.data.reason === "superseded")
    return
  const needless = event.type === "outbox.cancelled" && event.data.reason === "nothing-to-correct"
  if (needless && untold.gone === undefined)
    become(state, kept, { ...untold, told: { level: told.level, spoken: false } }, event)
  else become(state, kept, { ...untold, gone: untold.gone ?? "undeliverable" }, event)
}

export const evolve = (state: State, event: Heard): void => {
  switch (event.type) {
    case "message.received":
      return received(state, event)
    case "message.edited":
      return edited(state, event)
    case "message.revoked":
      return revoked(state, event)
    case "message.chat-linked":
      for (const token of joinChats(state, event)) reconsiderAll(state, token, event)
      return
    case "scan.completed":
      return scanned(state, event)
    case "verdict.decided":
      return told(state, event, spoken(event.data.level, event.data.notice?.outbox))
    case "verdict.revised":
      return told(state, event, spoken(event.data.to, event.data.notice?.outbox))
    case "verdict.suppressed":
      return told(state, event, { level: event.data.level, spoken: false })
    case "verdict.withdrawn":
      return withdrawn(state, event)
    case "policy.settings-changed":
      return putPolicy(state, event.data.chat, { settings: event.data.settings, sequence: event.sequence })
    case "policy.muted":
    case "policy.unmuted":
      return putPolicy(state, event.data.chat, {
        mutedUntil: event.type === "policy.muted" ? event.data.until : 0,
        sequence: event.sequence
      })
    case "policy.override-set":
      return overrideSet(state, event)
    case "policy.overrides-rekeyed":
      return overridesRekeyed(state, event)
    case "policy.override-removed":
    case "policy.override-expired":
      return overrideGone(state, event)
    case "outbox.cancelled":
    case "outbox.failed":
      return unsent(state, event)
  }
}
