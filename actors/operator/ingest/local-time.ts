/** Times of day as a place's clocks showed them, without a zone, and the moments they stand for. Pure. */

/** The offset of a zone's clocks at a moment, in milliseconds to add to UTC. */
const offsetAt = (format: Intl.DateTimeFormat, epochMillis: number): number => {
  const parts = Object.fromEntries(
    format.formatToParts(epochMillis).map(({ type, value }) => [type, Number(value)])
  )
  const { day, hour, minute, month, second, year } = parts
  return Date.UTC(year!, month! - 1, day, hour, minute, second) - Math.floor(epochMillis / 1_000) * 1_000
}

/** Whether this machine knows a zone of the IANA time zone database. */
export const isZone = (zone: string): boolean => {
  try {
    Intl.DateTimeFormat("en", { timeZone: zone })
    return true
  } catch {
    return false
  }
}

/** The zone that this machine's clock is set to. */
export const systemZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone

/**
 * Makes a reader of local ISO 8601 date-times of one zone. What the clocks showed twice is read as the first
 * time; what they skipped as if they had not. Never before 1970.
 *
 * @example zonedReader("Europe/Berlin")("2024-03-01T21:05:00") // 1709323500000
 */
export const zonedReader = (zone: string): ((local: string) => number) => {
  const format = new Intl.DateTimeFormat("en-u-ca-gregory-nu-latn", {
    timeZone: zone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric"
  })
  // Offsets change at most every few months, and asking costs microseconds: one answer serves a day.
  const sure = new Map<string, number>()
  const offsetsAround = (date: string, noon: number) => {
    const before = offsetAt(format, noon - 86_400_000)
    const after = offsetAt(format, noon + 86_400_000)
    if (before === after) sure.set(date, before)
    return [before, after] as const
  }
  return (local) => {
    const naive = Date.parse(`${local}Z`)
    const date = local.slice(0, 10)
    const known = sure.get(date)
    if (known !== undefined) return Math.max(0, naive - known)
    const [before, after] = offsetsAround(date, Date.parse(`${date}T12:00:00Z`))
    const fitting = [before, after]
      .map((offset) => naive - offset)
      .filter((at) => at + offsetAt(format, at) === naive)
    return Math.max(0, fitting.length === 0 ? naive - before : Math.min(...fitting))
  }
}
