/** Occurrences from their firing to their end, folded from the facts of the schedule and of the outbox. */
import type { RecordedOf } from "../../contracts/catalogue.ts"
import { type JobId, whatsAppIdOf } from "../../contracts/ids.ts"
import type { FiredRecipient } from "../../contracts/schedule.ts"
import { knownRequestsMax, namedMessagesMax, type QueuedMessage } from "../../contracts/schedule-commands.ts"
import type { State } from "../../infra/actor/state.ts"
import { priorities, putJob, type Trigger } from "./arm.ts"
import { dealing } from "./dealt-with.ts"
import { lateLimit } from "./decide.ts"
import {
  ended,
  fired,
  firedFor,
  firedNow,
  firedNowKey,
  jobs,
  type Occurrence,
  occurrenceKey,
  running,
  sendings
} from "./model.ts"
import { foldUnwanted, unwantedEnded } from "./opt-outs.ts"
import { dropRetries, openRetry, takeRetry } from "./retry.ts"
import { partsBetween } from "./sendings.ts"

/** Work on an occurrence: to queue the rest of it, and to call off what waits. */
export const handOverWork = "hand-over"
export const callOffWork = "call-off"
/** Work on all of those that have ended: to say so. */
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

/** Keeps an occurrence, and the work that there is on it. */
const putRunning = (state: State, key: string, it: Occurrence, trigger: Trigger) => {
  state.put(running, key, it)
  if (!hasEnded(it)) return
  state.close(workKey(callOffWork, key))
  if (state.get(ended, key) !== undefined) return
  state.put(ended, key, true)
  const { correlation, id } = trigger
  state.open({
    key: finishWork,
    kind: finishWork,
    priority: priorities.follow,
    lane: finishWork,
    due: 0,
    cause: id,
    correlation: correlation ?? id
  })
}

/** Keeps the messages that were queued, and those that were left out for nobody wants them any more. */
const putSendings = (
  state: State,
  key: string,
  it: Occurrence,
  from: number,
  optedOut: ReadonlyArray<number>,
  trigger: Trigger
) => {
  const left = new Set(optedOut)
  const parts = partsBetween(it, state.get(firedFor, key) ?? [], from, it.queued)
  for (const [index, { outbox }] of parts.entries())
    state.put(sendings, outbox, { occurrence: key, ...(left.has(from + index) ? { ended: true } : {}) })
  foldUnwanted(state, key, it, new Set(parts.map(({ recipient }) => recipient.chat)), trigger)
}

/** The first messages of an occurrence, as whoever asked for it is told of them. */
const namedOf = (
  it: Occurrence,
  recipients: ReadonlyArray<FiredRecipient>,
  most: number
): ReadonlyArray<QueuedMessage> =>
  partsBetween(it, recipients, 0, most).map(({ outbox, part, recipient: { chat } }) => ({
    chat,
    part,
    outbox,
    whatsApp: whatsAppIdOf(outbox)
  }))

export const occurrenceFired = (state: State, event: RecordedOf<"schedule.fired">): void => {
  const { at, job, next, parts, planned, queued, recipients, why, zones } = event.data
  const known = state.get(jobs, job)
  const key = occurrenceKey(job, planned)
  if (known === undefined || state.get(fired, key) !== undefined) return
  state.put(fired, key, event.data.dealtWith ?? "")
  state.put(firedFor, key, recipients)
  const it: Occurrence = {
    job,
    planned,
    ...(why === "due" ? {} : { beside: true }),
    at,
    parts,
    total: recipients.length * parts,
    queued,
    // They follow their fact in one commit, without a gap.
    queuedBy: event.sequence + queued,
    spreadSeconds: known.policies.spreadSeconds,
    ...lateLimit(known, why),
    words: known.words,
    sent: 0,
    failed: 0,
    cancelled: 0,
    ...takeRetry(state, job, event.data.retryOf)
  }
  putSendings(state, key, it, 0, [], event)
  putRunning(state, key, it, event)
  if (queued < it.total) openFollowing(state, handOverWork, key, job, event)
  if (why === "asked") rememberRequest(state, event, it)
  const moved = why === "due" ? { next, zones, ...dealing(event.data, planned) } : {}
  putJob(state, { ...known, ...moved }, event)
}

const rememberRequest = (state: State, event: RecordedOf<"schedule.fired">, it: Occurrence): void => {
  const { cause: request = "", sequence } = event
  const { job, planned, queued, recipients } = event.data
  const named = namedOf(it, recipients, Math.min(queued, namedMessagesMax))
  state.put(firedNow, firedNowKey(job, sequence), { request, planned, messages: it.total, named })
  const known = state.walk(firedNow, `${job}/`)
  for (const [key] of known.slice(0, -knownRequestsMax)) state.drop(firedNow, key)
}

export const occurrenceHandedOver = (state: State, event: RecordedOf<"schedule.handed-over">): void => {
  const { job, optedOut = [], planned, queued } = event.data
  const key = occurrenceKey(job, planned)
  const before = state.get(running, key)
  if (before === undefined || queued <= before.queued) return
  const it = {
    ...before,
    queued,
    queuedBy: event.sequence + queued - before.queued - optedOut.length,
    cancelled: before.cancelled + optedOut.length
  }
  putSendings(state, key, it, before.queued, optedOut, event)
  putRunning(state, key, it, event)
  if (queued >= it.total) state.close(workKey(handOverWork, key))
}

/** Nothing more of it is queued for now. */
export const stopHandingOver = (state: State, key: string): void => state.close(workKey(handOverWork, key))

/** The rest of it is queued after all. */
export const handOverAgain = (state: State, key: string, { job }: Occurrence, trigger: Trigger): void =>
  openFollowing(state, handOverWork, key, job, trigger)

/** It comes to what is queued of it, and no more. */
export const endRunning = (state: State, key: string, it: Occurrence, trigger: Trigger): void =>
  putRunning(state, key, { ...it, total: it.queued }, trigger)

/** Nothing more of it is queued; what is queued and has no outcome is work to be called off. */
export const callOffRunning = (state: State, job: JobId, trigger: Trigger): void => {
  dropRetries(state, job)
  for (const [key, before] of state.walk(running, `${job}/`)) {
    state.close(workKey(handOverWork, key))
    const it: Occurrence = { ...before, calledOff: true, total: before.queued }
    putRunning(state, key, it, trigger)
    if (!hasEnded(it)) openFollowing(state, callOffWork, key, job, trigger)
  }
}

/** The first outcome of a message counts. */
export const sendingEnded = (
  state: State,
  event: RecordedOf<"outbox.sent" | "outbox.failed" | "outbox.cancelled">
): void => {
  const { outbox } = event.data
  const sending = state.get(sendings, outbox)
  const it = sending && state.get(running, sending.occurrence)
  if (sending === undefined || it === undefined || sending.ended === true) return
  const failed = event.type === "outbox.failed" ? ({ failed: true } as const) : {}
  state.put(sendings, outbox, { ...sending, ended: true, ...failed })
  const counted = outcomes[event.type]
  putRunning(state, sending.occurrence, { ...it, [counted]: it[counted] + 1 }, event)
  unwantedEnded(state, sending.occurrence, it, event.data.chat)
}

const outcomes = {
  "outbox.sent": "sent",
  "outbox.failed": "failed",
  "outbox.cancelled": "cancelled"
} as const

export const occurrenceFinished = (state: State, event: RecordedOf<"schedule.occurrence-finished">): void => {
  const { job, planned } = event.data
  const key = occurrenceKey(job, planned)
  const it = state.get(running, key)
  if (it === undefined) return
  openRetry(state, key, it, event)
  for (const { outbox } of partsBetween(it, state.get(firedFor, key) ?? [], 0, it.queued))
    state.drop(sendings, outbox)
  state.drop(running, key)
  state.drop(firedFor, key)
  state.drop(ended, key)
  if (state.first(ended, "", 1).length === 0) state.close(finishWork)
  state.close(workKey(handOverWork, key))
  const known = state.get(jobs, job)
  if (known === undefined) return
  const { left = 0, of = 0 } = known.calledOff ?? {}
  const calledOff = it.calledOff === true ? { calledOff: { left: left + it.sent, of: of + it.total } } : {}
  const predecessor = it.beside === true ? {} : { predecessor: { from: it.at, until: event.time } }
  putJob(state, { ...known, ...calledOff, ...predecessor }, event)
}
