/** Settings of backups. */
import { isAbsolute } from "node:path"
import { Redacted } from "effect"
import { setting } from "./setting.ts"

/** A bucket of S3-compatible storage, as it is written in the settings. */
export interface BucketAddress {
  readonly endpoint: string
  readonly bucket: string
  readonly prefix: string
  readonly region: string
}

/** A place as it is written in the settings; the keys of storage are in a setting of their own. */
export interface BackupPlace {
  readonly name: string
  /** Without secrets, for people. */
  readonly shown: string
  readonly everyMillis: number
  readonly where:
    | { readonly kind: "directory"; readonly path: string }
    | ({ readonly kind: "s3" } & BucketAddress)
}

/** With half a second between two segments, what happened a second ago is stored. */
const everySecondsByDefault = 0.5
const everySecondsMax = 3_600

const everyOf = (text: string | null): number | undefined => {
  const seconds =
    text === null ? everySecondsByDefault : /^\d{1,4}(?:\.\d{1,3})?$/.test(text) ? Number(text) : -1
  return seconds < 0 || seconds > everySecondsMax ? undefined : Math.round(seconds * 1_000)
}

/** The words behind a question mark that a place takes. */
const isKnown = (options: URLSearchParams, known: ReadonlyArray<string>) =>
  [...options.keys()].every((name) => known.includes(name))

const directoryOf = (text: string): BackupPlace["where"] | undefined =>
  isAbsolute(text) ? { kind: "directory", path: text } : undefined

export const bucketOf = (
  text: string,
  options: URLSearchParams
): ({ readonly kind: "s3" } & BucketAddress) | undefined => {
  const url = URL.parse(text)
  const [bucket = "", ...prefix] = decodeURIComponent(url?.pathname ?? "")
    .split("/")
    .filter((part) => part !== "")
  if (url === null || !/^https?:$/.test(url.protocol) || bucket === "" || url.username !== "")
    return undefined
  return {
    kind: "s3",
    endpoint: url.origin,
    bucket,
    prefix: prefix.map((part) => `${part}/`).join(""),
    region: options.get("region") ?? "us-east-1"
  }
}

const placeOf = (word: string): BackupPlace | undefined => {
  const [, name, address = "", query] = /^([a-z0-9][a-z0-9-]{0,39})=([^?]+)(?:\?(.*))?$/.exec(word) ?? []
  const options = new URLSearchParams(query)
  const isS3 = /^https?:/.test(address)
  const where = isS3 ? bucketOf(address, options) : directoryOf(address)
  const everyMillis = everyOf(options.get("every"))
  const known = isKnown(options, isS3 ? ["every", "region"] : ["every"])
  if (name === undefined || where === undefined || everyMillis === undefined || !known) return undefined
  return { name, shown: address, everyMillis, where }
}

const wordsOf = (text: string) => text.split(/[\s,]+/).filter((word) => word !== "")

/** All of the words, or nothing where one of them is none. */
const allOf = <T>(
  words: ReadonlyArray<string>,
  parse: (word: string) => T | undefined
): ReadonlyArray<T> | undefined => {
  const found = words.map(parse).filter((it) => it !== undefined)
  return found.length === words.length ? found : undefined
}

const parsePlaces = (text: string): ReadonlyArray<BackupPlace> | undefined => {
  const places = allOf(text === "none" ? [] : wordsOf(text), placeOf)
  return new Set(places?.map(({ name }) => name)).size === places?.length ? places : undefined
}

export interface StorageKeys {
  readonly accessKey: string
  readonly secretKey: Redacted.Redacted
}

/** What was written with escapes of URLs, or `undefined` where one of them is none. */
const unescaped = (text: string | undefined): string | undefined => {
  try {
    return text === undefined ? undefined : decodeURIComponent(text)
  } catch {
    return undefined
  }
}

const keysOf = (word: string): readonly [string, StorageKeys] | undefined => {
  const [, name, ...keys] = /^([a-z0-9][a-z0-9-]{0,39})=([^:\s]+):(\S+)$/.exec(word) ?? []
  const [accessKey, secret] = keys.map(unescaped)
  return name === undefined || accessKey === undefined || secret === undefined
    ? undefined
    : [name, { accessKey, secretKey: Redacted.make(secret) }]
}

const parseKeys = (text: string): ReadonlyMap<string, StorageKeys> | undefined => {
  const keys = allOf(wordsOf(text), keysOf)
  return keys === undefined ? undefined : new Map(keys)
}

/** How many points are kept of each kind, and in which zone hours, days, weeks and months are those of a calendar. */
export interface BackupKeep {
  readonly last?: number
  readonly hourly?: number
  readonly daily?: number
  readonly weekly?: number
  readonly monthly?: number
  readonly yearly?: number
  readonly zone: string
}

const keepKinds = ["last", "hourly", "daily", "weekly", "monthly", "yearly"] as const

const isZone = (name: string): boolean => {
  try {
    return Intl.DateTimeFormat(undefined, { timeZone: name }).format() !== ""
  } catch {
    return false
  }
}

/** One part of what is kept: `daily=7` or `zone=Europe/Vienna`. */
const keepOf = (word: string): Partial<BackupKeep> | undefined => {
  const [, name = "", value = ""] = /^([a-z]+)=(\S+)$/.exec(word) ?? []
  if (name === "zone") return isZone(value) ? { zone: value } : undefined
  const kind = keepKinds.find((it) => it === name)
  return kind === undefined || !/^\d{1,5}$/.test(value) ? undefined : { [kind]: Number(value) }
}

const parseKeep = (text: string): BackupKeep | undefined => {
  const parts = allOf(wordsOf(text), keepOf)
  if (parts === undefined) return undefined
  const keep: BackupKeep = Object.assign({ zone: "UTC" }, ...parts)
  // Of no rule at all nothing would ever go: that has to be said by a rule that keeps much.
  return keepKinds.some((kind) => (keep[kind] ?? 0) > 0) ? keep : undefined
}

const recipient = /^age1[02-9ac-hj-np-z]{50,2000}$/

export const backupSettings = {
  backupPlaces: setting({
    name: "WADJET_BACKUP",
    about:
      "Where the log is copied to, all the time, by names of your own: a folder (it must be there) or a bucket of S3-compatible storage. every=SECONDS is the shortest time between two copies, half a second by default: longer where requests cost money. region=NAME is that of the storage.",
    accepts:
      "name=/absolute/folder or name=https://host/bucket/prefix?region=NAME&every=SECONDS, apart by spaces, or none",
    fallback: "none",
    parse: parsePlaces
  }),
  backupKeys: setting({
    name: "WADJET_BACKUP_KEYS",
    about:
      "The access keys of these buckets; WADJET_BACKUP_KEYS_FILE names a file that holds them. Such a key needs to list, read, write and delete in its bucket.",
    accepts:
      "name=ACCESS-KEY:SECRET-KEY, apart by spaces; what a key holds of `:`, `,`, `%` and blanks is written as in a URL, %3A, %2C, %25 and %20",
    fallback: "",
    secret: true,
    parse: parseKeys
  }),
  backupRecipients: setting({
    name: "WADJET_BACKUP_RECIPIENTS",
    about:
      "Who can open the copies: the public halves of age identities (age-keygen makes them). Keep the private halves elsewhere: without one a copy is worth nothing.",
    accepts: "age1…, apart by spaces",
    fallback: "",
    parse: (text) => allOf(wordsOf(text), (word) => (recipient.test(word) ? word : undefined))
  }),
  backupKeep: setting({
    name: "WADJET_BACKUP_KEEP",
    about:
      "Which hourly points (copies of the read models and of what actors hold) are kept at each place: the newest of so many hours, days, weeks, months and years that have any, and the newest of all. zone= says whose calendar. The log itself is kept whole.",
    accepts:
      "last=N hourly=N daily=N weekly=N monthly=N yearly=N zone=IANA-NAME, some of them, apart by spaces",
    fallback: "hourly=24 daily=7 weekly=4 monthly=12 zone=UTC",
    parse: parseKeep
  }),
  backupPoints: setting({
    name: "WADJET_BACKUP_POINTS",
    about:
      "How the files of points are made small before they are encrypted: zst is faster and smaller; gz is for whoever wants to open them with age and gunzip alone. Both are opened, whichever is set.",
    accepts: "zst or gz",
    fallback: "zst",
    parse: (text) => (text === "zst" || text === "gz" ? text : undefined)
  }),
  backupIdentity: setting({
    name: "WADJET_BACKUP_IDENTITY",
    about:
      "The private half of an age identity, by which `wadjet verify` opens what it checks; WADJET_BACKUP_IDENTITY_FILE names a file that holds it. Without it copies are checked as they are, encrypted.",
    accepts: "AGE-SECRET-KEY-1…",
    fallback: undefined,
    secret: true,
    parse: (text) => (/^AGE-SECRET-KEY-1[02-9AC-HJ-NP-Z]{58}$/.test(text) ? Redacted.make(text) : undefined)
  })
} as const
