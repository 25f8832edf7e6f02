/** `wadjet quality`: how well links were judged, by what lists and services said of them later. */
import { existsSync } from "node:fs"
import { resolve } from "node:path"
import { Effect } from "effect"
import { openSqliteReadOnly } from "../../infra/sqlite/open.ts"
import { locationIn } from "../../projections/location.ts"
import { type Quality, qualityQuery, type Seconds } from "../../projections/quality.ts"
import { Host } from "./host.ts"
import { Output } from "./output.ts"
import { counted, percent } from "./words.ts"

const seconds = (value: number | null): string =>
  value === null ? "–" : `${value.toFixed(value < 10 ? 2 : 0)} s`

const timeLine = (about: string, { count, p50, p95 }: Seconds): string =>
  count === 0
    ? `  ${about}: none yet`
    : `  ${about}: half within ${seconds(p50)}, nineteen of twenty within ${seconds(p95)} (${counted(count, "warning")})`

/** The report in lines. */
export const qualityLines = (found: Quality): ReadonlyArray<string> => {
  const { flaggedBefore, listedLater, recall } = found
  return [
    "Links that a list or a service had only after their first look:",
    recall === null
      ? "  none yet: nothing to grade by"
      : `  ${counted(listedLater, "link")}, of which ${percentOf(recall)} were flagged before: ${flaggedBefore.malicious} as malicious, ${flaggedBefore.suspicious} as suspicious`,
    "Chats were warned:",
    timeLine("after the message", found.fromMessage),
    timeLine("after the message, where the link was listed later", found.fromMessageListedLater),
    timeLine("after the list with the link was fetched", found.fromList)
  ]
}

/** A count of few links may well be all of them. */
const percentOf = (part: number): string => (part === 0 || part === 1 ? `${part * 100} %` : percent(part))

/** Prints it; it is read from the read models, whether the system runs or not. */
export const showQuality = Effect.fn("showQuality")(function* ({ json }: { readonly json: boolean }) {
  const config = yield* Host.config
  const output = yield* Output
  const { database } = locationIn(resolve(config.dataFolder))
  if (!existsSync(database))
    return yield* output.note("There are no read models yet: Wadjet has not run here.")
  const db = yield* openSqliteReadOnly(database)
  const found = qualityQuery(db)()
  if (json) return yield* output.json(found)
  return yield* Effect.forEach(qualityLines(found), output.line, { discard: true })
}, Effect.scoped)
