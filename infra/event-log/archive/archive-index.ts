/**
 * What is known of the earlier part of a log that is in files: which files, what lies in each, and where every
 * boundary ended by then. It is one small file beside the stream, which names its digest, so that neither the index
 * nor any file of it can be exchanged unseen. The same events give the same index: it can be made again from them.
 */
import { createHash } from "node:crypto"
import { Schema } from "effect"

/** One file is read and opened at a time: some milliseconds, and some megabytes of memory. */
export const fileEventsMax = 4_096
export const fileBytesMax = 4 * 1024 * 1024

/** Consecutive events in one file, which is named by them and by the SHA-256 of their bytes before they were compressed. */
export const ArchivedFile = Schema.Struct({
  first: Schema.Int,
  last: Schema.Int,
  sha256: Schema.String,
  bytes: Schema.Int,
  /** The kinds of events in it, `<context>.<event>`: who wants others passes over it. */
  events: Schema.Array(Schema.String)
})
export type ArchivedFile = typeof ArchivedFile.Type

export const ArchiveIndex = Schema.Struct({
  version: Schema.Literal(1),
  /** The last event that is in files. */
  upTo: Schema.Int,
  files: Schema.Array(ArchivedFile),
  /** The last event of each boundary by then, by its subject filter. */
  heads: Schema.Record(Schema.String, Schema.Int)
})
export type ArchiveIndex = typeof ArchiveIndex.Type

/** A log of which nothing is in files. */
export const nothingArchived: ArchiveIndex = { version: 1, upTo: 0, files: [], heads: {} }

export const sha256 = (bytes: Uint8Array | string): string => createHash("sha256").update(bytes).digest("hex")

/** Enough digits for a thousand years of a thousand events a second; padded, so that names sort as sequences do. */
const digits = 14

const padded = (sequence: number): string => String(sequence).padStart(digits, "0")

/** `00000000000001-00000000004096-<digest>.zst` */
export const nameOf = ({ first, last, sha256: digest }: Pick<ArchivedFile, "first" | "last" | "sha256">) =>
  `${padded(first)}-${padded(last)}-${digest}.zst`

const namePattern = /^(\d{14})-(\d{14})-([0-9a-f]{64})\.zst$/u

/** What the name of a file says, where it is one of an archive. */
export const parseName = (name: string): Pick<ArchivedFile, "first" | "last" | "sha256"> | undefined => {
  const [, first, last, digest] = namePattern.exec(name) ?? []
  return first === undefined || last === undefined || digest === undefined
    ? undefined
    : { first: Number(first), last: Number(last), sha256: digest }
}

const sorted = <V>(record: Readonly<Record<string, V>>): Readonly<Record<string, V>> =>
  Object.fromEntries(Object.entries(record).toSorted(([one], [other]) => (one < other ? -1 : 1)))

/** An index as it is written: the same text for the same events. */
export const encodeIndex = ({ files, heads, upTo, version }: ArchiveIndex): string =>
  JSON.stringify({
    version,
    upTo,
    files: files.map(({ bytes, events, first, last, sha256: digest }) => ({
      first,
      last,
      sha256: digest,
      bytes,
      events: events.toSorted()
    })),
    heads: sorted(heads)
  })

const decode = Schema.decodeUnknownOption(Schema.fromJsonString(ArchiveIndex))

/** The index of a text that has a digest; `undefined` where it has another one, or is none. */
export const decodeIndex = (text: string, digest: string): ArchiveIndex | undefined => {
  if (sha256(text) !== digest) return undefined
  const found = decode(text)
  return found._tag === "Some" ? found.value : undefined
}

export interface Noted {
  /** `<context>.<event>`, empty for what is no event of ours. */
  readonly event: string
  /** The subject filter of its boundary. */
  readonly boundary: string | undefined
}

/** What an index notes of an event, by its subject: of contexts, too, that only a later version knows. */
export const notedOf = (subject: string): Noted => {
  const [root, account, context, boundary, event, rest] = subject.split(".")
  return root !== "evt" || event === undefined || rest !== undefined
    ? { event: "", boundary: undefined }
    : { event: `${context}.${event}`, boundary: `evt.${account}.${context}.${boundary}.>` }
}
