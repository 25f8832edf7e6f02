/** Jobs and their occurrences. */
import { Clock, Effect } from "effect"
import * as HttpEffect from "effect/http/HttpEffect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import { CurrentKey } from "../../../contracts/http/access.ts"
import { api } from "../../../contracts/http/api.ts"
import { askedBy } from "../../../contracts/http/jobs.ts"
import { Changed, InvalidRequest, NotFound } from "../../../contracts/http/problems.ts"
import { JobId, whatsAppIdOf } from "../../../contracts/ids.ts"
import {
  BackfillJob,
  CancelJob,
  ChangeJob,
  CreateJob,
  DuplicateJob,
  FireJob,
  PauseJob,
  PreviewTiming,
  ResumeJob,
  SkipJob
} from "../../../contracts/schedule-commands.ts"
import { CommandBus } from "../../../infra/command-bus/command-bus.ts"
import type { JobRow } from "../../../projections/jobs.ts"
import { pageRowsMax } from "../../../projections/paging.ts"
import { entity } from "../../../projections/past/entity.ts"
import type { NamedRequest } from "../accounts/answers.ts"
import type { Accounts } from "../accounts.ts"
import { byOf, mayReadWords } from "../authorize.ts"
import { calendarAnswer, type CalendarOf } from "../calendar.ts"
import { answeredOnce, idMadeBy, namedRequest } from "../named-request.ts"
import { wordless } from "../words.ts"
import { ask, askAs, modelsAfter, page, problemOf, shown } from "./answering.ts"

const previewedDefault = 10

const by = Effect.map(CurrentKey, byOf)

/** The sequence in an entity tag, such as `"17-…"` or `"17"`; `*` is any. */
const expectedIn = (tag: string | undefined) => {
  if (tag === undefined || tag === "*") return Effect.succeed({})
  const sequence = /^"?(\d{1,15})(?:-[\w-]{1,40})?"?$/u.exec(tag)?.[1]
  return sequence === undefined
    ? Effect.fail(
        new InvalidRequest({
          field: "headers.if-match",
          detail: `Expected the ETag of the job, such as "17", found ${tag.slice(0, 40)}.`
        })
      )
    : Effect.succeed({ expected: Number(sequence) })
}

/** The version of a job leads its entity tag, which follows from the whole answer. */
const withTag = (sequence: number) =>
  HttpEffect.appendPreResponseHandler((_request, response) =>
    Effect.succeed(HttpServerResponse.setHeader(response, "etag", `"${sequence}"`))
  )

/** Every job that is to fire. */
const activeJobs = Effect.gen(function* () {
  const models = yield* modelsAfter(undefined)
  const rows: Array<JobRow> = []
  for (let before: number | undefined; ; before = rows.at(-1)?.cursor) {
    const found = models.jobs.list({ limit: pageRowsMax, before, status: "active" })
    rows.push(...found)
    if (found.length < pageRowsMax) return rows
  }
})

const newJob = (named: NamedRequest | undefined) => Effect.map(idMadeBy(named), (id) => JobId.make(id))

export const jobs = (accounts: Accounts, calendarOf: CalendarOf) =>
  HttpApiBuilder.group(api, "jobs", (handlers) =>
    handlers.handleAll({
      list: Effect.fnUntraced(function* ({ query }) {
        const models = yield* modelsAfter(query.after)
        const { status } = query
        return yield* shown(
          page(query, (options) => models.jobs.list({ ...options, status })),
          wordless.job
        )
      }),
      get: Effect.fnUntraced(function* ({ params: { job }, query }) {
        const models = yield* modelsAfter(query.after, entity.job(job))
        const row = models.jobs.get(job)
        if (row === undefined) return yield* new NotFound({ detail: `There is no job ${job}.` })
        yield* withTag(row.changed)
        const { items } = yield* shown({ items: [row], next: null }, wordless.job)
        return items[0]!
      }),
      create: Effect.fnUntraced(function* ({ headers, payload }) {
        const named = yield* namedRequest(accounts, "jobs.create", headers, payload)
        const job = yield* newJob(named)
        const wanted = { job, asked: askedBy(payload), by: yield* by }
        const created = askAs(named?.request, CreateJob, wanted)
        return yield* answeredOnce(
          accounts,
          named,
          Effect.map(created, (placed) => ({ ...placed, job }))
        )
      }),
      change: Effect.fnUntraced(function* ({ headers, params: { job }, payload }) {
        const expected = yield* expectedIn(headers["if-match"])
        const asked = askedBy(payload)
        const bus = yield* CommandBus
        return yield* bus
          .request(ChangeJob, { job, asked, ...expected, by: yield* by })
          .pipe(
            Effect.mapError((error) =>
              error._tag === "Refused" && error.reason === "changed"
                ? new Changed({ detail: error.message })
                : problemOf(error)
            )
          )
      }),
      duplicate: Effect.fnUntraced(function* ({ headers, params: { job }, payload }) {
        const named = yield* namedRequest(accounts, "jobs.duplicate", headers, { job, ...payload })
        const copy = yield* newJob(named)
        const made = askAs(named?.request, DuplicateJob, { job, copy, ...payload, by: yield* by })
        return yield* answeredOnce(
          accounts,
          named,
          Effect.map(made, (placed) => ({ ...placed, job: copy }))
        )
      }),
      calendar: Effect.fnUntraced(function* ({ headers }) {
        const rows = yield* activeJobs
        const may = yield* mayReadWords
        const now = yield* Clock.currentTimeMillis
        const text = calendarOf(may ? rows : rows.map((row) => ({ ...row, title: null })), now)
        return calendarAnswer(text, headers["if-none-match"])
      }),
      pause: Effect.fnUntraced(function* ({ params }) {
        return yield* ask(PauseJob, { ...params, by: yield* by })
      }),
      resume: Effect.fnUntraced(function* ({ params }) {
        return yield* ask(ResumeJob, { ...params, by: yield* by })
      }),
      cancel: Effect.fnUntraced(function* ({ params }) {
        return yield* ask(CancelJob, { ...params, by: yield* by })
      }),
      fire: Effect.fnUntraced(function* ({ headers, params }) {
        const named = yield* namedRequest(accounts, "jobs.fire", headers, params)
        const fired = askAs(named?.request, FireJob, { ...params, by: yield* by })
        return yield* answeredOnce(accounts, named, fired)
      }),
      skip: Effect.fnUntraced(function* ({ headers, params, payload }) {
        const named = yield* namedRequest(accounts, "jobs.skip", headers, { ...params, ...payload })
        const skipped = askAs(named?.request, SkipJob, { ...params, ...payload, by: yield* by })
        return yield* answeredOnce(accounts, named, skipped)
      }),
      backfill: Effect.fnUntraced(function* ({ params, payload }) {
        return yield* ask(BackfillJob, { ...params, ...payload, by: yield* by })
      }),
      preview: Effect.fnUntraced(function* ({ payload }) {
        const { count = previewedDefault, timing } = payload
        const from = payload.from ?? (yield* Clock.currentTimeMillis)
        const { occurrences } = yield* ask(PreviewTiming, { timing, from, count })
        return { occurrences }
      }),
      occurrences: Effect.fnUntraced(function* ({ query }) {
        const models = yield* modelsAfter(query.after)
        const { job } = query
        return page(query, (options) => models.occurrences.list({ ...options, job }))
      }),
      occurrence: Effect.fnUntraced(function* ({ params: { job, planned }, query }) {
        const models = yield* modelsAfter(query.after)
        const occurrence = models.occurrences.get(job, planned)
        if (occurrence === undefined)
          return yield* new NotFound({ detail: `The job ${job} has no occurrence at ${planned}.` })
        const messages = models.occurrences.messages(occurrence, query.from)
        return {
          occurrence,
          messages: messages.map((it) => ({ ...it, whatsApp: whatsAppIdOf(it.outbox) }))
        }
      })
    })
  )
