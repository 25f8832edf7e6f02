import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { openQuotaLedger, type Quota } from "../../../../actors/scan/sources/quota-ledger.ts"

const minute = 60_000
const day = 86_400_000
const noon = 20_000 * day + day / 2

const quotas: ReadonlyArray<Quota> = [
  { most: 4, per: "minute" },
  { most: 10, per: "day" }
]

const inFolder = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "wadjet-quota-"))),
  (folder) => Effect.sync(() => rmSync(folder, { recursive: true }))
)

describe("the quota ledger", () => {
  it.live("gives as many as a minute allows, and says when there is one again", () =>
    Effect.gen(function* () {
      const ledger = yield* openQuotaLedger(join(yield* inFolder, "sources.db"))
      for (let turn = 0; turn < 4; turn++) expect(ledger.spend("vt", quotas, noon + turn)).toBeUndefined()
      expect(ledger.spend("vt", quotas, noon + 1_000)).toBe(noon + minute)
      expect(ledger.spend("vt", quotas, noon + minute - 1)).toBe(noon + minute)
      expect(ledger.spend("vt", quotas, noon + minute)).toBeUndefined()
      // Any minute, not one by the clock.
      expect(ledger.spend("vt", quotas, noon + minute)).toBe(noon + 1 + minute)
      expect(ledger.spend("other", quotas, noon)).toBeUndefined()
    })
  )

  it.live("gives as many as a day allows, until the next one begins", () =>
    Effect.gen(function* () {
      const ledger = yield* openQuotaLedger(join(yield* inFolder, "sources.db"))
      for (let turn = 0; turn < 10; turn++)
        expect(ledger.spend("vt", quotas, noon + turn * minute)).toBeUndefined()
      expect(ledger.spend("vt", quotas, noon + 20 * minute)).toBe(noon + day / 2)
      expect(ledger.spend("vt", quotas, noon + day / 2)).toBeUndefined()
    })
  )

  it.live("forgets nothing over a restart", () =>
    Effect.gen(function* () {
      const path = join(yield* inFolder, "sources.db")
      yield* Effect.scoped(
        Effect.map(openQuotaLedger(path), (ledger) => {
          for (let turn = 0; turn < 4; turn++) ledger.spend("vt", quotas, noon)
          ledger.block("phishtank", noon + minute)
        })
      )
      const ledger = yield* openQuotaLedger(path)
      expect(ledger.spend("vt", quotas, noon + 1)).toBe(noon + minute)
      expect(ledger.spend("phishtank", [], noon + 1)).toBe(noon + minute)
      expect(ledger.spend("phishtank", [], noon + minute)).toBeUndefined()
    })
  )

  it.live("is shared by those that have it open", () =>
    Effect.gen(function* () {
      const path = join(yield* inFolder, "sources.db")
      const [one, other] = [yield* openQuotaLedger(path), yield* openQuotaLedger(path)]
      for (const ledger of [one, other, one, other]) expect(ledger.spend("vt", quotas, noon)).toBeUndefined()
      expect(other.spend("vt", quotas, noon)).toBe(noon + minute)
    })
  )
})
