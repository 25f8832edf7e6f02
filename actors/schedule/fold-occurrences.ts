/** Occurrences from their firing to their end, folded from the facts of the schedule and of the outbox. */
import type { RecordedOf } from "../../contracts/catalogue.ts"
import type { JobId, OutboxId } from "../../contracts/ids.ts"
import type { State } from "../../infra/actor/state.ts"
import { priorities, putJob, type Trigger } from "./arm.ts"
import {
  fired,
  firedFor,
  jobs,
  type Occurrence,
  occurrenceKey,
  running,
  type Sending,
  sendings
} from "./model.ts"
import { partsBetween } from "./sendings.ts"

/** Work on an occurrence: to queue the rest of it, to call off what waits, and to say that it ended. */
export const handOverWork = "hand-over"
export const callOffWork = "call-off"
export const finishWork = "finish"

const workKey = (kind: string, occurrence: string) => `${kind}/${occurrence}`

/** The occurrence that a piece of work is about. */
export const occurrenceIn = (workKey: string): string => workKey.slice(workKey.indexOf("/") + 1)

const openFollowing = (
  state: State,
  kind: string,
  occurrence: string,
  job: JobId,
  { correlation, id }: Trigger
) =>
  state.open({
    key: workKey(kind, occurrence),
    kind,
    priority: priorities.follow,
    lane: job,
    due: 0,
    cause: id,
    correlation: correlation ?? id
  })

const hasEnded = ({ cancelled, failed, queued, sent, total }: Occurrence): boolean =>
  queued >= total && sent + failed + cancelled >= total

/** Whether each of its messages was claimed, or never will be. */
const isSettled = ({ cancelled, failed, left, total }: Occurrence): boolean =>
  left + failed + cancelled >= total

/** Keeps an occurrence, and the work that there is on it. */
const putRunning = (state: State, key: string, it: Occurrence, trigger: Trigger) => {
  state.put(running, key, it)
  if (it.calledOff === true && isSettled(it)) state.close(workKey(callOffWork, key))
  if (!hasEnded(it)) return
  openFollowing(state, finishWork, key, it.job, trigger)
}

const putSendings = (state: State, key: string, it: Occurrence, from: number) => {
  for (const { outbox } of partsBetween(it, state.get(firedFor, key) ?? [], from, it.queued))
    state.put(sendings, outbox, { occurrence: key })
}

export const occurrenceFired = (state: State, event: RecordedOf<"schedule.fired">): void => {
  const { at, job, next, parts, planned, queued, recipients, why, zones } = event.data
  const known = state.get(jobs, job)
  const key = occurrenceKey(job, planned)
  if (known === undefined || state.get(fired, key) !== undefined) return
  state.put(fired, key, true)
  state.put(firedFor, key, recipients)
  const it: Occurrence = {
    job,
    planned,
    at,
    parts,
    total: recipients.length * parts,
    queued,
    // They follow their fact in one commit, without a gap.
    queuedBy: event.sequence + queued,
    spreadSeconds: known.policies.spreadSeconds,
    words: known.words,
    left: 0,
    sent: 0,
    failed: 0,
    cancelled: 0
  }
  putSendings(state, key, it, 0)
  putRunning(state, key, it, event)
  if (queued < it.total) openFollowing(state, handOverWork, key, job, event)
  const { cause: request = "" } = event
  const asked = why === "asked" ? { asked: { request, planned, messages: it.total } } : {}
  putJob(state, { ...known, ...(why === "due" ? { next, zones } : {}), ...asked }, event)
}

export const occurrenceHandedOver = (state: State, event: RecordedOf<"schedule.handed-over">): void => {
  const { job, planned, queued } = event.data
  const key = occurrenceKey(job, planned)
  const before = state.get(running, key)
  if (before === undefined || queued <= before.queued) return
  const it = { ...before, queued, queuedBy: event.sequence + queued - before.queued }
  putSendings(state, key, it, before.queued)
  putRunning(state, key, it, event)
  if (queued >= it.total) state.close(workKey(handOverWork, key))
}

/** Nothing more of it is queued; what is queued and not claimed is work to be called off. */
export const callOffRunning = (state: State, job: JobId, trigger: Trigger): void => {
  for (const [key, before] of state.walk(running, `${job}/`)) {
    state.close(workKey(handOverWork, key))
    const it: Occurrence = { ...before, calledOff: true, total: before.queued }
    putRunning(state, key, it, trigger)
    if (!isSettled(it)) openFollowing(state, callOffWork, key, job, trigger)
  }
}

const changeSending = (
  state: State,
  outbox: OutboxId,
  trigger: Trigger,
  change: (sending: Sending, it: Occurrence) => readonly [Sending, Partial<Occurrence>] | undefined
) => {
  const sending = state.get(sendings, outbox)
  const it = sending && state.get(running, sending.occurrence)
  const changed = sending && it && change(sending, it)
  if (changed === undefined) return
  state.put(sendings, outbox, changed[0])
  putRunning(state, sending!.occurrence, { ...it!, ...changed[1] }, trigger)
}

/** It has left, or is just leaving: from here on it is not called off. */
export const sendingClaimed = (state: State, event: RecordedOf<"outbox.claimed">): void =>
  changeSending(state, event.data.outbox, event, (sending, { left }) =>
    sending.claimed === true ? undefined : [{ ...sending, claimed: true }, { left: left + 1 }]
  )

export const sendingEnded = (
  state: State,
  event: RecordedOf<"outbox.sent" | "outbox.failed" | "outbox.cancelled">
): void =>
  changeSending(state, event.data.outbox, event, (sending, it) => {
    if (sending.ended === true) return undefined
    const ended = { ...sending, ended: true } as const
    if (event.type === "outbox.sent") return [ended, { sent: it.sent + 1 }]
    if (event.type === "outbox.cancelled") return [ended, { cancelled: it.cancelled + 1 }]
    return [ended, { failed: it.failed + 1, left: it.left - (sending.claimed === true ? 1 : 0) }]
  })

export const occurrenceFinished = (state: State, event: RecordedOf<"schedule.occurrence-finished">): void => {
  const { job, planned } = event.data
  const key = occurrenceKey(job, planned)
  const it = state.get(running, key)
  if (it === undefined) return
  for (const { outbox } of partsBetween(it, state.get(firedFor, key) ?? [], 0, it.queued))
    state.drop(sendings, outbox)
  state.drop(running, key)
  state.drop(firedFor, key)
  state.close(workKey(finishWork, key))
  state.close(workKey(handOverWork, key))
  const known = state.get(jobs, job)
  if (known === undefined) return
  const { left = 0, of = 0 } = known.calledOff ?? {}
  const calledOff = it.calledOff === true ? { calledOff: { left: left + it.sent, of: of + it.total } } : {}
  putJob(state, { ...known, ...calledOff, freedAt: event.time }, event)
}
