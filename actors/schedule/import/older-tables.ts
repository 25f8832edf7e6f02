/** Everything that the older scheduler keeps, from its SQLite file or its JSON objects. Pure but for reading rows. */
import type Database from "better-sqlite3"
import * as Result from "effect/Result"
import type { ContactCard } from "../../../contracts/contact.ts"
import type { OriginKind } from "../../../contracts/job-origin.ts"
import { importedContacts, type WrittenContact } from "./imported.ts"
import { parsedJson } from "./json-strings.ts"
import { type OlderEnd, olderJob, olderMessage, type OlderPlan, type OlderRow } from "./older-plans.ts"
import { contactOf, valueOf } from "./older-scheduler.ts"

export type { OlderPlan } from "./older-plans.ts"

/** Something that was not taken: where it is, and why. */
export interface OlderLeft {
  readonly where: string
  readonly reason: string
}

export interface OlderScheduler {
  readonly contacts: ReadonlyArray<ContactCard>
  /** How many were made one with an earlier one, whose number they have. */
  readonly merged: number
  readonly plans: ReadonlyArray<OlderPlan>
  readonly ends: ReadonlyArray<OlderEnd>
  readonly left: ReadonlyArray<OlderLeft>
  /** Whether every row could be told from others: what is not among them is not there. */
  readonly isWhole: boolean
  /** The kinds of plans that nothing is said of: there is no table, list or object of them, not even an empty one. */
  readonly absent: ReadonlyArray<OriginKind>
}

const kinds = ["contacts", "scheduled_messages", "jobs"] as const
type Kind = (typeof kinds)[number]

/** Where each kind of plan is kept. */
const keptIn: Readonly<Record<OriginKind, Kind>> = { message: "scheduled_messages", job: "jobs" }
const planKinds = ["message", "job"] as const

/** Rows of one table or object, of a kind that is known or has to be told from each of them. */
export interface OlderRows {
  readonly where: string
  readonly kind: Kind | undefined
  readonly rows: ReadonlyArray<unknown>
}

const isObject = (value: unknown): value is object =>
  typeof value === "object" && value !== null && !Array.isArray(value)

const has = (row: object, ...keys: ReadonlyArray<string>) => keys.some((key) => Object.hasOwn(row, key))

const kindOf = (row: object): Kind | undefined => {
  if (has(row, "message_parts", "messageParts")) return "jobs"
  if (has(row, "scheduled_at", "scheduledAt")) return "scheduled_messages"
  return has(row, "phone", "phoneNumber") ? "contacts" : undefined
}

const listIn = (value: unknown): ReadonlyArray<unknown> | undefined => {
  if (Array.isArray(value)) return value
  return isObject(value) ? Object.values(value) : undefined
}

const tables: Readonly<Record<string, Kind>> = {
  contacts: "contacts",
  scheduled_messages: "scheduled_messages",
  scheduledMessages: "scheduled_messages",
  scheduled: "scheduled_messages",
  jobs: "jobs"
}

/** The rows in one JSON text: an array, an export with a list for each table, an answer with `data`, or one row. */
export const rowsInJson = (where: string, text: string): ReadonlyArray<OlderRows> => {
  const parsed = parsedJson(text)
  if (Array.isArray(parsed)) return [{ where, kind: undefined, rows: parsed }]
  if (!isObject(parsed)) return [{ where, kind: undefined, rows: [parsed ?? "a text that is not JSON"] }]
  if (kindOf(parsed) !== undefined) return [{ where, kind: undefined, rows: [parsed] }]
  const data = listIn(valueOf(parsed, "data"))
  if (data !== undefined) return [{ where, kind: undefined, rows: data }]
  const found = Object.entries(tables).flatMap(([name, kind]) => {
    const rows = listIn(valueOf(parsed, name))
    return rows === undefined ? [] : [{ where: `${where} ${name}`, kind, rows }]
  })
  return found.length > 0 ? found : [{ where, kind: undefined, rows: [parsed] }]
}

/** The rows of the three tables, as far as the file has them. */
export const rowsInSqlite = (where: string, db: Database.Database): ReadonlyArray<OlderRows> =>
  kinds.flatMap((kind) => {
    const isThere = db.prepare("select 1 from sqlite_master where type = 'table' and name = ?").get(kind)
    return isThere === undefined
      ? []
      : [{ where: `${where} ${kind}`, kind, rows: db.prepare(`select * from ${kind}`).all() }]
  })

const expected = "expected a contact, a scheduled message or a job"

/** Every row is taken, made one with another, or left with the reason. */
export const olderScheduler = (all: ReadonlyArray<OlderRows>, zone: string): OlderScheduler => {
  const left: Array<OlderLeft> = []
  const written: Array<WrittenContact> = []
  const places: Array<string> = []
  const found = new Map<string, OlderRow>()
  const said = new Set<Kind>()
  let isWhole = true
  const cannotTell = (where: string, reason: string) => {
    isWhole = false
    left.push({ where, reason })
  }
  const take = (where: string, read: Result.Result<OlderRow, string>) => {
    if (Result.isFailure(read)) return cannotTell(where, read.failure)
    const { name } = read.success.is === "plan" ? read.success.plan : read.success.end
    if (found.has(name)) left.push({ where, reason: `expected one ${name}, found another before it` })
    else found.set(name, read.success)
  }
  for (const { kind: known, rows, where: place } of all) {
    if (known !== undefined) said.add(known)
    for (const [index, row] of rows.entries()) {
      const where = `${place}, ${index + 1}`
      const kind = isObject(row) ? (known ?? kindOf(row)) : undefined
      if (kind !== undefined) said.add(kind)
      if (!isObject(row) || kind === undefined)
        cannotTell(where, `${expected}, found ${(JSON.stringify(row) ?? "none").slice(0, 80)}`)
      else if (kind === "contacts") {
        places.push(where)
        written.push(contactOf(places.length, row))
      } else take(where, kind === "jobs" ? olderJob(row, zone) : olderMessage(row, zone))
    }
  }
  const { contacts, left: leftContacts, merged } = importedContacts(written, [], undefined)
  for (const { line, reason } of leftContacts) left.push({ where: places[line - 1] ?? "", reason })
  const rows = [...found.values()]
  return {
    contacts,
    merged,
    plans: rows.flatMap((row) => (row.is === "plan" ? [row.plan] : [])),
    ends: rows.flatMap((row) => (row.is === "end" ? [row.end] : [])),
    left,
    isWhole,
    absent: planKinds.filter((kind) => !said.has(keptIn[kind]))
  }
}
