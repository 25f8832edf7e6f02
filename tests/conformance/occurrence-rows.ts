/** Rows of other libraries' suites about when something happens: those that do not dispute a policy of ours. */

/** A rule without a zone. */
export interface LocalRow {
  readonly id: string
  readonly rule: string
  readonly dtstart: string
  readonly expected: ReadonlyArray<string>
  readonly limit: number
}

/** A rule in a zone. */
export interface ZonedRow {
  readonly id: string
  readonly rule: string
  readonly dtstart: string
  readonly limit: number
  readonly tz: string
  readonly expectedUtc: ReadonlyArray<string>
  readonly exdate?: ReadonlyArray<string>
  readonly rdate?: ReadonlyArray<string>
  readonly between?: readonly [string, string]
}

export interface CronRow {
  readonly id: string
  readonly kind: "next" | "matches" | "invalid"
  readonly spec: string
  readonly tz: string
  readonly from: string
  readonly next: ReadonlyArray<string>
  readonly at: string
  readonly expected: boolean
  readonly policy?: string
  readonly contested?: string
}

/** A local time once. */
export interface OnceRow {
  readonly id: string
  readonly tz: string
  readonly local: string
  readonly kind: "normal" | "gap" | "overlap"
  readonly compatible: string
}

/** What `wadjet batch occurrences` answers. */
export interface ShownOccurrences {
  readonly occurrences?: ReadonlyArray<{
    readonly local: string
    readonly utc: string
    readonly note?: string
  }>
  readonly error?: string
}

// robfig's cron leaves out a time that does not exist, and runs a daily job in both hours of one that comes twice.
const otherPolicies = ["robfig-0031", "robfig-0033", "robfig-0038"]

export const isDisputed = ({ contested, id, policy }: CronRow): boolean =>
  contested !== undefined || policy !== undefined || otherPolicies.includes(id)

// Zones whose rules were changed after these rows were made, where the tz database of today says something else.
const changed = /^(?:Africa\/Casablanca 2027|America\/Vancouver 2027|Europe\/Chisinau)/

export const hasChangedSince = ({ local, tz }: OnceRow): boolean => changed.test(`${tz} ${local}`)

const justBefore = (at: string): string => new Date(Date.parse(at) - 1000).toISOString().replace(".000", "")

/** What is asked of each row. */
export const askLocal = ({ dtstart, limit, rule }: LocalRow) => ({
  start: dtstart,
  zone: "UTC",
  rule,
  count: limit
})

export const askZoned = ({ between, dtstart, exdate = [], limit, rdate = [], rule, tz }: ZonedRow) => {
  const [from = null, until = null] = between ?? []
  return { start: dtstart, zone: tz, rule, exdate, rdate, from, until, count: limit }
}

export const askCron = ({ at, from, kind, next, spec, tz }: CronRow) =>
  kind === "matches"
    ? { zone: tz, rule: spec, from: justBefore(at), until: at }
    : { zone: tz, rule: spec, from, count: kind === "next" ? next.length : 1 }

export const askOnce = ({ local, tz }: OnceRow) => ({ start: local, zone: tz })

const utc = ({ error, occurrences }: ShownOccurrences) => occurrences?.map((it) => it.utc) ?? error

/** What is found, beside what the row expects. */
export const foundLocal = ({ error, occurrences }: ShownOccurrences, { expected }: LocalRow) => ({
  found: occurrences?.map(({ local }) => local) ?? error,
  expected
})

export const foundZoned = (shown: ShownOccurrences, { expectedUtc }: ZonedRow) => ({
  found: utc(shown),
  expected: expectedUtc
})

export const foundCron = (shown: ShownOccurrences, { at, expected, kind, next }: CronRow) =>
  kind === "invalid"
    ? { found: shown.error === undefined ? "understood" : "refused", expected: "refused" }
    : { found: utc(shown), expected: kind === "next" ? next : expected ? [at] : [] }

export const foundOnce = (shown: ShownOccurrences, { compatible, kind }: OnceRow) => ({
  found: { utc: utc(shown), isOdd: shown.occurrences?.[0]?.note !== undefined },
  expected: { utc: [compatible], isOdd: kind !== "normal" }
})
