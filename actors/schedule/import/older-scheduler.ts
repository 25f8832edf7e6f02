import Database from "better-sqlite3"
import * as Result from "effect/Result"
import { listed } from "./csv-contacts.ts"
import type { LeftOut, WrittenContact } from "./imported.ts"
import { jsonStrings, parsedJson } from "./json-strings.ts"

type Written = {
  readonly written: ReadonlyArray<WrittenContact>
  readonly unreadable: ReadonlyArray<LeftOut>
}

/**
 * Contacts as the older scheduler keeps them: objects with `phone`, `name`, `aliases`, `tags`, `is_favorite`, the
 * lists as JSON arrays or as text that holds one, phones in digits with or without a plus. The lines are the
 * objects' numbers, from 1.
 */
export function olderContacts(rows: ReadonlyArray<unknown>): Written {
  const written: Array<WrittenContact> = []
  const unreadable: Array<LeftOut> = []
  for (const [index, row] of rows.entries()) {
    if (typeof row === "object" && row !== null) written.push(contactOf(index + 1, row))
    else
      unreadable.push({
        line: index + 1,
        reason: `expected an object with "phone" and "name", found ${JSON.stringify(row)}`
      })
  }
  return { written, unreadable }
}

/**
 * The contacts of the older scheduler's JSON: an array of them, one of them, or an object that holds the array as
 * `contacts` (a whole export) or `data` (an answer of its API).
 */
export function olderJsonContacts(text: string): Written {
  const parsed = parsedJson(text)
  const rows = rowsOf(parsed)
  if (rows !== undefined) return olderContacts(rows)
  const reason = 'expected JSON: an array of contacts, or an object that holds one as "contacts"'
  const found = parsed === undefined ? "a text that is not JSON" : `${JSON.stringify(parsed).slice(0, 60)}`
  return { written: [], unreadable: [{ line: 1, reason: `${reason}, found ${found}` }] }
}

function rowsOf(parsed: unknown): ReadonlyArray<unknown> | undefined {
  if (Array.isArray(parsed)) return parsed
  if (typeof parsed !== "object" || parsed === null) return undefined
  for (const key of ["contacts", "data"]) {
    const inside = valueOf(parsed, key)
    if (Array.isArray(inside)) return inside
    if (typeof inside === "object" && inside !== null) return Object.values(inside)
  }
  return valueOf(parsed, "phone") === undefined ? undefined : [parsed]
}

/** The contacts of the older scheduler's SQLite file, given as its bytes: the file itself is not touched. */
export function olderSqliteContacts(bytes: Uint8Array): Written {
  const read = Result.try(() => {
    const database = new Database(asRollbackJournal(bytes), { readonly: true })
    const rows: ReadonlyArray<unknown> = database.prepare("SELECT * FROM contacts").all()
    database.close()
    return rows
  })
  if (Result.isSuccess(read)) return olderContacts(read.success)
  const found = read.failure instanceof Error ? read.failure.message : String(read.failure)
  return {
    written: [],
    unreadable: [{ line: 1, reason: `expected a SQLite file with a table "contacts", found: ${found}` }]
  }
}

// A file in WAL mode says so in two bytes (https://www.sqlite.org/fileformat.html, 1.3), and would want a file
// beside it. What was not moved out of that one yet is not in these bytes either way.
function asRollbackJournal(bytes: Uint8Array): Buffer {
  const copy = Buffer.from(bytes)
  if (copy.length > 19) copy.fill(1, 18, 20)
  return copy
}

export const valueOf = (object: object, key: string): unknown =>
  Object.getOwnPropertyDescriptor(object, key)?.value

export const textOf = (value: unknown): string =>
  typeof value === "string"
    ? value
    : typeof value === "number" && Number.isSafeInteger(value)
      ? String(value)
      : ""

function listOf(value: unknown): ReadonlyArray<string> {
  if (Array.isArray(value)) return value.filter((item) => typeof item === "string")
  return typeof value === "string" ? (jsonStrings(value) ?? listed(value)) : []
}

export function contactOf(line: number, row: object): WrittenContact {
  const first = (...keys: ReadonlyArray<string>) =>
    keys.map((key) => textOf(valueOf(row, key))).find((text) => text !== "")
  const phone = first("phone", "phoneNumber", "to_phone", "number") ?? ""
  const favourite = valueOf(row, "is_favorite") ?? valueOf(row, "isFavorite") ?? valueOf(row, "favourite")
  return {
    line,
    name: first("name", "contact_name") ?? "",
    aliases: listOf(valueOf(row, "aliases")),
    // Its phones always begin with their country.
    numbers: phone === "" ? [] : [/^[1-9]\d+$/.test(phone) ? `+${phone}` : phone],
    tags: listOf(valueOf(row, "tags")),
    favourite: favourite === true || favourite === 1 || favourite === "1" || favourite === "true",
    notes: first("notes") ?? ""
  }
}
