/** `wadjet schedule`: messages that are sent at their time. */
import { Clock, Effect, Option, Schema } from "effect"
import { askedBy, WantedJob } from "../../contracts/http/jobs.ts"
import { JobId } from "../../contracts/ids.ts"
import {
  CancelJob,
  ChangeJob,
  CreateJob,
  DuplicateJob,
  FireJob,
  PauseJob,
  PreviewTiming,
  ResumeJob
} from "../../contracts/schedule-commands.ts"
import { CommandBus } from "../../infra/command-bus/command-bus.ts"
import type { JobRow } from "../../projections/jobs.ts"
import type { OccurrenceRow } from "../../projections/occurrences.ts"
import { pageRowsMax } from "../../projections/paging.ts"
import { ReadModels } from "../../projections/reader.ts"
import { uuid7 } from "../admin/uuid7.ts"
import { calendarOf } from "./calendar.ts"
import { withModels } from "./as-of.ts"
import { OperatorFailed } from "./failure.ts"
import { Output } from "./output.ts"
import { bytesOf } from "./read-input.ts"
import { withSystem } from "./with-system.ts"
import { counted, printable } from "./words.ts"

export const by = "operator"
const shownOccurrences = 10

export const usage = (what: string, why: string) =>
  new OperatorFailed({ what, why, next: "`wadjet schedule --help` shows how.", exit: "usage" })

export const jobOf = (text: string) =>
  Option.match(Schema.decodeUnknownOption(JobId)(text), {
    onNone: () =>
      Effect.fail(usage(`"${text}" is no job`, "expected an id, as `wadjet schedule list` shows them")),
    onSome: Effect.succeed
  })

export const second = (millis: number | null) =>
  millis === null ? "-" : new Date(millis).toISOString().replace(/\.\d{3}Z$/u, "Z")

const titleOf = ({ title }: JobRow) => (title === null ? "(cannot be opened)" : printable(title))

const lineOf = (row: JobRow): string =>
  [row.job, row.status.padEnd(9), second(row.next), titleOf(row)].join("  ")

const jsonOf = ({ changed, job, next, status, timing, title }: JobRow) => ({
  job,
  status,
  next,
  title,
  timing,
  changed
})

/** Every job, page by page. */
const rowsOf = Effect.fnUntraced(function* (all: boolean) {
  const { jobs } = yield* ReadModels
  const rows: Array<JobRow> = []
  for (let before: number | undefined; ; before = rows.at(-1)?.cursor) {
    const page = jobs.list({ limit: pageRowsMax, before })
    rows.push(...page)
    if (page.length < pageRowsMax)
      return rows.filter(({ status }) => all || status === "active" || status === "paused")
  }
})

export const listJobs = Effect.fn("listJobs")(function* (input: {
  readonly all: boolean
  readonly asOf: Option.Option<string>
  readonly json: boolean
}) {
  const output = yield* Output
  const rows = yield* withModels(input.asOf, rowsOf(input.all))
  if (input.json) return yield* Effect.forEach(rows.map(jsonOf), output.json, { discard: true })
  if (rows.length === 0) return yield* output.line("There are no such jobs.")
  return yield* Effect.forEach(rows.map(lineOf), output.line, { discard: true })
})

const decodeWanted = Schema.decodeUnknownEffect(Schema.fromJsonString(WantedJob))

const timingOf = (zone: string, start: Option.Option<string>, rule: Option.Option<string>) => ({
  zone,
  ...(Option.isSome(start) ? { start: start.value } : {}),
  ...(Option.isSome(rule) ? { rule: rule.value } : {})
})

const wantedIn = Effect.fnUntraced(function* (file: string) {
  const text = (yield* bytesOf(file, "job")).toString("utf8")
  const wanted = yield* decodeWanted(text).pipe(
    Effect.mapError((error) => usage(`${file} is no job`, error.message.replaceAll(/\s+/gu, " ")))
  )
  return askedBy(wanted)
})

export const addJob = Effect.fn("addJob")(function* (input: {
  readonly file: string
  readonly json: boolean
}) {
  const output = yield* Output
  const asked = yield* wantedIn(input.file)
  const job = JobId.make(uuid7(yield* Clock.currentTimeMillis))
  const made = yield* withSystem(CommandBus.use((bus) => bus.request(CreateJob, { job, asked, by })))
  if (input.json) return yield* output.json({ job, ...made })
  return yield* output.line(`The job ${job} fires next at ${second(made.next)} (event ${made.sequence}).`)
})

export const changeJob = Effect.fn("changeJob")(function* (input: {
  readonly job: string
  readonly file: string
  readonly expected: Option.Option<number>
  readonly json: boolean
}) {
  const output = yield* Output
  const job = yield* jobOf(input.job)
  const asked = yield* wantedIn(input.file)
  const expected = Option.match(input.expected, { onNone: () => ({}), onSome: (it) => ({ expected: it }) })
  const answer = yield* withSystem(
    CommandBus.use((bus) => bus.request(ChangeJob, { job, asked, ...expected, by }))
  )
  if (input.json) return yield* output.json({ job, ...answer })
  const { next, running, sequence } = answer
  const before =
    running.length === 0 ? "" : ` What fired at ${running.map(second).join(", ")} goes on as it was.`
  return yield* output.line(`It fires next at ${second(next)} (event ${sequence}).${before}`)
})

const outcomeOf = (row: OccurrenceRow): string => {
  const { cancelled, count, failed, leftOut, madeUp, messages, sent, status, why } = row
  if (status === "missed")
    return `${counted(count, "occurrence")} missed${madeUp === 0 ? "" : `, ${madeUp} made up for`}`
  if (status === "skipped") return `skipped: ${why}`
  const waiting = status === "sending" ? messages - sent - failed - cancelled : 0
  const rest = waiting === 0 ? "" : `, ${waiting} still to leave`
  const over = leftOut === 0 ? "" : `, ${counted(leftOut, "recipient")} left out, for there are too many`
  return `${sent} of ${counted(messages, "message")} sent, ${failed} failed, ${cancelled} cancelled${rest}${over}`
}

export const showJob = Effect.fn("showJob")(function* (input: {
  readonly job: string
  readonly json: boolean
}) {
  const output = yield* Output
  const id = yield* jobOf(input.job)
  const { occurrences, row } = yield* withSystem(
    ReadModels.useSync((models) => ({
      row: models.jobs.get(id),
      occurrences: models.occurrences.list({ job: id, limit: shownOccurrences })
    }))
  )
  if (row === undefined)
    return yield* new OperatorFailed({
      what: "It cannot be shown",
      why: `there is no job ${id}`,
      next: "`wadjet schedule list --all` shows all there are."
    })
  if (input.json) return yield* output.json({ ...jsonOf(row), messages: row.messages, occurrences })
  yield* output.line(lineOf(row))
  for (const it of occurrences) yield* output.line(`  ${second(it.planned)}  ${outcomeOf(it)}`)
})

export const showCalendar = Effect.fn("showCalendar")(function* () {
  const output = yield* Output
  const rows = yield* withSystem(rowsOf(false))
  const now = yield* Clock.currentTimeMillis
  const lines = calendarOf(rows, now).split("\r\n").slice(0, -1)
  return yield* Effect.forEach(lines, (line) => output.line(`${line}\r`), { discard: true })
})

export const duplicateJob = Effect.fn("duplicateJob")(function* (input: {
  readonly job: string
  readonly title: Option.Option<string>
  readonly zone: Option.Option<string>
  readonly start: Option.Option<string>
  readonly rule: Option.Option<string>
  readonly json: boolean
}) {
  const output = yield* Output
  const job = yield* jobOf(input.job)
  const { rule, start, title, zone } = input
  if (Option.isNone(zone) && (Option.isSome(start) || Option.isSome(rule)))
    return yield* usage("The copy has no times", "expected --zone beside --start or --rule, found none")
  const copy = JobId.make(uuid7(yield* Clock.currentTimeMillis))
  const timing = Option.map(zone, (name) => timingOf(name, start, rule))
  const made = yield* withSystem(
    CommandBus.use((bus) =>
      bus.request(DuplicateJob, {
        job,
        copy,
        ...(Option.isSome(title) ? { title: title.value } : {}),
        ...(Option.isSome(timing) ? { timing: timing.value } : {}),
        by
      })
    )
  )
  if (input.json) return yield* output.json({ job: copy, ...made })
  return yield* output.line(`The job ${copy} fires next at ${second(made.next)} (event ${made.sequence}).`)
})

type Action = "pause" | "resume" | "cancel" | "fire"

/** How many messages there are, and the ids of those that are named. */
const firedWords = ({ messages, named }: typeof FireJob.answer.Type): string => {
  const ids = named.map(({ chat, part, whatsApp }) => `  ${whatsApp}  to ${chat}, message ${part + 1}`)
  const rest = messages - named.length
  return [
    `It fires: ${counted(messages, "message")}.`,
    ...ids,
    ...(rest > 0 ? [`  and ${rest} more: \`wadjet schedule show\` tells how they go`] : [])
  ].join("\n")
}

/** Asks, and puts the answer in words. */
const acting = Effect.fnUntraced(function* (action: Action, job: JobId) {
  const bus = yield* CommandBus
  const asked = { job, by }
  switch (action) {
    case "pause":
      return [yield* bus.request(PauseJob, asked), "It fires no more until it is resumed."] as const
    case "resume": {
      const answer = yield* bus.request(ResumeJob, asked)
      return [answer, `It fires again, next at ${second(answer.next)}.`] as const
    }
    case "fire": {
      const answer = yield* bus.request(FireJob, asked)
      return [answer, firedWords(answer)] as const
    }
    case "cancel": {
      const answer = yield* bus.request(CancelJob, asked)
      const left =
        answer.of === 0 ? "nothing of it was under way" : `${answer.left} of ${answer.of} had already left`
      return [answer, `Cancelled; ${left}.`] as const
    }
  }
})

export const actOnJob = Effect.fn("actOnJob")(function* (input: {
  readonly job: string
  readonly action: Action
  readonly json: boolean
}) {
  const output = yield* Output
  const job = yield* jobOf(input.job)
  const [answer, words] = yield* withSystem(acting(input.action, job))
  if (input.json) return yield* output.json({ job, ...answer })
  return yield* output.line(words)
})

export const previewTiming = Effect.fn("previewTiming")(function* (input: {
  readonly zone: string
  readonly start: Option.Option<string>
  readonly rule: Option.Option<string>
  readonly json: boolean
}) {
  const output = yield* Output
  const from = yield* Clock.currentTimeMillis
  const timing = timingOf(input.zone, input.start, input.rule)
  const { occurrences } = yield* withSystem(
    CommandBus.use((bus) => bus.request(PreviewTiming, { timing, from, count: shownOccurrences }))
  )
  if (input.json) return yield* Effect.forEach(occurrences, output.json, { discard: true })
  if (occurrences.length === 0) return yield* output.line("There is no time that is still to come.")
  for (const { at, local, note } of occurrences)
    yield* output.line(`${local}  ${second(at)}${note === undefined ? "" : `  ${note}`}`)
})
