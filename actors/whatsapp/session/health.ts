/**
 * How well an open connection works, from evidence. Pure: measurements and the time in, a judgement out.
 *
 * A server that answers pings and delivers nothing looks from here like an account to which nobody writes. So a
 * silence that is long for this very account is looked into by connecting anew: what the server hands over then
 * as having waited, though it was sent while the old socket was open, proves that one deaf. Where nothing waited, it
 * was only quiet, and twice as long a silence is borne the next time.
 */

/** How many of the latest gaps between deliveries make the rhythm of an account. */
const gapsKept = 256
/** With fewer gaps the rhythm is not known yet. */
const gapsNeeded = 16
/** A silence means something once it is so many times as long as the longest of the latest. */
const gapsFactor = 4
const minute = 60_000
const hour = 60 * minute
const patienceLeastMillis = 15 * minute
const patienceUnknownMillis = hour
const patienceMostMillis = 24 * hour
/** A server that takes messages says so in well under a second. */
const ackMillisMax = 30_000
/** How many of the latest attempts at decrypting are looked at, and how many there must be. */
const attemptsKept = 50
const attemptsNeeded = 10
const failingShare = 0.5
const mendedShare = 0.25

/** Kept over a restart: what this account is used to. */
export interface Rhythm {
  /** The latest gaps between deliveries, in milliseconds. */
  readonly gaps: ReadonlyArray<number>
  /** How often a silence was looked into in vain since something was last delivered. */
  readonly fruitless: number
}

export const noRhythm: Rhythm = { gaps: [], fruitless: 0 }

export interface Vitals {
  readonly rhythm: Rhythm
  /** When the socket opened, or something was delivered last: what a silence counts from. */
  readonly heardAt: number
  readonly lastInboundAt: number | undefined
  /** Sent and not acknowledged: when, by message id. */
  readonly unacknowledged: ReadonlyMap<string, number>
  /** Whether the latest attempts at decrypting went well. */
  readonly attempts: ReadonlyArray<boolean>
  readonly undecryptable: boolean
}

/** At the opening of a socket. */
export const freshVitals = (rhythm: Rhythm, now: number, before?: Vitals): Vitals => ({
  rhythm,
  heardAt: now,
  lastInboundAt: before?.lastInboundAt,
  unacknowledged: new Map(),
  attempts: before?.attempts ?? [],
  undecryptable: before?.undecryptable ?? false
})

/** Something was delivered, unasked: a message, a receipt, a notification, a call. */
export const delivered = (vitals: Vitals, now: number): Vitals => {
  const gap = Math.max(0, now - vitals.heardAt)
  const gaps = [...vitals.rhythm.gaps, gap].slice(-gapsKept)
  return { ...vitals, rhythm: { gaps, fruitless: 0 }, heardAt: now, lastInboundAt: now }
}

/** A silence was looked into, and it was only quiet. */
export const wasQuiet = (rhythm: Rhythm): Rhythm => ({ ...rhythm, fruitless: rhythm.fruitless + 1 })

export const decryptTried = (vitals: Vitals, opened: boolean): Vitals => {
  const attempts = [...vitals.attempts, opened].slice(-attemptsKept)
  const share = attempts.filter((it) => !it).length / attempts.length
  const failing = attempts.length >= attemptsNeeded && share >= failingShare
  return { ...vitals, attempts, undecryptable: failing || (vitals.undecryptable && share >= mendedShare) }
}

export const sent = (vitals: Vitals, id: string, now: number): Vitals => ({
  ...vitals,
  unacknowledged: new Map([...vitals.unacknowledged, [id, now]])
})

export const acknowledged = (vitals: Vitals, id: string): Vitals => {
  if (!vitals.unacknowledged.has(id)) return vitals
  const rest = new Map(vitals.unacknowledged)
  rest.delete(id)
  return { ...vitals, unacknowledged: rest }
}

/** How long a silence this account has to be used to before it is looked into, in milliseconds. */
export const patienceMillis = ({ fruitless, gaps }: Rhythm): number => {
  const usual =
    gaps.length < gapsNeeded
      ? patienceUnknownMillis
      : Math.max(patienceLeastMillis, gapsFactor * Math.max(...gaps))
  return Math.min(patienceMostMillis, usual * 2 ** Math.min(fruitless, 20))
}

/**
 * What the evidence says: `silent` and `unacknowledged` are looked into by connecting anew; `undecryptable` is
 * not mended by that, and is only reported.
 */
export type Judgement = "well" | "silent" | "unacknowledged" | "undecryptable"

export const judge = (vitals: Vitals, now: number): Judgement => {
  const oldest = Math.min(...vitals.unacknowledged.values())
  if (now - oldest > ackMillisMax) return "unacknowledged"
  if (now - vitals.heardAt > patienceMillis(vitals.rhythm)) return "silent"
  return vitals.undecryptable ? "undecryptable" : "well"
}

/** Clocks of server and client differ, and what is on its way at the end of a socket was not withheld. */
const onItsWayMillis = 20_000

/**
 * Whether a socket was deaf: of what the next one was handed over as having waited, something had been sent
 * while the old one was open and was long due on it. Times in milliseconds since the epoch.
 */
export const wasDeaf = (
  old: { readonly openedAt: number; readonly closedAt: number },
  waitedSince: ReadonlyArray<number>
): boolean => waitedSince.some((at) => at > old.openedAt && at < old.closedAt - onItsWayMillis)
