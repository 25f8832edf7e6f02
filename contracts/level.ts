/** How dangerous a link is held to be. */
import { Schema } from "effect"

export const Level = Schema.Literals(["benign", "suspicious", "malicious"])
export type Level = typeof Level.Type

const severity: Readonly<Record<Level, number>> = { benign: 0, suspicious: 1, malicious: 2 }

/** Orders levels from the least to the most dangerous. */
export const compareLevels = (a: Level, b: Level): number => severity[a] - severity[b]
