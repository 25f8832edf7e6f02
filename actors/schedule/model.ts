/** What the schedule actor keeps of the log. Words stay sealed; what is due lies in the order of its moments. */
import type { ContactCard } from "../../contracts/contact.ts"
import type { ChatId, ContactId, EpochMillis, JobId, PersonId } from "../../contracts/ids.ts"
import type { Origin, OriginKind } from "../../contracts/job-origin.ts"
import type { Sealed } from "../../contracts/personal.ts"
import type { Recipient } from "../../contracts/recipient.ts"
import type { FiredRecipient, JobPolicies, JobWords, Timing } from "../../contracts/schedule.ts"
import type { QueuedMessage } from "../../contracts/schedule-commands.ts"
import { collection, keyOf } from "../../infra/actor/collection.ts"

export type Millis = typeof EpochMillis.Type

/** The last local time of a job that was dealt with, and the instant and the tz database by which it was. */
export interface DealtWith {
  /** As in `2026-01-05T09:00:00`. */
  readonly local: string
  readonly at: Millis
  readonly zones: string
}

/** The last occurrence that somebody had left out. It has no local time where it is the second of two equal ones. */
export interface Skipped extends Omit<DealtWith, "local"> {
  readonly local?: string
}

export interface Job {
  readonly job: JobId
  readonly timing: Timing
  readonly recipients: ReadonlyArray<Recipient>
  readonly policies: JobPolicies
  readonly parts: number
  readonly words: Sealed<JobWords>
  readonly status: "active" | "paused" | "cancelled" | "completed"
  /** The planned moment of the next occurrence, in milliseconds since the epoch, or null after the last. */
  readonly next: Millis | null
  /** The tz database that it was computed with. */
  readonly zones: string
  readonly dealtWith?: DealtWith
  /** Nothing up to it comes again, as long as its times are these. */
  readonly skipped?: Skipped
  /** The other system that it was taken from. */
  readonly origin?: Origin
  readonly originKind?: OriginKind
  /** That it was called off because the other system had it no more: it comes back with it. */
  readonly withdrawn?: true
  /** The sequence of the last fact that somebody asked for. */
  readonly changed: number
  /** The request by which it was made. */
  readonly request: string
  /** The occurrence of its own times that ended last: from when until when it was being sent. */
  readonly predecessor?: { readonly from: Millis; readonly until: Millis }
  /** The key under which it lies among what is due. */
  readonly armed?: string
  /** The tz database under which it lies among what is planned. */
  readonly filed?: string
  /** Once it is cancelled: what its occurrences that were under way came to, as far as they have ended. */
  readonly calledOff?: { readonly left: number; readonly of: number }
}

/** Whether it was called off for good. */
export const isCancelledForGood = ({ status, withdrawn }: Job): boolean =>
  status === "cancelled" && withdrawn !== true

/** A request to fire a job now, and what came of it. */
export interface FiredNow {
  readonly request: string
  readonly planned: Millis
  readonly messages: number
  readonly named: ReadonlyArray<QueuedMessage>
}

/** An occurrence that fired and has not ended. */
export interface Occurrence {
  readonly job: JobId
  readonly planned: Millis
  /** It is none of the job's own times: somebody asked for it, or it is tried again. */
  readonly beside?: true
  readonly at: Millis
  readonly parts: number
  /** How many messages it comes to, of how many recipients; fewer once it is called off. */
  readonly total: number
  /** How many of them are queued, counted through recipients and then parts. */
  readonly queued: number
  /** The sequence by which they were. */
  readonly queuedBy: number
  readonly spreadSeconds: number
  /** How long after its moment a message of it may leave, had there been no connection until then; absent, ever. */
  readonly lateMillis?: number
  readonly words: Sealed<JobWords>
  readonly sent: number
  readonly failed: number
  readonly cancelled: number
  readonly calledOff?: true
  /** How many times what is in it was tried before. */
  readonly attempt?: number
}

/** One message of an occurrence that is not finished. */
export interface Sending {
  readonly occurrence: string
  readonly ended?: true
  readonly failed?: true
}

/** What was refused for good of an occurrence, and is tried again. */
export interface Retry {
  readonly job: JobId
  readonly planned: Millis
  /** How many times it was tried again once this is done. */
  readonly attempt: number
  /** Not before this moment. */
  readonly due: Millis
  readonly recipients: ReadonlyArray<FiredRecipient>
  readonly words: Sealed<JobWords>
}

export interface Contact {
  readonly contact: ContactId
  readonly person: PersonId
  readonly chat: ChatId
  readonly tags: ReadonlyArray<string>
  readonly card: Sealed<ContactCard>
}

/** By job. */
export const jobs = collection<Job>("job")
/** By planned moment and job: what is to fire. The first of them is what the actor sleeps until. */
export const due = collection<JobId>("due")
/** By job and planned moment. */
export const running = collection<Occurrence>("running")
/** By job and planned moment: running occurrences of which each message has an outcome. */
export const ended = collection<true>("ended")
/** By job and planned moment: whom a running occurrence is for. Apart, for it is long and never changes. */
export const firedFor = collection<ReadonlyArray<FiredRecipient>>("fired-for")
/**
 * By job and planned moment: what fired, kept for ever, so that it never does again; with the local time that it was,
 * or an empty text where it was none, because somebody asked for it.
 */
export const fired = collection<string>("fired")
/** By job and sequence: the last requests to fire it now. */
export const firedNow = collection<FiredNow>("fired-now")
/** By tz database and job: what is to fire, and was planned with it. */
export const plannedWith = collection<true>("planned-with")
/** By chat and job: what was made in that chat, and is to fire. */
export const madeInChat = collection<true>("made-in-chat")
/** By tz database: those that anything was ever planned with. */
export const zonesSeen = collection<true>("zones-seen")
/** One entry: the key of the first that is due, as the work of firing is open for it. */
export const alarm = collection<string>("alarm")
/** By job and planned moment of the occurrence that was refused in part: what is tried again. */
export const retries = collection<Retry>("retry")
/** By outbox id. */
export const sendings = collection<Sending>("sending")
/** By contact. */
export const contacts = collection<Contact>("contact")
/** By tag and contact. */
export const tagged = collection<true>("tagged")
/** By chat, and by person: their contact. */
export const contactOf = collection<ContactId>("contact-of")
/** By a contact that turned out to be another one: that one. */
export const mergedInto = collection<ContactId>("merged-into")
/** By chat: whoever wants nothing that is scheduled. */
export const optedOut = collection<true>("opted-out")
/** By running occurrence and chat that opted out: messages are queued to it that have no outcome. */
export const unwanted = collection<true>("unwanted")

/** As many digits as every moment has until the year 5138, so that texts are in the order of time. */
const momentDigits = 14

const momentOf = (millis: Millis) => String(millis).padStart(momentDigits, "0")

export const occurrenceKey = (job: JobId, planned: Millis): string => keyOf(job, momentOf(planned))

export const dueKey = (planned: Millis, job: JobId): string => keyOf(momentOf(planned), job)

/** As many digits as every sequence of a log has. */
const sequenceDigits = 16

export const firedNowKey = (job: JobId, sequence: number): string =>
  keyOf(job, String(sequence).padStart(sequenceDigits, "0"))

/** The moment in the key of what is due. */
export const momentIn = (key: string): Millis => Number(key.slice(0, momentDigits))
