/** What `POST /scheduler/refresh` and `wadjet import scheduler` do. */
import { Effect, type Redacted } from "effect"
import { olderScheduler } from "../../schedule/import/older-tables.ts"
import { type OlderSource, readOlder } from "./source.ts"
import { takeOlder, type Taking } from "./take.ts"

export const refreshFrom = Effect.fn("refreshFrom")(function* (
  source: OlderSource,
  zone: string,
  taking: Taking
) {
  const rows = yield* readOlder(source)
  return yield* takeOlder(olderScheduler(rows, zone), taking)
})

/** What the settings say of the older scheduler. */
export interface Refreshing {
  readonly source: OlderSource
  readonly zone: string
  readonly secret: Redacted.Redacted | undefined
}

/** As a request asks for it: by whom is known from the secret alone. */
export const refreshOf = ({ secret, source, zone }: Refreshing) => ({
  secret,
  run: refreshFrom(source, zone, { dryRun: false, by: "scheduler" })
})
