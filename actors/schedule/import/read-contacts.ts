/** Contacts from files of other programs: the public face of this folder. Pure. */
import * as Result from "effect/Result"
import { csvContacts } from "./csv-contacts.ts"
import { type ContactImport, importedContacts } from "./imported.ts"
import { olderJsonContacts, olderSqliteContacts } from "./older-scheduler.ts"
import { isRegion } from "./phone.ts"
import { vCardContacts } from "./vcard-contacts.ts"

export type { ContactImport, LeftOut } from "./imported.ts"

/** What a file is: CSV, vCard, or the older scheduler's JSON or SQLite. */
export type ContactFormat = "csv" | "vcard" | "json" | "sqlite"

export interface ContactFile {
  readonly bytes: Uint8Array
  /** Told from the content where it is left out. */
  readonly format?: ContactFormat
  /** Whose numbers those are that are written without a country: two letters, `DE`. */
  readonly region?: string
}

/** An address book of a hundred thousand people is a third of it. */
export const importBytesMax = 32 * 1024 * 1024

/**
 * The contacts of a file, one for each number, and what was left out with the line and the reason. Fails with a
 * sentence when the file as a whole is none that can be read.
 *
 * @example readContacts({ bytes: Buffer.from("name,number\nAda,0170 0000000"), region: "DE" })
 */
export function readContacts({ bytes, format, region }: ContactFile): Result.Result<ContactImport, string> {
  if (bytes.length > importBytesMax) {
    return Result.fail(`expected a file of at most ${importBytesMax} bytes, found ${bytes.length}`)
  }
  if (region !== undefined && !isRegion(region)) {
    return Result.fail(`expected a region to be two letters such as DE, found "${region}"`)
  }
  const found = format ?? formatOf(bytes)
  if (found === "sqlite") {
    const { unreadable, written } = olderSqliteContacts(bytes)
    return Result.succeed(importedContacts(written, unreadable, region))
  }
  const { unreadable, written } = readers[found](textOf(bytes))
  return Result.succeed(importedContacts(written, unreadable, region))
}

const readers = { csv: csvContacts, vcard: vCardContacts, json: olderJsonContacts }

const startLength = 64

function formatOf(bytes: Uint8Array): ContactFormat {
  const start = textOf(bytes.subarray(0, startLength)).trimStart()
  if (start.startsWith("SQLite format 3\0")) return "sqlite"
  if (/^BEGIN:VCARD/i.test(start)) return "vcard"
  return /^[[{]/.test(start) ? "json" : "csv"
}

/** A text in UTF-8 or, by its mark, UTF-16; what is neither is in the encoding of older Windows. */
function textOf(bytes: Uint8Array): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder("utf-16le").decode(bytes)
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder("utf-16be").decode(bytes)
  const utf8 = Result.try(() => new TextDecoder("utf-8", { fatal: true }).decode(bytes))
  return Result.isSuccess(utf8) ? utf8.success : new TextDecoder("windows-1252").decode(bytes)
}
