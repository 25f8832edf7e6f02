/** How far something is, in one line. Pure. */

const barWidth = 24

/** `[████████        ]  33 %  1,650 of 5,000 messages` */
export const progressBar = (done: number, total: number, what: string): string => {
  const share = total === 0 ? 1 : Math.min(1, done / total)
  const full = Math.floor(share * barWidth)
  const bar = "█".repeat(full).padEnd(barWidth)
  return `[${bar}] ${`${Math.floor(share * 100)}`.padStart(3)} %  ${done.toLocaleString("en")} of ${total.toLocaleString("en")} ${what}`
}

/** Seconds as a person says them: `4 s`, `3 min 20 s`, `2 h 5 min`. */
export const duration = (seconds: number): string => {
  const whole = Math.max(0, Math.round(seconds))
  if (whole < 60) return `${whole} s`
  if (whole < 3_600) return `${Math.floor(whole / 60)} min ${whole % 60} s`
  return `${Math.floor(whole / 3_600)} h ${Math.floor((whole % 3_600) / 60)} min`
}
