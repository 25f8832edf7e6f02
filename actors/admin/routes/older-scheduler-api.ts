/** The routes of the older scheduler, for clients of it: each asks what its successor asks. */
import { Clock, Effect, Option, Result, Schema } from "effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import { type ContactCard, PhoneNumber, RemoveContact, SaveContact } from "../../../contracts/contact.ts"
import { CurrentKey } from "../../../contracts/http/access.ts"
import { api } from "../../../contracts/http/api.ts"
import { OlderScheduled, olderRowsMax } from "../../../contracts/http/older-scheduler.ts"
import { ChatId, ContactId, JobId } from "../../../contracts/ids.ts"
import { type AskedJob, CancelJob, ChangeJob, CreateJob } from "../../../contracts/schedule-commands.ts"
import { Keyring } from "../../../infra/keyring/keyring.ts"
import type { ContactRow } from "../../../projections/contacts.ts"
import type { JobRow } from "../../../projections/jobs.ts"
import { everyRow } from "../../../projections/paging.ts"
import { ReadModels } from "../../../projections/reader.ts"
import { byOf } from "../authorize.ts"
import { chatRow, contactRow, isSingle, jobRow, type Known, scheduledRow } from "../older/scheduled-rows.ts"
import { invalid, orTold, toldByScheduler } from "../older/told.ts"
import { uuid7 } from "../uuid7.ts"
import { ask, modelsAfter } from "./answering.ts"

/** A job as the older scheduler's clients ask for it, or what is wrong with it. Made by whoever composes the parts. */
export interface ReadOlder {
  readonly scheduled: (row: object) => Result.Result<AskedJob, string>
  readonly job: (row: object) => Result.Result<AskedJob, string>
}

const told = orTold(toldByScheduler)
const by = Effect.map(CurrentKey, byOf)
const wrong = (sentence: string) => Effect.fail(invalid(sentence))
const missing = (sentence: string) => Effect.fail(toldByScheduler.NotFound(sentence))

const one = <A>(data: A) => ({ success: true as const, data })
const many = <A>(rows: ReadonlyArray<A>) => ({
  success: true as const,
  data: rows.slice(0, olderRowsMax),
  total: rows.length
})
const gone = { success: true as const }

const known = Effect.gen(function* (): Effect.fn.Return<Known, never, ReadModels | Keyring> {
  return { models: yield* ReadModels, keyring: yield* Keyring }
})

/** Answers once what was written can be read. */
const seen = (sequence: number) => modelsAfter(sequence).pipe(told)

const allJobs = Effect.map(ReadModels, ({ jobs }) => everyRow((place) => jobs.list(place)))
const allContacts = Effect.map(ReadModels, ({ contacts }) => everyRow((place) => contacts.list(place)))

const phonePattern = /^\+?[1-9]\d{1,14}$/u

/** A phone as the older scheduler writes it, with or without its plus. */
const plus = (phone: string) => (phone.startsWith("+") ? phone : `+${phone}`)

const contactBy = Effect.fnUntraced(function* (phone: string) {
  const rows = yield* allContacts
  const found = rows.find(({ card }) => card?.number === plus(phone))
  return found ?? (yield* missing(`There is no contact ${phone}.`))
})

const jobBy = Effect.fnUntraced(function* (id: string) {
  const { jobs } = yield* ReadModels
  const job = Option.getOrUndefined(Schema.decodeUnknownOption(JobId)(id))
  const row = job === undefined ? undefined : jobs.get(job)
  return row ?? (yield* missing(`There is no job ${id}.`))
})

const singleBy = Effect.fnUntraced(function* (id: string) {
  const row = yield* jobBy(id)
  return isSingle(row) ? row : yield* missing(`There is no scheduled message ${id}.`)
})

const WantedContact = Schema.Struct({
  phone: Schema.optionalKey(Schema.String.pipe(Schema.check(Schema.isPattern(phonePattern)))),
  name: Schema.optionalKey(Schema.NonEmptyString),
  aliases: Schema.optionalKey(Schema.Array(Schema.NonEmptyString)),
  tags: Schema.optionalKey(Schema.Array(Schema.NonEmptyString)),
  is_favorite: Schema.optionalKey(Schema.Union([Schema.Boolean, Schema.Literals([0, 1])]))
})
const decodeContact = Schema.decodeUnknownEffect(WantedContact)
const isPhoneNumber = Schema.is(PhoneNumber)

/** A card of what is wanted, over what is there. */
const cardOf = Effect.fnUntraced(function* (payload: unknown, before?: ContactRow) {
  const wanted = yield* decodeContact(payload).pipe(
    Effect.catch(({ message }) => wrong(message.replaceAll(/\s+/gu, " ")))
  )
  const { aliases, is_favorite: favourite, name, phone, tags } = wanted
  const number = phone === undefined ? before?.card?.number : plus(phone)
  const called = name ?? before?.card?.name
  if (number === undefined || called === undefined || !isPhoneNumber(number))
    return yield* wrong("Expected a name, and a phone such as +491700000000.")
  const card: ContactCard = {
    notes: "",
    aliases: [],
    tags: [],
    favourite: false,
    ...before?.card,
    number,
    name: called,
    ...(aliases === undefined ? {} : { aliases }),
    ...(tags === undefined ? {} : { tags }),
    ...(favourite === undefined ? {} : { favourite: favourite === true || favourite === 1 })
  }
  return card
})

const saved = Effect.fnUntraced(function* (contact: ContactId, card: ContactCard) {
  const { sequence } = yield* ask(SaveContact, { contact, card, by: yield* by }).pipe(told)
  yield* seen(sequence)
  return one(contactRow(card))
})

const isObject = (value: unknown): value is object =>
  typeof value === "object" && value !== null && !Array.isArray(value)

/** What is asked for, understood as the import of the older scheduler's own rows does. */
const askedIn = (read: (row: object) => Result.Result<AskedJob, string>, payload: unknown) => {
  if (!isObject(payload)) return wrong("Expected an object, found something else.")
  const found = read(payload)
  return Result.isFailure(found) ? wrong(found.failure) : Effect.succeed(found.success)
}

const makeJob = Effect.fnUntraced(function* (asked: AskedJob) {
  const job = JobId.make(uuid7(yield* Clock.currentTimeMillis))
  const { sequence } = yield* ask(CreateJob, { job, asked, by: yield* by }).pipe(told)
  yield* seen(sequence)
  return yield* jobBy(job)
})

const mustWait = (row: JobRow, of: Known) =>
  scheduledRow(of, row).status === "pending" && row.status !== "completed"
    ? Effect.void
    : wrong("Expected a message that is pending, found one that is not any more.")

const cancelled = Effect.fnUntraced(function* (row: JobRow) {
  const { sequence } = yield* ask(CancelJob, { job: row.job, by: yield* by }).pipe(told)
  yield* seen(sequence)
  return gone
})

const isStatus = Schema.is(OlderScheduled.fields.status)

const contactRoutes = {
  contacts: () =>
    Effect.map(allContacts, (rows) =>
      many(rows.flatMap(({ card }) => (card === null ? [] : [contactRow(card)])))
    ),
  addContact: Effect.fnUntraced(function* ({ payload }: { readonly payload: unknown }) {
    const contact = ContactId.make(uuid7(yield* Clock.currentTimeMillis))
    return yield* saved(contact, yield* cardOf(payload))
  }),
  contact: Effect.fnUntraced(function* ({ params: { phone } }: Phoned) {
    const { card } = yield* contactBy(phone)
    return card === null ? yield* missing(`There is no contact ${phone}.`) : one(contactRow(card))
  }),
  changeContact: Effect.fnUntraced(function* ({
    params: { phone },
    payload
  }: Phoned & { readonly payload: unknown }) {
    const before = yield* contactBy(phone)
    return yield* saved(before.contact, yield* cardOf(payload, before))
  }),
  removeContact: Effect.fnUntraced(function* ({ params: { phone } }: Phoned) {
    const { contact } = yield* contactBy(phone)
    const { sequence } = yield* ask(RemoveContact, { contact, by: yield* by }).pipe(told)
    yield* seen(sequence)
    return gone
  })
}

interface Phoned {
  readonly params: { readonly phone: string }
}

interface Named {
  readonly params: { readonly id: string }
}

const scheduledRoutes = (read: ReadOlder) => ({
  scheduled: Effect.fnUntraced(function* ({
    query: { status }
  }: {
    readonly query: { readonly status?: string }
  }) {
    if (status !== undefined && !isStatus(status))
      return yield* wrong(`Expected pending, sent or failed, found ${status.slice(0, 40)}.`)
    const of = yield* known
    const rows = (yield* allJobs).filter(isSingle).map((row) => scheduledRow(of, row))
    return many(rows.filter((row) => status === undefined || row.status === status))
  }),
  addScheduled: Effect.fnUntraced(function* ({ payload }: { readonly payload: unknown }) {
    const row = yield* makeJob(yield* askedIn(read.scheduled, payload))
    return one(scheduledRow(yield* known, row))
  }),
  oneScheduled: Effect.fnUntraced(function* ({ params: { id } }: Named) {
    return one(scheduledRow(yield* known, yield* singleBy(id)))
  }),
  changeScheduled: Effect.fnUntraced(function* ({
    params: { id },
    payload
  }: Named & { readonly payload: unknown }) {
    const of = yield* known
    const row = yield* singleBy(id)
    yield* mustWait(row, of)
    if (!isObject(payload)) return yield* wrong("Expected an object, found something else.")
    const { message, scheduled_at, to_phone } = scheduledRow(of, row)
    const asked = yield* askedIn(read.scheduled, { message, scheduled_at, to_phone, ...payload })
    const change = { job: row.job, asked, expected: row.changed, by: yield* by }
    const { sequence } = yield* ask(ChangeJob, change).pipe(told)
    yield* seen(sequence)
    return one(scheduledRow(of, yield* jobBy(id)))
  }),
  removeScheduled: Effect.fnUntraced(function* ({ params: { id } }: Named) {
    const row = yield* singleBy(id)
    yield* mustWait(row, yield* known)
    return yield* cancelled(row)
  })
})

const jobRoutes = (read: ReadOlder) => ({
  jobs: Effect.fnUntraced(function* () {
    const of = yield* known
    return many((yield* allJobs).map((row) => jobRow(of, row)))
  }),
  addJob: Effect.fnUntraced(function* ({ payload }: { readonly payload: unknown }) {
    const row = yield* makeJob(yield* askedIn(read.job, payload))
    return one(jobRow(yield* known, row))
  }),
  job: Effect.fnUntraced(function* ({ params: { id } }: Named) {
    return one(jobRow(yield* known, yield* jobBy(id)))
  }),
  removeJob: Effect.fnUntraced(function* ({ params: { id } }: Named) {
    return yield* cancelled(yield* jobBy(id))
  })
})

const counted = <const Name extends string>(names: ReadonlyArray<Name>, found: ReadonlyArray<Name>) =>
  Object.fromEntries(names.map((name) => [name, found.filter((it) => it === name).length])) as Record<
    Name,
    number
  >

const stats = Effect.gen(function* () {
  const of = yield* known
  const { chats } = yield* ReadModels
  const rows = yield* allJobs
  const singles = rows.filter(isSingle).map((row) => scheduledRow(of, row).status)
  const states = rows.map((row) => jobRow(of, row).status)
  return one({
    contacts: (yield* allContacts).length,
    chats: everyRow((place) => chats.list(place)).length,
    scheduled: counted(["pending", "sent", "failed"], singles),
    jobs: counted(["pending", "running", "completed", "failed", "cancelled"], states)
  })
})

export const olderSchedulerApi = (read: ReadOlder) =>
  HttpApiBuilder.group(api, "olderScheduler", (handlers) =>
    handlers.handleAll({
      stats: () => stats,
      ...contactRoutes,
      ...scheduledRoutes(read),
      ...jobRoutes(read),
      chats: () =>
        Effect.map(ReadModels, ({ chats }) => many(everyRow((place) => chats.list(place)).map(chatRow))),
      chat: Effect.fnUntraced(function* ({ params: { id } }) {
        const { chats } = yield* ReadModels
        const chat = Option.getOrUndefined(Schema.decodeUnknownOption(ChatId)(id))
        const row = chat === undefined ? undefined : chats.get(chat)
        return row === undefined ? yield* missing(`There is no chat ${id}.`) : one(chatRow(row))
      })
    })
  )
