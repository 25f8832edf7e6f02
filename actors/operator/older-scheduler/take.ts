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
import { clippedBecause } from "../../schedule/complete-card.ts"
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
  const clipped: Array<OlderLeft> = []
  for (let at = 0; at < cards.length; at += importedContactsMax) {
    const now = yield* Clock.currentTimeMillis
    const contacts = cards
      .slice(at, at + importedContactsMax)
      .map((card) => ({ contact: ContactId.make(uuid7(now)), card }))
    const answer = yield* bus.request(ImportContacts, { contacts, dryRun, by })
    sums.added += answer.added
    sums.completed += answer.completed
    sums.unchanged += answer.unchanged
    clipped.push(...answer.clipped.map((where) => ({ where, reason: clippedBecause })))
  }
  return { sums, clipped }
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
  return rows.filter(({ status }) => status === "active" || status === "paused")
})

/**
 * Jobs that are there no more. Of a kind that nothing at all is said of, nothing is known to be gone: its table or its
 * objects may be missing for a moment.
 */
const goneOf = (
  { absent, ends, isWhole, plans }: OlderScheduler,
  before: ReadonlyArray<JobRow>,
  wanted: ReadonlySet<JobId>
) => {
  const named = new Set([...plans, ...ends].map(({ name }) => jobOf(name)))
  const missing = before.filter(({ job }) => !wanted.has(job) && (isWhole || named.has(job)))
  const isKept = ({ job, originKind }: JobRow) =>
    !named.has(job) && absent.some((kind) => originKind === null || originKind === kind)
  const kept = missing.filter(isKept).length
  return {
    gone: missing.filter((row) => !isKept(row)).map(({ job }) => job),
    kept:
      kept === 0 ? [] : [{ where: absent.map((kind) => `${kind}s`).join(" and "), reason: keptBecause(kept) }]
  }
}

const keptBecause = (count: number) =>
  `expected some, or an empty list of them, found none at all: ${count} taken before ${count === 1 ? "is" : "are"} not called off`

type Put = { readonly outcome: typeof PutJob.answer.Type.outcome } | OlderLeft

const putPlan = Effect.fnUntraced(function* (
  { asked, kind, name }: OlderPlan,
  { by, dryRun }: Taking
): Effect.fn.Return<Put, Refused | Unanswered, CommandBus> {
  const bus = yield* CommandBus
  const wanted = { job: jobOf(name), asked, origin, originKind: kind, dryRun, by } as const
  return yield* bus.request(PutJob, wanted).pipe(
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
 * sent there or has begun there is never sent here. Whatever there is no longer is called off here until it is there
 * again, unless a part could not be read: then it may be that part.
 */
export const takeOlder = Effect.fn("takeOlder")(function* (older: OlderScheduler, taking: Taking) {
  const bus = yield* CommandBus
  const { clipped, sums } = yield* takeContacts(older.contacts, taking)
  const before = yield* takenBefore
  const put = yield* Effect.forEach(older.plans, (plan) => putPlan(plan, taking), { concurrency: atOnce })
  const outcomes = put.flatMap((it) => ("outcome" in it ? [it.outcome] : []))
  const wanted = new Set(
    older.plans.flatMap(({ name }, index) => ("outcome" in put[index]! ? [jobOf(name)] : []))
  )
  const { gone, kept } = goneOf(older, before, wanted)
  if (!taking.dryRun)
    yield* Effect.forEach(gone, (job) => bus.request(CancelJob, { job, origin, by: taking.by }), {
      concurrency: atOnce,
      discard: true
    })
  const countOf = (outcome: string) => outcomes.filter((it) => it === outcome).length
  return {
    dryRun: taking.dryRun,
    contacts: { ...sums, merged: older.merged },
    jobs: {
      created: countOf("created"),
      changed: countOf("changed"),
      cancelled: gone.length,
      unchanged: countOf("unchanged")
    },
    leftOut: [
      ...older.left,
      ...clipped,
      ...kept,
      ...older.ends.map(({ name, reason }) => ({ where: name, reason })),
      ...put.flatMap((it) => ("outcome" in it ? [] : [it]))
    ]
  } satisfies Taken
})
