/** What must hold of jobs, whatever happened: by what came to those who receive, and what people were told. */
import type { AnyRecorded, RecordedOf } from "../../../contracts/catalogue.ts"
import { outboxId, whatsAppIdOf } from "../../../contracts/ids.ts"
import { occurrenceCause } from "../../../contracts/schedule.ts"
import type { Told } from "./people.ts"
import type { Arrival, Receivers, Shown } from "./receivers.ts"

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
  /** Messages that people see. */
  readonly shown: number
  /** Those that were written again under the id that they had. */
  readonly repeats: number
}

/** Each moment of a job fired or was passed over once, and what fired came to one end that tells what is seen of it. */
const outcomesOf = (events: ReadonlyArray<AnyRecorded>, seen: ReadonlySet<string>): ReadonlyArray<string> => {
  const outcomes = new Map<string, number>()
  const ends = new Map<string, Array<RecordedOf<"schedule.occurrence-finished">["data"]>>()
  for (const event of events) {
    if (event.type === "schedule.occurrence-finished") {
      const key = occurrenceCause(event.data.job, event.data.planned)
      ends.set(key, [...(ends.get(key) ?? []), event.data])
    }
    if (
      event.type !== "schedule.fired" &&
      event.type !== "schedule.skipped" &&
      event.type !== "schedule.missed"
    )
      continue
    const key = occurrenceCause(event.data.job, event.data.planned)
    outcomes.set(key, (outcomes.get(key) ?? 0) + 1)
  }
  const endsOf = (event: Fired): ReadonlyArray<string> => {
    const key = occurrenceCause(event.data.job, event.data.planned)
    const [end, ...more] = ends.get(key) ?? []
    if (end === undefined || more.length > 0)
      return [`${key} came to ${end === undefined ? "no end" : `${more.length + 1} ends`}`]
    const left = idsOf(event).filter((id) => seen.has(id)).length
    return end.sent === left ? [] : [`${key} is said to have sent ${end.sent}, and ${left} are seen`]
  }
  return [
    ...[...outcomes].filter(([, times]) => times > 1).map(([key, times]) => `${key} has ${times} outcomes`),
    ...events.flatMap((event) => (event.type === "schedule.fired" ? endsOf(event) : []))
  ]
}

/** Nobody sees the same words twice, which are of one job each, and nothing that no job sent. */
const onceEach = (shown: ReadonlyArray<Shown>, known: ReadonlySet<string>): ReadonlyArray<string> => {
  const times = new Map<string, number>()
  for (const { who, words } of shown)
    times.set(`${who} sees "${words}"`, (times.get(`${who} sees "${words}"`) ?? 0) + 1)
  return [
    ...[...times].filter(([, count]) => count > 1).map(([what, count]) => `${what} ${count} times`),
    ...shown
      .filter(({ whatsApp }) => !known.has(whatsApp))
      .map(({ whatsApp, who }) => `${who} sees ${whatsApp}, which no job sent`)
  ]
}

export const examine = (
  events: ReadonlyArray<AnyRecorded>,
  receivers: Pick<Receivers, "arrivals" | "shown">,
  told: ReadonlyArray<Told>
): Examined => {
  const arrivals = receivers.arrivals()
  const shown = receivers.shown()
  const seen = new Set(shown.map(({ whatsApp }) => whatsApp))
  const fired = events.filter((event) => event.type === "schedule.fired")
  const firedOf = Map.groupBy(fired, ({ data }) => data.job)
  const arrivalsOf = Map.groupBy(arrivals, ({ whatsApp }): string => whatsApp)
  const breaches: Array<string> = [
    ...outcomesOf(events, seen),
    ...onceEach(shown, new Set(fired.flatMap(idsOf)))
  ]
  const wins = {
    cancelledUnfired: 0,
    cancelledAfterFiring: 0,
    partly: 0,
    fired: 0,
    changedInTime: 0,
    changedTooLate: 0
  }
  const after = (id: string, place: number): ReadonlyArray<Arrival> =>
    (arrivalsOf.get(id) ?? []).filter((arrival) => arrival.place > place)

  for (const it of told) {
    const occurrences = firedOf.get(it.job) ?? []
    const ids = occurrences.flatMap(idsOf)
    const left = ids.filter((id) => seen.has(id)).length
    if (it.asked === "change") {
      // What fired before the change goes to everybody; what did not never goes to anybody.
      if (left !== ids.length) breaches.push(`${it.job} was changed, and ${left} of ${ids.length} left`)
      wins[ids.length === 0 ? "changedInTime" : "changedTooLate"] += 1
      const late = occurrences.filter(({ sequence }) => sequence > it.sequence)
      if (late.length > 0) breaches.push(`${it.job} fired at its old time after its change was acknowledged`)
      continue
    }
    for (const id of ids)
      if (after(id, it.place).length > 0)
        breaches.push(`${id} left after the cancellation of its job was acknowledged`)
    if (it.asked === "cancel-too-late") {
      if (left !== ids.length)
        breaches.push(`${it.job} was too late to cancel, and ${left} of ${ids.length} left`)
      wins.fired += 1
      continue
    }
    if (left !== it.left)
      breaches.push(`${it.job} was cancelled with ${it.left} of ${it.of} left, and ${left} left`)
    if (it.of !== ids.length) breaches.push(`${it.job} was cancelled as one of ${it.of}, found ${ids.length}`)
    if (ids.length === 0) wins.cancelledUnfired += 1
    else if (left === 0) wins.cancelledAfterFiring += 1
    else if (left === ids.length) wins.fired += 1
    else wins.partly += 1
  }
  return {
    breaches,
    wins,
    occurrences: fired.length,
    shown: shown.length,
    repeats: arrivals.length - new Set(arrivals.map(({ whatsApp }) => whatsApp)).size
  }
}
