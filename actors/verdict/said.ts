/** What verdicts do to what is known of a sighting: what its chat was told, how, and what it waits for. */
import type { RecordedOf } from "../../contracts/catalogue.ts"
import type { ChatId, OutboxId } from "../../contracts/ids.ts"
import type { Level } from "../../contracts/level.ts"
import { keyOf } from "../../infra/actor/collection.ts"
import type { State } from "../../infra/actor/state.ts"
import { standing } from "./chats.ts"
import { voicesPerMinuteMax } from "./decide.ts"
import {
  deferred,
  keptBack,
  type Sighting,
  silenced,
  type Told,
  type Unsent,
  voiced,
  voices
} from "./model.ts"
import { afresh, become } from "./posted.ts"
import { type KeptSighting, sightingOf, sightingsToldBy } from "./sightings.ts"
import { changeSlot, leaveSlot, putSlot } from "./slot.ts"
import { openSummary } from "./open-summary.ts"
import { asBefore, noLongerUnsent, queued } from "./unsent.ts"

type Spoken = RecordedOf<"verdict.decided" | "verdict.revised">

/** The name of a sighting under the chat that stands for its own. */
const placeIn = (state: State, { chat, link, message }: Sighting): string =>
  keyOf(standing(state, chat), message, link)

const voicedKey = (state: State, { chat, link }: Sighting): string => keyOf(standing(state, chat), link)

/** Where it was warned about in words is no longer warned. */
const unvoice = (state: State, sighting: Sighting): void => {
  const key = voicedKey(state, sighting)
  if (state.get(voiced, key)?.message === sighting.message) state.drop(voiced, key)
}

/** A minute's worth of warnings of each level is more than decides about the next one. */
const voicesKept = 2 * voicesPerMinuteMax

/** What is changed rings nobody's phone, and counts for nothing. */
const voice = (state: State, chat: ChatId, level: Level, at: number): void => {
  const key = standing(state, chat)
  state.put(voices, key, [{ level, at }, ...(state.get(voices, key) ?? [])].slice(0, voicesKept))
}

/** What of a sighting was only for the time until it was told of. */
const settled = (state: State, kept: KeptSighting): Sighting => {
  const { deferredUntil, refused: _refused, told: _told, ...rest } = kept.value
  if (deferredUntil !== undefined) state.drop(deferred, placeIn(state, kept.value))
  nothingKeptBack(state, kept.value)
  return rest
}

/** Only beside a notice that stands is anything kept back. */
const nothingKeptBack = (state: State, sighting: Sighting): void => {
  if (sighting.told?.notice !== undefined) state.drop(keptBack, placeIn(state, sighting))
}

/** What is known of a sighting once a notice told of it, in words or by the reaction on its message. */
const toldBy = (
  state: State,
  kept: KeptSighting,
  {
    level,
    notice
  }: { readonly level: Told["level"]; readonly notice: NonNullable<Spoken["data"]["notice"]> },
  isShown: boolean,
  time: number
): Sighting => {
  const before = kept.value
  const refused = before.refused === undefined ? {} : { refused: before.refused }
  // What took back an earlier notice is the one before this.
  const { earlier: _earlier, ...rest } = settled(state, kept)
  const sighting: Sighting = { ...rest, ...refused }
  const wasReaction = before.told?.by === "reaction"
  if (notice.kind === "reaction" || (wasReaction && !isShown)) {
    changeSlot(state, before, before.link, notice.outbox)
    if (isShown) return { ...sighting, told: { level, notice: notice.outbox, by: "reaction" } }
    // Either the reaction speaks of others alone now, or it is gone.
    return { ...sighting, told: { level }, ...(notice.kind === "reaction" ? {} : { earlier: notice.outbox }) }
  }
  if (wasReaction && notice.target !== undefined) leaveSlot(state, before)
  if ((notice.kind === "text" || wasReaction) && level !== "benign") voice(state, before.chat, level, time)
  if (level === "benign") unvoice(state, before)
  else state.put(voiced, voicedKey(state, before), { message: before.message, level, at: time })
  return { ...sighting, told: { level, notice: notice.outbox, by: "text" } }
}

/** Looking again closes the work, or opens more if the world moved meanwhile. */
export const spoken = (state: State, event: Spoken): void => {
  const kept = sightingOf(state, event.data)
  if (kept === undefined) return
  queued(state, kept.value, event)
  const { action, notice } = event.data
  const level = event.type === "verdict.decided" ? event.data.level : event.data.to
  if (notice !== undefined)
    return become(state, kept, toldBy(state, kept, { level, notice }, action !== "none", event.time), event)
  if (!stands(kept.value)) return become(state, kept, { ...settled(state, kept), told: { level } }, event)
  nothingKeptBack(state, kept.value)
  become(state, kept, kept.value, event)
}

/** Whether a notice of the link stands in its chat, as far as anybody has taken it back. */
const stands = ({ told }: Sighting): boolean => told?.notice !== undefined

export const suppressed = (state: State, event: RecordedOf<"verdict.suppressed">): void => {
  const kept = sightingOf(state, event.data)
  if (kept === undefined) return
  const { chat, level, reason } = event.data
  if (reason === "muted") {
    state.put(silenced, placeIn(state, kept.value), level)
    openSummary(state, chat, event)
  }
  // Words that were forgotten leave nothing that could be set right.
  if (!stands(kept.value) || reason === "message-gone")
    return become(state, kept, { ...settled(state, kept), told: { level } }, event)
  state.put(keptBack, placeIn(state, kept.value), level)
  become(state, kept, kept.value, event)
}

/** Whoever is not told now is told at the end of the quiet hours. */
export const postponed = (state: State, event: RecordedOf<"verdict.deferred">): void => {
  const kept = sightingOf(state, event.data)
  if (kept === undefined) return
  state.put(deferred, placeIn(state, kept.value), true)
  become(state, kept, { ...kept.value, deferredUntil: event.data.until }, event)
}

/** Where the link was put back before its notice was taken back, it has to be said again. */
export const withdrawn = (state: State, event: RecordedOf<"verdict.withdrawn">): void => {
  const kept = sightingOf(state, event.data)
  if (kept === undefined) return
  const { notice } = event.data
  unvoice(state, kept.value)
  nothingKeptBack(state, kept.value)
  if (notice !== undefined && kept.value.told?.by === "reaction")
    changeSlot(state, kept.value, kept.value.link, notice.outbox)
  const sighting: Sighting = {
    ...kept.value,
    withdrawn: true,
    // A reaction that shows what others are is no concern of this one any more.
    ...(notice === undefined || notice.kind === "reaction" ? {} : { earlier: notice.outbox })
  }
  become(state, kept, sighting.gone === undefined ? afresh(sighting) : sighting, event)
}

/**
 * What is left of a sighting whose notice the other side refused for good. What was to warn is said in the other
 * way, once. A malicious one that was refused in both has nothing left to be said about; any other is left unsaid
 * until it changes. What the refused notice was to take the place of may stand yet, and is found by way of it.
 */
const refusedBy = ({ refused, told, ...rest }: Sighting, entry: OutboxId): Sighting => {
  const level = told?.level ?? "benign"
  const unspoken: Sighting = { ...rest, told: { level }, earlier: entry }
  if (level !== "benign" && refused === undefined) return { ...unspoken, refused: told?.by ?? "text" }
  return level === "malicious" ? { ...rest, gone: "undeliverable" } : unspoken
}

/** Why a verdict has nobody to be told to: a person dropped its notice after a restore, or nothing brings it there. */
const wentBy = (event: RecordedOf<"outbox.cancelled" | "outbox.failed">): "quarantined" | "undeliverable" =>
  event.type === "outbox.cancelled" && event.data.reason === "quarantined" ? "quarantined" : "undeliverable"

/**
 * A notice that will never reach its chat. A correction of something that was never said leaves the level as it is,
 * unspoken; where the words are forgotten, a verdict has nothing left to be said about.
 */
const unsaid = (
  state: State,
  kept: KeptSighting,
  event: RecordedOf<"outbox.cancelled" | "outbox.failed">
): void => {
  const { told, ...untold } = kept.value
  if (told === undefined) return
  unvoice(state, kept.value)
  const isStanding = untold.gone === undefined && untold.withdrawn !== true
  if (isStanding && event.type === "outbox.failed")
    return become(state, kept, refusedBy(kept.value, event.data.outbox), event)
  const isNeedless = event.type === "outbox.cancelled" && event.data.reason === "nothing-to-correct"
  const now: Sighting =
    isStanding && isNeedless
      ? { ...untold, told: { level: told.level } }
      : { ...untold, gone: untold.gone ?? wentBy(event) }
  become(state, kept, now, event)
}

/**
 * An entry that was called off says nothing: what held before it holds again, and is looked at as things are now. Where
 * a reaction to another link had taken its place, that one is called off with it.
 */
const calledOff = (state: State, before: Unsent, event: RecordedOf<"outbox.cancelled">): boolean => {
  const kept = sightingOf(state, before)
  if (kept === undefined) return true
  const { gone, told, withdrawn } = kept.value
  const { outbox } = event.data
  const isShared = told?.by === "reaction" && before.told?.notice === undefined
  if (gone !== undefined || withdrawn === true || (told?.notice !== outbox && !isShared)) return false
  unvoice(state, kept.value)
  const now = asBefore(kept.value, before)
  if (now.told?.notice === undefined) become(state, kept, now, event)
  else {
    // By way of what was called off all that came before it is found.
    if (now.told.by === "reaction") putSlot(state, kept.value, outbox)
    become(state, kept, { ...now, told: { ...now.told, notice: outbox } }, event)
  }
  return true
}

export const neverSent = (state: State, event: RecordedOf<"outbox.cancelled" | "outbox.failed">): void => {
  const before = noLongerUnsent(state, event.data)
  if (event.type === "outbox.cancelled" && event.data.reason === "requested" && before !== undefined)
    if (calledOff(state, before, event)) return
  // Whatever took its place says all that it said, or takes it back.
  if (event.type === "outbox.cancelled" && event.data.reason === "superseded") return
  for (const kept of sightingsToldBy(state, event.data.outbox)) unsaid(state, kept, event)
}
