/** Settings of the schedule: where an older scheduler keeps what it has, and who may ask for changes over NATS. */
import { isAbsolute } from "node:path"
import { DateTime, Option, Redacted } from "effect"
import { bucketOf, type BucketAddress } from "./backup-settings.ts"
import { setting } from "./setting.ts"

/** Where an older scheduler keeps what it has. */
export type OlderSchedulerPlace =
  | { readonly kind: "path"; readonly path: string }
  | ({ readonly kind: "s3" } & BucketAddress)

const parsePlace = (text: string): OlderSchedulerPlace | undefined => {
  if (isAbsolute(text)) return { kind: "path", path: text }
  const [address = "", query] = text.split("?")
  const options = new URLSearchParams(query)
  if ([...options.keys()].some((name) => name !== "region")) return undefined
  return bucketOf(address, options)
}

const parseKeys = (text: string) => {
  const [, accessKey, secret] = /^([^:\s]+):(\S+)$/.exec(text) ?? []
  return accessKey === undefined || secret === undefined
    ? undefined
    : { accessKey, secretKey: Redacted.make(secret) }
}

const parseZone = (text: string): string | undefined =>
  Option.isSome(DateTime.zoneMakeNamed(text)) ? text : undefined

/** Shorter ones can be tried out. */
const secretLengthMin = 16

const parseSecret = (text: string) => (text.length >= secretLengthMin ? Redacted.make(text) : undefined)

export const scheduleSettings = {
  olderScheduler: setting({
    name: "WADJET_OLDER_SCHEDULER",
    about:
      "Where the older scheduler keeps what it has: its SQLite file, a folder of its JSON objects, or the bucket that holds them. Whatever is different there becomes jobs and contacts here whenever `POST /scheduler/refresh` asks for it.",
    accepts: "/absolute/path or https://host/bucket/prefix?region=NAME",
    fallback: undefined,
    parse: parsePlace
  }),
  olderSchedulerKeys: setting({
    name: "WADJET_OLDER_SCHEDULER_KEYS",
    about:
      "The access key of that bucket, which needs to list and read; WADJET_OLDER_SCHEDULER_KEYS_FILE names a file that holds it.",
    accepts: "ACCESS-KEY:SECRET-KEY",
    fallback: undefined,
    secret: true,
    parse: parseKeys
  }),
  olderSchedulerSecret: setting({
    name: "WADJET_OLDER_SCHEDULER_SECRET",
    about:
      "What whoever asks for a refresh gives as X-API-Secret; WADJET_OLDER_SCHEDULER_SECRET_FILE names a file that holds it. Without it nobody may ask.",
    accepts: `a text of at least ${secretLengthMin} characters`,
    fallback: undefined,
    secret: true,
    parse: parseSecret
  }),
  olderSchedulerZone: setting({
    name: "WADJET_OLDER_SCHEDULER_ZONE",
    about: "The time zone of its times that are written without an offset.",
    accepts: "an IANA time zone, such as Europe/Berlin",
    fallback: "UTC",
    parse: parseZone
  }),
  natsScheduleUser: setting({
    name: "WADJET_NATS_SCHEDULE_USER",
    about:
      "A user of Wadjet's own nats-server who may ask for what has to do with jobs, and nothing else: for another system on this machine.",
    accepts: "a name of letters, digits, - and _, other than wadjet",
    fallback: undefined,
    parse: (text) => (/^[\w-]{1,60}$/.test(text) && text !== "wadjet" ? text : undefined)
  }),
  natsSchedulePassword: setting({
    name: "WADJET_NATS_SCHEDULE_PASSWORD",
    about: "Its password; WADJET_NATS_SCHEDULE_PASSWORD_FILE names a file that holds it.",
    accepts: `a text of at least ${secretLengthMin} characters`,
    fallback: undefined,
    secret: true,
    parse: parseSecret
  })
} as const
