/** One fold per event that the schedule actor listens to. */
import { ErasureCompleted } from "../../contracts/account.ts"
import type { RecordedOf } from "../../contracts/catalogue.ts"
import { ContactMerged, ContactOptedOut, ContactRemoved, ContactSaved } from "../../contracts/contact.ts"
import type { Recorded } from "../../contracts/event.ts"
import { BackupRestored, JobDecided } from "../../contracts/quarantine.ts"
import { OutboxCancelled, OutboxFailed, OutboxSent } from "../../contracts/outbox.ts"
import {
  JobCancelled,
  JobChanged,
  JobCompleted,
  JobCreated,
  JobPaused,
  JobReplanned,
  JobResumed,
  OccurrenceFinished,
  OccurrenceFired,
  OccurrenceHandedOver,
  OccurrenceSkipped,
  OccurrencesMissed
} from "../../contracts/schedule.ts"
import type { State } from "../../infra/actor/state.ts"
import { putJob } from "./arm.ts"
import { foldDecided, foldRestored } from "./quarantine/fold.ts"
import { dealing, leavingOut } from "./dealt-with.ts"
import { contactForgotten, contactMerged, contactRemoved, contactSaved } from "./fold-contacts.ts"
import {
  callOffRunning,
  occurrenceFinished,
  occurrenceFired,
  occurrenceHandedOver,
  sendingEnded
} from "./fold-occurrences.ts"
import { contactOptedOut } from "./opt-outs.ts"
import { isCancelledForGood, type Job, jobs } from "./model.ts"
import { isSameTiming } from "./times.ts"

export const listens = [
  JobCreated,
  JobChanged,
  JobPaused,
  JobResumed,
  JobReplanned,
  JobCancelled,
  JobCompleted,
  OccurrenceFired,
  OccurrenceHandedOver,
  OccurrenceSkipped,
  OccurrencesMissed,
  OccurrenceFinished,
  ContactSaved,
  ContactMerged,
  ContactRemoved,
  ContactOptedOut,
  BackupRestored,
  JobDecided,
  OutboxSent,
  OutboxFailed,
  OutboxCancelled,
  ErasureCompleted
] as const

export type Heard = Recorded<(typeof listens)[number]>

const created = (state: State, event: RecordedOf<"schedule.created">): void => {
  const { by: _by, dealtWith: _dealtWith, ...job } = event.data
  if (state.get(jobs, job.job) !== undefined) return
  const { cause: request = "", sequence: changed } = event
  putJob(state, { ...job, ...dealing(event.data, event.time), status: "active", changed, request }, event)
}

const changed = (state: State, event: RecordedOf<"schedule.changed">): void => {
  const { by: _by, dealtWith: _dealtWith, ...job } = event.data
  const known = state.get(jobs, job.job)
  if (known === undefined || isCancelledForGood(known)) return
  // What was called off of one that comes back is counted no more.
  const { calledOff: _calledOff, skipped, withdrawn: _withdrawn, ...before } = known
  const status = before.status === "paused" ? "paused" : "active"
  const dealt = dealing(event.data, event.time)
  const kept = skipped !== undefined && isSameTiming(before.timing, job.timing) ? { skipped } : {}
  putJob(state, { ...before, ...kept, ...job, ...dealt, status, changed: event.sequence }, event)
}

const changeJob = (
  state: State,
  event: Heard & { data: { job: Job["job"] } },
  change: Partial<Job>
): void => {
  const before = state.get(jobs, event.data.job)
  if (before !== undefined) putJob(state, { ...before, ...change }, event)
}

const cancelled = (state: State, event: RecordedOf<"schedule.cancelled">): void => {
  const before = state.get(jobs, event.data.job)
  if (before === undefined) return
  const { withdrawn: _withdrawn, ...job } = before
  const withdrawn = event.data.origin === undefined ? {} : ({ withdrawn: true } as const)
  putJob(state, { ...job, ...withdrawn, status: "cancelled", next: null, changed: event.sequence }, event)
  callOffRunning(state, event.data.job, event)
}

export const evolve = (state: State, event: Heard): void => {
  switch (event.type) {
    case "schedule.created":
      return created(state, event)
    case "schedule.changed":
      return changed(state, event)
    case "schedule.paused":
      return changeJob(state, event, { status: "paused", changed: event.sequence })
    case "schedule.resumed": {
      const { next, zones } = event.data
      const dealt = dealing(event.data, event.time)
      return changeJob(state, event, { status: "active", next, zones, ...dealt, changed: event.sequence })
    }
    case "schedule.replanned":
      return changeJob(state, event, { next: event.data.next, zones: event.data.zones })
    case "schedule.skipped": {
      const { next, planned, zones } = event.data
      const dealt = { ...dealing(event.data, planned), ...leavingOut(event.data) }
      return changeJob(state, event, { next, zones, ...dealt })
    }
    case "schedule.missed": {
      const { last, next, zones } = event.data
      return changeJob(state, event, { next, zones, ...dealing(event.data, last) })
    }
    case "backup.restored":
      return foldRestored(state, event)
    case "schedule.quarantine-decided":
      return foldDecided(state, event)
    case "schedule.cancelled":
      return cancelled(state, event)
    case "schedule.completed":
      return changeJob(state, event, { status: "completed" })
    case "schedule.fired":
      return occurrenceFired(state, event)
    case "schedule.handed-over":
      return occurrenceHandedOver(state, event)
    case "schedule.occurrence-finished":
      return occurrenceFinished(state, event)
    case "outbox.sent":
    case "outbox.failed":
    case "outbox.cancelled":
      return sendingEnded(state, event)
    case "contact.saved":
      return contactSaved(state, event)
    case "contact.merged":
      return contactMerged(state, event)
    case "contact.removed":
      return contactRemoved(state, event)
    case "contact.opted-out":
      return contactOptedOut(state, event)
    case "erasure.completed":
      return contactForgotten(state, event)
  }
}
