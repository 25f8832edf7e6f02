import { createHash } from "node:crypto"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Redacted } from "effect"
import { openHashLists } from "../../../actors/scan/safe-browsing/lists/hash-lists.ts"
import { openWebsite, outsideAddress } from "../../infra/guarded-client/outside.ts"
import { makeSafeBrowsing } from "../scan/safe-browsing/loopback-safe-browsing.ts"
import { wadjet } from "./captured.ts"

const key = "secret-key"

/** What `wadjet doctor` says of the lists of threats in a data folder. */
const said = (dataFolder: string, settings: Readonly<Record<string, string>>) =>
  Effect.promise(async () => {
    const { out } = await wadjet(["doctor", "--json"], { WADJET_DATA: dataFolder, ...settings })
    const lines = out.split("\n").filter((line) => line !== "")
    return lines.map((line) => JSON.parse(line)).find(({ check }) => check === "threat lists")
  })

const open = Effect.gen(function* () {
  const service = makeSafeBrowsing()
  service.publish("se-4b", [createHash("sha256").update("bad.example.com/").digest()])
  service.publishEmpty()
  const web = yield* openWebsite(service.handle)
  const dataFolder = yield* Effect.acquireRelease(
    Effect.sync(() => mkdtempSync(join(tmpdir(), "wadjet-doctor-"))),
    (made) => Effect.sync(() => rmSync(made, { recursive: true }))
  )
  const folder = join(dataFolder, "safe-browsing")
  const base = `http://${outsideAddress}:${web.port}`
  const lists = openHashLists({ client: web.client, key: Redacted.make(key), base, folder }, true)
  return { dataFolder, folder, lists }
})

const withKey = { WADJET_SAFE_BROWSING_KEY: key }

describe("wadjet doctor", () => {
  it.live("says that Safe Browsing is not asked without a key, or is asked without lists", () =>
    Effect.gen(function* () {
      const { dataFolder } = yield* open
      expect(yield* said(dataFolder, {})).toMatchObject({
        level: "ok",
        found: "Safe Browsing is not asked: no WADJET_SAFE_BROWSING_KEY is set"
      })
      expect(yield* said(dataFolder, { ...withKey, WADJET_SAFE_BROWSING: "no-storage" })).toMatchObject({
        level: "ok",
        found: "Safe Browsing is asked about every link, without lists"
      })
    })
  )

  it.live("says how much the lists hold, and of when they are", () =>
    Effect.gen(function* () {
      const { dataFolder, lists } = yield* open
      yield* lists.refresh
      expect(yield* said(dataFolder, withKey)).toMatchObject({
        level: "ok",
        found: "Safe Browsing: 1 hash on 6 lists, the oldest of 0 minutes ago"
      })
      expect(yield* said(dataFolder, { ...withKey, WADJET_SAFE_BROWSING: "local-list" })).toMatchObject({
        level: "ok",
        found: "Safe Browsing: 1 hash on 5 lists, the oldest of 0 minutes ago"
      })
    })
  )

  it.live("says which lists are not there, or are damaged", () =>
    Effect.gen(function* () {
      const { dataFolder, folder, lists } = yield* open
      expect(yield* said(dataFolder, withKey)).toMatchObject({
        level: "warn",
        found: expect.stringContaining("se-4b was not fetched yet, mw-4b was not fetched yet")
      })
      yield* lists.refresh
      writeFileSync(join(folder, "mw-4b.list"), "")
      expect(yield* said(dataFolder, withKey)).toMatchObject({
        level: "warn",
        found: "Safe Browsing: mw-4b was not fetched yet",
        mend: expect.stringContaining("safebrowsing.googleapis.com")
      })
    })
  )
})
