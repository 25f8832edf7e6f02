/** What must hold of jobs, whatever happened: read off the log and the book of what the other side got. */
import type { AnyRecorded, RecordedOf } from "../../../contracts/catalogue.ts"
import { outboxId, whatsAppIdOf } from "../../../contracts/ids.ts"
import { occurrenceCause } from "../../../contracts/schedule.ts"
import type { Transmission } from "../history.ts"
import type { Told } from "./people.ts"

type Fired = RecordedOf<"schedule.fired">

/** Everything that one occurrence may send, as the other side would see it. */
const idsOf = ({ data: { job, parts, planned, recipients } }: Fired): ReadonlyArray<string> =>
  recipients.flatMap(({ chat }) =>
    Array.from({ length: parts }, (_, part) =>
      whatsAppIdOf(outboxId(occurrenceCause(job, planned), chat, part))
    )
  )

export interface Examined {
  readonly breaches: ReadonlyArray<string>
  readonly wins: {
    /** Nothing of the job ever left: it never fired, or was called off in time. */
    readonly cancelledUnfired: number
    readonly cancelledAfterFiring: number
    /** Some of it had left, or all of it. */
    readonly partly: number
    readonly fired: number
    readonly changedInTime: number
    readonly changedTooLate: number
  }
  readonly occurrences: number
  readonly transmissions: number
}

/** The jobs that fired, or were passed over, more often than once for one moment. */
const outcomesOf = (events: ReadonlyArray<AnyRecorded>): ReadonlyArray<string> => {
  const seen = new Set<string>()
  return events.flatMap((event) => {
    if (
      event.type !== "schedule.fired" &&
      event.type !== "schedule.skipped" &&
      event.type !== "schedule.missed"
    )
      return []
    const occurrence = occurrenceCause(event.data.job, event.data.planned)
    if (seen.has(occurrence))
      return [`${occurrence} has more than one outcome, the last at ${event.sequence}`]
    seen.add(occurrence)
    return []
  })
}

export const examine = (
  events: ReadonlyArray<AnyRecorded>,
  book: ReadonlyArray<Transmission>,
  told: ReadonlyArray<Told>
): Examined => {
  const breaches: Array<string> = [...outcomesOf(events)]
  const fired = events.filter((event) => event.type === "schedule.fired")
  const firedOf = Map.groupBy(fired, ({ data }) => data.job)
  const got = new Map<string, number>()
  for (const { whatsapp } of book) got.set(whatsapp, (got.get(whatsapp) ?? 0) + 1)
  for (const [id, times] of got) if (times > 1) breaches.push(`${id} reached the other side ${times} times`)
  const known = new Set(fired.flatMap(idsOf))
  for (const id of got.keys())
    if (!known.has(id)) breaches.push(`${id} reached the other side, and no job sent it`)

  const firstClaim = new Map<string, number>()
  for (const event of events)
    if (event.type === "outbox.claimed" && !firstClaim.has(event.data.whatsApp))
      firstClaim.set(event.data.whatsApp, event.sequence)

  const wins = {
    cancelledUnfired: 0,
    cancelledAfterFiring: 0,
    partly: 0,
    fired: 0,
    changedInTime: 0,
    changedTooLate: 0
  }
  for (const it of told) {
    const occurrences = firedOf.get(it.job) ?? []
    const ids = occurrences.flatMap(idsOf)
    const left = ids.filter((id) => got.has(id)).length
    if (it.asked === "change") {
      // What fired before the change goes to everybody; what did not never goes to anybody.
      if (left !== ids.length) breaches.push(`${it.job} was changed, and ${left} of ${ids.length} left`)
      wins[ids.length === 0 ? "changedInTime" : "changedTooLate"] += 1
      const late = occurrences.filter(({ sequence }) => sequence > it.logLength)
      if (late.length > 0) breaches.push(`${it.job} fired at its old time after its change was acknowledged`)
      continue
    }
    if (it.asked === "cancel-too-late") {
      if (left !== ids.length)
        breaches.push(`${it.job} was too late to cancel, and ${left} of ${ids.length} left`)
      wins.fired += 1
      continue
    }
    if (left !== it.left)
      breaches.push(`${it.job} was cancelled with ${it.left} of ${it.of} left, and ${left} left`)
    if (it.of !== ids.length) breaches.push(`${it.job} was cancelled as one of ${it.of}, found ${ids.length}`)
    for (const id of ids)
      if ((firstClaim.get(id) ?? 0) > it.logLength)
        breaches.push(`${id} was claimed after its job was cancelled`)
    if (ids.length === 0) wins.cancelledUnfired += 1
    else if (left === 0) wins.cancelledAfterFiring += 1
    else if (left === ids.length) wins.fired += 1
    else wins.partly += 1
  }
  return { breaches, wins, occurrences: fired.length, transmissions: book.length }
}
