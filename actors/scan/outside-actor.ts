/** The scanner's second look: what the outside says of a link whose first result is in the log. */
import { Clock, Effect } from "effect"
import { type Found, ScanCompleted } from "../../contracts/scan.ts"
import { worker } from "../../infra/actor/worker.ts"
import { Keyring } from "../../infra/keyring/keyring.ts"
import { combined } from "./both-ends.ts"
import type { Evidence } from "./evidence.ts"
import type { Outside } from "./outside.ts"
import type { RecentScans } from "./recent-scans.ts"
import { resultOf } from "./result.ts"

/** Links looked at side by side: they wait for servers that answer slowly or not at all. */
const concurrency = 64

/**
 * Declares it. It has a place of its own in the log, so that slow servers keep no other link waiting for its first
 * result, and a link whose second look was cut short is looked at again.
 */
export const makeOutsideScan = (outside: Outside, recent: RecentScans) =>
  worker({
    name: "scan",
    durable: "scan-outside",
    listens: [ScanCompleted],
    publishes: [ScanCompleted],
    concurrency,
    handle: Effect.fnUntraced(function* (event, self) {
      const { awaits = [], chat, evidence, link, missing, sender } = event.data
      if (awaits.length === 0) return
      const found = (yield* Keyring).open<Found>(event.data.found)
      // Forgotten meanwhile: there is nothing left to look at.
      if (found === null) return
      const outlook = yield* outside.look(found.url)
      const own = evidence.map(({ kind, source }, at): Evidence => {
        const detail = found.details[at] ?? null
        return detail === null ? { source, kind } : { source, kind, detail }
      })
      const fact = resultOf(
        {
          link,
          url: found.url,
          ...(chat === undefined ? {} : { chat }),
          ...(sender === undefined ? {} : { sender }),
          evidence: combined(own, outlook),
          missing: [...missing.filter(({ source }) => !awaits.includes(source)), ...outlook.missing],
          revises: event.sequence,
          ...(outlook.hops === undefined ? {} : { hops: outlook.hops })
        },
        yield* Clock.currentTimeMillis
      )
      const { sequence } = yield* self.append(`outside:${link}`, fact)
      recent.remember(link, { sequence, validUntil: fact.data.validUntil, looked: true })
    })
  })
