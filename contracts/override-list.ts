/**
 * Lists of overrides as files: CSV (RFC 4180) with a header, which says everything, and the hosts file that ad
 * blockers use, whose hosts are denied everywhere. Pure.
 */
import { Option, Schema } from "effect"
import { ChatId } from "./ids.ts"
import { OverrideEffect, OverrideMatch } from "./policy.ts"

export const overrideListFormats = ["csv", "hosts"] as const
export type OverrideListFormat = (typeof overrideListFormats)[number]

/** One override of a list. */
export interface ListedOverride {
  readonly match: OverrideMatch
  readonly pattern: string
  readonly effect: OverrideEffect
  /** Absent where it holds everywhere. */
  readonly chat?: ChatId
  /** Milliseconds since the epoch, to the second. */
  readonly expiresAt?: number
  readonly reason?: string
}

/** One override of a list, and the line that it began at. */
export interface ListedRow {
  readonly line: number
  readonly override: ListedOverride
}

/** A list as it was read: its overrides with the line of each, or the first line that is none. */
export type ReadList = { readonly rows: ReadonlyArray<ListedRow> } | { readonly problem: string }

const columns = ["match", "pattern", "effect", "chat", "expires", "reason"] as const
type Column = (typeof columns)[number]

interface CsvRecord {
  readonly line: number
  readonly fields: ReadonlyArray<string>
}

/** The records of a CSV text: fields may be quoted, and then hold commas, doubled quotes and line breaks. */
const recordsOf = (text: string): ReadonlyArray<CsvRecord> => {
  const records: Array<CsvRecord> = []
  let [line, began, field] = [1, 1, ""]
  let fields: Array<string> = []
  let isQuoted = false
  const endRecord = () => {
    if (fields.length > 0 || field !== "") records.push({ line: began, fields: [...fields, field] })
    fields = []
    field = ""
    began = line
  }
  for (let at = 0; at < text.length; at++) {
    const it = text[at]!
    if (it === "\n") line++
    if (isQuoted) {
      if (it !== '"') field += it
      else if (text[at + 1] === '"') field += text[++at]!
      else isQuoted = false
    } else if (it === '"' && field === "") isQuoted = true
    else if (it === ",") {
      fields.push(field)
      field = ""
    } else if (it === "\n") endRecord()
    else if (it !== "\r") field += it
  }
  endRecord()
  return records
}

const expected = (line: number, what: string, found: string) => ({
  problem: `line ${line}: expected ${what}, found ${JSON.stringify(found.slice(0, 60))}`
})

const isMatch = Schema.is(OverrideMatch)
const isEffect = Schema.is(OverrideEffect)
const chatOf = Schema.decodeUnknownOption(ChatId)

/** Reads `2026-01-31T22:00:00Z`, or a day, which begins at midnight UTC, as milliseconds since the epoch. */
export const readMoment = (text: string): number | undefined => {
  const millis = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d)?Z)?$/u.test(text) ? Date.parse(text) : Number.NaN
  return Number.isNaN(millis) ? undefined : millis
}

type ReadRow = { readonly override: ListedOverride } | { readonly problem: string }

const readRow = (line: number, of: (column: Column) => string): ReadRow => {
  const [match, pattern, effect, chat, expires] = [
    of("match"),
    of("pattern"),
    of("effect"),
    of("chat"),
    of("expires")
  ]
  if (!isMatch(match)) return expected(line, "url, host or domain as match", match)
  if (pattern === "") return expected(line, "a pattern", pattern)
  if (!isEffect(effect)) return expected(line, "allow or deny as effect", effect)
  const scope = chat === "" ? undefined : Option.getOrUndefined(chatOf(chat))
  if (chat !== "" && scope === undefined) return expected(line, "a chat's id, or nothing", chat)
  const expiresAt = expires === "" ? undefined : readMoment(expires)
  if (expires !== "" && expiresAt === undefined)
    return expected(line, "a moment such as 2026-01-31T22:00:00Z, or nothing", expires)
  return {
    override: {
      match,
      pattern,
      effect,
      ...(scope === undefined ? {} : { chat: scope }),
      ...(expiresAt === undefined ? {} : { expiresAt }),
      ...(of("reason") === "" ? {} : { reason: of("reason") })
    }
  }
}

interface LineRead {
  readonly line: number
  readonly read: ReadRow
}

const gathered = (rows: Iterable<LineRead>): ReadList => {
  const found: Array<ListedRow> = []
  for (const { line, read } of rows) {
    if ("problem" in read) return read
    found.push({ line, override: read.override })
  }
  return { rows: found }
}

const readCsv = (text: string): ReadList => {
  const [header, ...records] = recordsOf(text.replace(/^\uFEFF/u, ""))
  const names = (header?.fields ?? []).map((name) => name.trim().toLowerCase())
  const missing = (["match", "pattern", "effect"] as const).filter((name) => !names.includes(name))
  if (missing.length > 0)
    return expected(
      1,
      `the columns ${columns.join(", ")}, of which the last three may be missing`,
      names.join(",")
    )
  return gathered(
    records.map(({ fields, line }) => ({
      line,
      read: readRow(line, (column) => fields[names.indexOf(column)]?.trim() ?? "")
    }))
  )
}

/** Names that hosts files give to the machine itself. */
const ownNames = new Set([
  "localhost",
  "localhost.localdomain",
  "local",
  "broadcasthost",
  "ip6-localhost",
  "0.0.0.0"
])

const readHosts = (text: string): ReadList =>
  gathered(
    text.split(/\r?\n/u).flatMap((whole, index): ReadonlyArray<LineRead> => {
      const line = index + 1
      const [first, ...names] = whole.replace(/#.*$/u, "").trim().split(/\s+/u)
      if (first === undefined || first === "") return []
      const isAddress = /^[\d.]+$|:/u.test(first)
      // A list of bare names is common, too.
      const hosts = isAddress ? names : [first, ...names]
      if (isAddress && names.length === 0)
        return [{ line, read: expected(line, "an address and a host, or a host", whole) }]
      return hosts
        .filter((host) => !ownNames.has(host) && !host.startsWith("ip6-"))
        .map((host) => ({
          line,
          read: { override: { match: "host", pattern: host, effect: "deny" } } as const
        }))
    })
  )

/** Reads a list. Whether its patterns name anything is for the one who sets them to say. */
export const readOverrideList = (format: OverrideListFormat, text: string): ReadList =>
  format === "csv" ? readCsv(text) : readHosts(text)

const field = (text: string): string => (/[",\r\n]/u.test(text) ? `"${text.replaceAll('"', '""')}"` : text)

const csvLine = ({ chat, effect, expiresAt, match, pattern, reason }: ListedOverride): string =>
  [
    match,
    pattern,
    effect,
    chat ?? "",
    expiresAt === undefined ? "" : new Date(expiresAt).toISOString().replace(/\.\d{3}Z$/u, "Z"),
    reason ?? ""
  ]
    .map(field)
    .join(",")

/** A hosts file knows nothing but hosts that are denied everywhere: the others are left out. */
const hostsLine = ({ chat, effect, match, pattern }: ListedOverride): ReadonlyArray<string> =>
  effect === "deny" && match !== "url" && chat === undefined ? [`0.0.0.0 ${pattern}`] : []

/** Writes a list. */
export const writeOverrideList = (
  format: OverrideListFormat,
  overrides: ReadonlyArray<ListedOverride>
): string =>
  format === "csv"
    ? [columns.join(","), ...overrides.map(csvLine), ""].join("\r\n")
    : [...overrides.flatMap(hostsLine), ""].join("\n")
