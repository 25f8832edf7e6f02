/** What a process that will be killed is told, and where it copies its log to. */
import { Effect } from "effect"
import type { Copying } from "../../../actors/operator/run-backup.ts"
import { zoneOf } from "../../../actors/backup/retention/calendar.ts"
import { plainPacing } from "../../../actors/whatsapp/pacing/limits.ts"

export interface Life {
  readonly dataFolder: string
  readonly place: string
  readonly recipient: string
}

/** As a place is copied to where nothing is said of it. */
const everyMillis = 500

export const copyingTo = (path: string, recipient: string): Copying => ({
  places: [{ name: "disk", shown: path, everyMillis, kind: "directory", path }],
  recipients: [recipient],
  policy: { counts: { hourly: -1 }, within: {} },
  zone: zoneOf("UTC")!,
  verify: () => Effect.fail({ _tag: "NotHere", message: "nothing is checked here" })
})

/** Fast enough that pacing is never what is waited for. */
export const pacing = plainPacing({ overallPerMinute: 600_000, chatPerMinute: 600_000, burst: 1_000 })
