/** What a figure was measured on. A figure without it means nothing. */
import { cpus, release, totalmem } from "node:os"
import Database from "better-sqlite3"

export const machineLines = (natsVersion: string): ReadonlyArray<string> => {
  const sqlite = String(new Database(":memory:").prepare("select sqlite_version()").pluck().get())
  return [
    `${cpus().length} x ${cpus()[0]?.model ?? "unknown"}, ${(totalmem() / 2 ** 30).toFixed(0)} GiB, Linux ${release()}`,
    `Node ${process.versions.node}, nats-server ${natsVersion}, SQLite ${sqlite}, every append synced`
  ]
}

/** The value below which a share of the samples lies. */
export const quantile = (samples: ReadonlyArray<number>, share: number): number => {
  const sorted = samples.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN
}

/** The median of several runs, and between which values they lie: `1.20 (1.10 to 1.40)`. */
export const spread = (runs: ReadonlyArray<number>, digits = 2): string => {
  const middle = quantile(runs, 0.5).toFixed(digits)
  return runs.length < 2
    ? middle
    : `${middle} (${Math.min(...runs).toFixed(digits)} to ${Math.max(...runs).toFixed(digits)})`
}
