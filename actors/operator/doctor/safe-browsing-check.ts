/** Whether Safe Browsing is asked, and the state of its lists on this machine. */
import { join } from "node:path"
import { Clock, Effect } from "effect"
import { readListHead, readTimes } from "../../scan/safe-browsing/lists/list-file.ts"
import {
  likelySafeList,
  type ListName,
  threatLists as namesOfThreats
} from "../../scan/safe-browsing/lists/list-names.ts"
import { staleness } from "../../scan/safe-browsing/lists/list-state.ts"
import { counted } from "../words.ts"
import { check, type Check, ok, warn } from "./finding.ts"

const minuteMillis = 60_000

const listsAdvice =
  "They are fetched while Wadjet runs, if this machine reaches safebrowsing.googleapis.com and the key is accepted; its log says more."

const lists = Effect.fnUntraced(function* (folder: string, isRealTime: boolean) {
  const now = yield* Clock.currentTimeMillis
  const times = yield* Effect.promise(() => readTimes(folder))
  const names: ReadonlyArray<ListName> = isRealTime ? [...namesOfThreats, likelySafeList] : namesOfThreats
  const heads = yield* Effect.promise(() => Promise.all(names.map((name) => readListHead(folder, name))))
  const problems = names.flatMap((name, at) => {
    const why = staleness(times.get(name), heads[at] !== undefined, now)
    return why === undefined ? [] : [`${name} ${why}`]
  })
  if (problems.length > 0) return warn(`Safe Browsing: ${problems.join(", ")}`, listsAdvice)
  const hashes = heads.reduce((sum, head) => sum + (head?.size ?? 0), 0)
  const oldest = Math.min(...names.map((name) => times.get(name)?.checkedAt ?? 0))
  const minutes = Math.max(0, Math.round((now - oldest) / minuteMillis))
  return ok(
    `Safe Browsing: ${counted(hashes, "hash", "hashes")} on ${names.length} lists, the oldest of ${counted(minutes, "minute")} ago`
  )
})

export const threatLists: Check = check("threat lists", ({ config, dataFolder }) => {
  const { safeBrowsingKey, safeBrowsingMode } = config
  if (safeBrowsingKey === undefined)
    return Effect.succeed(ok("Safe Browsing is not asked: no WADJET_SAFE_BROWSING_KEY is set"))
  return safeBrowsingMode === "no-storage"
    ? Effect.succeed(ok("Safe Browsing is asked about every link, without lists"))
    : lists(join(dataFolder, "safe-browsing"), safeBrowsingMode === "real-time")
})
