/** The difference between what the older scheduler keeps and what is here, as facts of the schedule. */
import { Clock, Effect } from "effect"
import { ImportContacts, importedContactsMax } from "../../../contracts/contact.ts"
import { ContactId, hashOf, JobId } from "../../../contracts/ids.ts"
import type { Refused } from "../../../contracts/command.ts"
import { CancelJob, PutJob } from "../../../contracts/schedule-commands.ts"
import { CommandBus, type Unanswered } from "../../../infra/command-bus/command-bus.ts"
import { EventLog } from "../../../infra/event-log/event-log.ts"
import type { JobRow } from "../../../projections/jobs.ts"
import { pageRowsMax } from "../../../projections/paging.ts"
import { ReadModels } from "../../../projections/reader.ts"
import { uuid7, uuidOfHash } from "../../admin/uuid7.ts"
import type { OlderLeft, OlderPlan, OlderScheduler } from "../../schedule/import/older-tables.ts"

const origin = "older-scheduler"
/** Jobs that are asked about at once. */
const atOnce = 8

export interface Taking {
  /** Nothing is written; the answer is what would come of it. */
  readonly dryRun: boolean
  readonly by: string
}

/** What came of a refresh, or would. Everything that was read is in one of these numbers, or left out with a reason. */
export interface Taken {
  readonly dryRun: boolean
  readonly contacts: {
    readonly added: number
    readonly completed: number
    readonly unchanged: number
    readonly merged: number
  }
  readonly jobs: {
    readonly created: number
    readonly changed: number
    readonly cancelled: number
    readonly unchanged: number
  }
  readonly leftOut: ReadonlyArray<OlderLeft>
}

/** The same row is the same job, for ever. */
export const jobOf = (name: string): JobId => JobId.make(uuidOfHash(hashOf(origin, name)))

const takeContacts = Effect.fnUntraced(function* (cards: OlderScheduler["contacts"], { by, dryRun }: Taking) {
  const bus = yield* CommandBus
  const sums = { added: 0, completed: 0, unchanged: 0 }
  for (let at = 0; at < cards.length; at += importedContactsMax) {
    const now = yield* Clock.currentTimeMillis
    const contacts = cards
      .slice(at, at + importedContactsMax)
      .map((card) => ({ contact: ContactId.make(uuid7(now)), card }))
    const answer = yield* bus.request(ImportContacts, { contacts, dryRun, by })
    sums.added += answer.added
    sums.completed += answer.completed
    sums.unchanged += answer.unchanged
  }
  return sums
})

/** Jobs that were taken from there and are still to fire, by the log as it is now. */
const takenBefore = Effect.gen(function* () {
  const models = yield* ReadModels
  yield* models.after(yield* (yield* EventLog).last)
  const rows: Array<JobRow> = []
  for (let before: number | undefined; ; before = rows.at(-1)?.cursor) {
    const page = models.jobs.list({ limit: pageRowsMax, before, origin })
    rows.push(...page)
    if (page.length < pageRowsMax) break
  }
  return new Set(
    rows.filter(({ status }) => status === "active" || status === "paused").map(({ job }) => job)
  )
})

type Put = { readonly outcome: typeof PutJob.answer.Type.outcome } | OlderLeft

const putPlan = Effect.fnUntraced(function* (
  { asked, name }: OlderPlan,
  { by, dryRun }: Taking
): Effect.fn.Return<Put, Refused | Unanswered, CommandBus> {
  const bus = yield* CommandBus
  return yield* bus.request(PutJob, { job: jobOf(name), asked, origin, dryRun, by }).pipe(
    Effect.map(({ outcome }): Put =>
      outcome === "cancelled" ? { where: name, reason: "it was cancelled here, and stays so" } : { outcome }
    ),
    // What is wrong with one row is said of that row; what is wrong with the system ends the refresh.
    Effect.catchIf(
      (error) => error._tag === "Refused" && error.reason !== "unavailable",
      ({ message }) => Effect.succeed<Put>({ where: name, reason: message })
    )
  )
})

/**
 * Takes what is different: contacts are added and completed, jobs made, changed and called off. What has passed, was
 * sent there or has begun there is never sent here. Whatever there is no longer is called off here, unless a part could
 * not be read: then it may be that part.
 */
export const takeOlder = Effect.fn("takeOlder")(function* (older: OlderScheduler, taking: Taking) {
  const bus = yield* CommandBus
  const contacts = yield* takeContacts(older.contacts, taking)
  const before = yield* takenBefore
  const put = yield* Effect.forEach(older.plans, (plan) => putPlan(plan, taking), { concurrency: atOnce })
  const outcomes = put.flatMap((it) => ("outcome" in it ? [it.outcome] : []))
  const wanted = new Set(
    older.plans.flatMap(({ name }, index) => ("outcome" in put[index]! ? [jobOf(name)] : []))
  )
  const named = new Set([...older.plans, ...older.ends].map(({ name }) => jobOf(name)))
  const gone = [...before].filter((job) => !wanted.has(job) && (older.isWhole || named.has(job)))
  if (!taking.dryRun)
    yield* Effect.forEach(gone, (job) => bus.request(CancelJob, { job, by: taking.by }), {
      concurrency: atOnce,
      discard: true
    })
  const countOf = (outcome: string) => outcomes.filter((it) => it === outcome).length
  return {
    dryRun: taking.dryRun,
    contacts: { ...contacts, merged: older.merged },
    jobs: {
      created: countOf("created"),
      changed: countOf("changed"),
      cancelled: gone.length,
      unchanged: countOf("unchanged")
    },
    leftOut: [
      ...older.left,
      ...older.ends.map(({ name, reason }) => ({ where: name, reason })),
      ...put.flatMap((it) => ("outcome" in it ? [] : [it]))
    ]
  } satisfies Taken
})
