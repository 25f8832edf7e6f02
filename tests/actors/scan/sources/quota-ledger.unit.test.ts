import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { askSource } from "../../../../actors/scan/sources/ask-source.ts"
import { openQuotaLedger, type Quota } from "../../../../actors/scan/sources/quota-ledger.ts"
import type { Source } from "../../../../actors/scan/sources/source.ts"
import { GuardedClient } from "../../../../infra/guarded-client/client.ts"
import { judgeUrl } from "../../../../infra/guarded-client/judge-url.ts"
import { openSqlite } from "../../../../infra/sqlite/open.ts"

const minute = 60_000
const day = 86_400_000
const noon = 20_000 * day + day / 2

const quotas: ReadonlyArray<Quota> = [
  { most: 4, per: "minute" },
  { most: 10, per: "day" }
]

const nobody = GuardedClient.of({
  ask: () => Effect.die(new Error("nobody is asked")),
  download: () => Effect.die(new Error("nobody is asked")),
  certificate: () => Effect.die(new Error("nobody is asked")),
  judge: judgeUrl
})

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

  it.live("waits for nobody's lock where nothing is counted", () =>
    Effect.gen(function* () {
      const path = join(yield* inFolder, "sources.db")
      const ledger = yield* openQuotaLedger(path)
      const other = yield* openSqlite(path, "derived")
      ledger.block("phishtank", noon + minute)
      other.exec("begin immediate")
      expect(ledger.spend("phishtank", [], noon)).toBe(noon + minute)
      expect(ledger.spend("urlhaus", [], noon)).toBeUndefined()
      other.exec("rollback")
    })
  )

  it.live("has what two who begin in one moment take in its file, before either asks", () =>
    Effect.gen(function* () {
      const path = join(yield* inFolder, "sources.db")
      const ledger = yield* openQuotaLedger(path)
      const other = yield* openSqlite(path, "derived")
      const counted = other.prepare<[], number>("select count(*) from spent").pluck()
      const seen: Array<number | undefined> = []
      const source: Source = {
        name: "vt",
        quotas: [{ most: 2, per: "day" }],
        ask: () =>
          Effect.sync(() => {
            seen.push(counted.get())
            return { evidence: [], validSeconds: 0 }
          })
      }
      const ask = askSource(source, nobody, ledger)
      const looks = ["a", "b", "c"].map((host) => ask(`https://${host}.example.com/`))
      const outlooks = yield* Effect.all(looks, { concurrency: "unbounded" })
      expect(outlooks.map(({ missing }) => missing.length)).toEqual([0, 0, 1])
      expect(seen).toEqual([1, 2])
    })
  )
})
