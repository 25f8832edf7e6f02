/** One fold per event that the verdict actor listens to. */
import { WordsExpired } from "../../contracts/consent.ts"
import { DeletionDecided } from "../../contracts/deletion.ts"
import type { RecordedOf } from "../../contracts/catalogue.ts"
import type { ChatId, LinkId, MessageKey } from "../../contracts/ids.ts"
import { MessageEdited, MessageReceived, MessageRevoked } from "../../contracts/message.ts"
import { OutboxCancelled, OutboxClaimed, OutboxFailed } from "../../contracts/outbox.ts"
import {
  Muted,
  OverrideExpired,
  OverrideRemoved,
  OverrideSet,
  OverridesRekeyed,
  SettingsChanged,
  Unmuted
} from "../../contracts/policy.ts"
import { isPartial, ScanCompleted } from "../../contracts/scan.ts"
import {
  VerdictDecided,
  VerdictDeferred,
  VerdictRevised,
  VerdictSummarised,
  VerdictSuppressed,
  VerdictWithdrawn
} from "../../contracts/verdict.ts"
import type { Recorded } from "../../contracts/event.ts"
import type { State } from "../../infra/actor/state.ts"
import {
  commandEvents,
  commandPosted,
  commandsOverride,
  commandsScanned,
  foldCommand
} from "./chat-commands/fold.ts"
import { foldPace } from "./chat-commands/flood.ts"
import { joinChats, putPolicy, standing } from "./chats.ts"
import { consentEvents, foldConsent } from "./consent.ts"
import { deletionDecided, deletionWanted, selfChanged } from "./deletion.ts"
import { keepForSet, wordsExpired, wordsKept } from "./keep-for.ts"
import { deferred, keptBack } from "./model.ts"
import { overrideGone, overrideSet, overridesRekeyed } from "./override-fold.ts"
import { openSummaries, openSummary, summaryKey } from "./open-summary.ts"
import { edited, received, revoked } from "./posted.ts"
import { neverSent, postponed, spoken, suppressed, withdrawn } from "./said.ts"
import { putScan } from "./scans.ts"
import { sightingsIn } from "./sightings.ts"
import { noLongerUnsent, reconsiderUnsent } from "./unsent.ts"
import { reconsider, reconsiderAll } from "./state.ts"
import { summarised } from "./summary.ts"

export const listens = [
  MessageReceived,
  MessageEdited,
  MessageRevoked,
  ScanCompleted,
  ...commandEvents,
  ...consentEvents,
  SettingsChanged,
  Muted,
  Unmuted,
  OverrideSet,
  OverridesRekeyed,
  OverrideRemoved,
  OverrideExpired,
  VerdictDecided,
  VerdictSuppressed,
  VerdictDeferred,
  VerdictRevised,
  VerdictWithdrawn,
  VerdictSummarised,
  DeletionDecided,
  WordsExpired,
  OutboxClaimed,
  OutboxCancelled,
  OutboxFailed
] as const

export type Heard = Recorded<(typeof listens)[number]>

const scanned = (state: State, event: RecordedOf<"scan.completed">) => {
  const { link, level, ruleSet, validUntil } = event.data
  if (putScan(state, { link, sequence: event.sequence, level, ruleSet, validUntil }, isPartial(event.data)))
    reconsiderAll(state, link, event)
  commandsScanned(state, event)
}

/**
 * What waits for the end of quiet hours may be told at once, or not at all, once a chat wants something else; and so
 * may what was kept back.
 */
const reconsiderDeferred = (state: State, chat: ChatId | undefined, event: Heard): void => {
  const prefix = chat === undefined ? "" : `${standing(state, chat)}/`
  for (const [key] of [...state.walk(deferred, prefix), ...state.walk(keptBack, prefix)]) {
    const [, message, link] = key.split("/") as [string, MessageKey, LinkId]
    for (const { value } of sightingsIn(state, { message }))
      if (value.link === link) reconsider(state, value, event)
  }
}

/** What a command says of its own links holds once it is answered. */
const reconsiderIn = (state: State, event: RecordedOf<"policy.command-answered">): void => {
  for (const { value } of sightingsIn(state, event.data)) reconsider(state, value, event)
}

const muted = (state: State, event: RecordedOf<"policy.muted" | "policy.unmuted">): void => {
  const { chat } = event.data
  const mutedUntil = event.type === "policy.muted" ? event.data.until : 0
  putPolicy(state, chat, { mutedUntil, sequence: event.sequence })
  openSummary(state, chat, event)
  reconsiderDeferred(state, chat, event)
  reconsiderUnsent(state, chat, event)
}

const chatsLinked = (state: State, event: RecordedOf<"message.chat-linked">): void => {
  for (const token of joinChats(state, event)) reconsiderAll(state, token, event)
  const { chat, same } = event.data
  state.close(summaryKey(same))
  openSummary(state, chat, event)
  reconsiderDeferred(state, chat, event)
  reconsiderUnsent(state, chat, event)
}

export const evolve = (state: State, event: Heard): void => {
  switch (event.type) {
    case "message.received":
      commandPosted(state, event)
      received(state, event)
      return wordsKept(state, event)
    case "message.edited":
      return edited(state, event)
    case "message.revoked":
      return revoked(state, event)
    case "message.chat-linked":
      foldConsent(state, event)
      return chatsLinked(state, event)
    case "scan.completed":
      return scanned(state, event)
    case "verdict.decided":
    case "verdict.revised":
      spoken(state, event)
      return deletionWanted(state, event)
    case "verdict.suppressed":
      return suppressed(state, event)
    case "verdict.deferred":
      return postponed(state, event)
    case "verdict.withdrawn":
      return withdrawn(state, event)
    case "verdict.summarised":
      return summarised(state, event)
    case "policy.words-expired":
      return wordsExpired(state, event)
    case "policy.settings-changed":
      keepForSet(state, event)
      putPolicy(state, event.data.chat, { settings: event.data.settings, sequence: event.sequence })
      openSummaries(state, event.data.chat, event)
      reconsiderDeferred(state, event.data.chat, event)
      return reconsiderUnsent(state, event.data.chat, event)
    case "policy.muted":
    case "policy.unmuted":
      return muted(state, event)
    case "policy.override-set":
      commandsOverride(state, event)
      return overrideSet(state, event)
    case "policy.overrides-rekeyed":
      return overridesRekeyed(state, event)
    case "policy.override-removed":
    case "policy.override-expired":
      commandsOverride(state, event)
      return overrideGone(state, event)
    case "outbox.claimed":
      return void noLongerUnsent(state, event.data)
    case "outbox.cancelled":
    case "outbox.failed":
      return neverSent(state, event)
    case "message.person-linked":
      foldCommand(state, event)
      return foldConsent(state, event)
    case "message.joined":
    case "policy.consent-asked":
      return foldConsent(state, event)
    case "policy.consent-required":
      foldConsent(state, event)
      return reconsiderUnsent(state, undefined, event)
    case "policy.consent-given":
    case "policy.consent-withdrawn":
    case "policy.opted-out":
    case "policy.opted-in":
      foldConsent(state, event)
      return reconsiderUnsent(state, event.data.chat, event)
    case "message.admins-changed":
    case "message.left":
      selfChanged(state, event)
      return foldCommand(state, event)
    case "verdict.deletion-decided":
      return deletionDecided(state, event)
    case "policy.command-answered":
      foldPace(state, event)
      foldCommand(state, event)
      return reconsiderIn(state, event)
    case "policy.reported":
    case "policy.report-settled":
      return foldCommand(state, event)
  }
}
