import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Redacted } from "effect"
import type { AnyFact } from "../../../contracts/catalogue.ts"
import {
  BackupKeepingChanged,
  BackupPlaceChanged,
  BackupPointMade,
  BackupShipped,
  BackupVerified
} from "../../../contracts/backup.ts"
import { locationIn } from "../../../projections/location.ts"
import { type LoopbackS3Options, startLoopbackS3 } from "../../loopback-s3/server.ts"
import { given } from "../../projections/given.ts"
import { wadjet } from "./captured.ts"

const hour = 3_600_000
const here = { place: "disk", generation: "0123456789ab" }
const begun = (hoursAgo: number) =>
  BackupPlaceChanged({ place: "disk", state: "shipping", at: Date.now() - hoursAgo * hour })
const shipped = (hoursAgo: number) =>
  BackupShipped({
    ...here,
    upTo: 9,
    segment: 9,
    segments: 1,
    bytes: 900,
    at: Date.now() - hoursAgo * hour
  })
const pointMade = (hoursAgo: number) =>
  BackupPointMade({ ...here, at: Date.now() - hoursAgo * hour, sequence: 5, files: 7, bytes: 4_000 })
const verified = (hoursAgo: number, problems: ReadonlyArray<string> = []) =>
  BackupVerified({
    ...here,
    at: Date.now() - hoursAgo * hour,
    upTo: 7,
    opened: true,
    points: [],
    problems,
    seconds: 1.5
  })

/** A data folder whose read models stand for facts, and an empty folder for copies in it. */
const open = (...facts: ReadonlyArray<AnyFact>) =>
  Effect.acquireRelease(
    Effect.sync(() => {
      const dataFolder = mkdtempSync(join(tmpdir(), "wadjet-doctor-"))
      const { database } = locationIn(dataFolder)
      mkdirSync(dirname(database), { recursive: true })
      writeFileSync(database, given(...facts).db.serialize())
      mkdirSync(join(dataFolder, "copies"))
      return { dataFolder, disk: `disk=${join(dataFolder, "copies")}` }
    }),
    ({ dataFolder }) => Effect.sync(() => rmSync(dataFolder, { recursive: true }))
  )

/** What `wadjet doctor` says of backups. */
const said = (dataFolder: string, settings: Readonly<Record<string, string>>) =>
  Effect.promise(async () => {
    const { out } = await wadjet(["doctor", "--json"], { WADJET_DATA: dataFolder, ...settings })
    const lines = out.split("\n").filter((line) => line !== "")
    return lines.map((line) => JSON.parse(line)).find(({ check }) => check === "backups")
  })

const saidOf = (...facts: ReadonlyArray<AnyFact>) =>
  Effect.flatMap(open(...facts), ({ dataFolder, disk }) => said(dataFolder, { WADJET_BACKUP: disk }))

describe("wadjet doctor, of backups", () => {
  it.live("warns where nothing is copied anywhere, and where nothing was found to be good yet", () =>
    Effect.gen(function* () {
      const { dataFolder } = yield* open()
      expect(yield* said(dataFolder, {})).toMatchObject({
        level: "warn",
        found: "the log is copied nowhere: what this disk loses is lost"
      })
      expect(yield* saidOf()).toMatchObject({ level: "warn", found: "disk: not yet found to be good" })
      expect(yield* saidOf(begun(25), pointMade(3), pointMade(0))).toMatchObject({
        level: "warn",
        found: "disk: not yet found to be good"
      })
    })
  )

  it.live("fails where no point was made though the log went on, and where a step of keeping it fails", () =>
    Effect.gen(function* () {
      expect(yield* saidOf(begun(27), shipped(27))).toMatchObject({
        level: "fail",
        found: "disk: never found to be good, and 27 h have passed since copying began"
      })
      expect(yield* saidOf(begun(27), shipped(0), verified(1))).toMatchObject({
        level: "fail",
        found: "disk: no point was made for 27 h, while the log went on",
        mend: expect.stringContaining("wadjet backup point")
      })
      // Where nothing happened there is nothing to make one of.
      expect(yield* saidOf(begun(90), shipped(89), pointMade(88), verified(1))).toMatchObject({ level: "ok" })
      const failing = BackupKeepingChanged({
        ...here,
        at: Date.now(),
        step: "point",
        state: "failing",
        reason: "no room"
      })
      const facts = [begun(3), pointMade(2), verified(1), failing]
      expect(yield* saidOf(...facts)).toMatchObject({ level: "fail", found: "disk: making a point: no room" })
      const works = BackupKeepingChanged({ ...here, at: Date.now(), step: "point", state: "working" })
      expect(yield* saidOf(...facts, works)).toMatchObject({ level: "ok" })
    })
  )

  it.live("is content with a place that was found to be good since, and with no other", () =>
    Effect.gen(function* () {
      expect(yield* saidOf(pointMade(30), verified(25))).toEqual({
        check: "backups",
        level: "ok",
        found: "disk: found to be good 25 h ago"
      })
      expect(yield* saidOf(pointMade(30), verified(26))).toMatchObject({
        level: "fail",
        found: "disk: last found to be good 26 h ago",
        mend: expect.stringContaining("wadjet backup verify")
      })
      // Points that are made every hour prove nothing.
      expect(yield* saidOf(pointMade(27), pointMade(1), pointMade(0))).toMatchObject({
        level: "fail",
        found: "disk: never found to be good, and 27 h have passed since copying began"
      })
      expect(yield* saidOf(pointMade(30), verified(2), verified(1, ["keyring: gone"]))).toMatchObject({
        level: "fail",
        found: "disk: keyring: gone"
      })
    })
  )

  it.live("says of storage that it keeps versions or no conditions, or that it cannot be asked", () =>
    Effect.gen(function* () {
      const { dataFolder } = yield* open(pointMade(2), verified(1))
      const of = (options: LoopbackS3Options, secret?: string) =>
        Effect.gen(function* () {
          const { address } = yield* startLoopbackS3(options)
          return yield* said(dataFolder, {
            WADJET_BACKUP: `disk=${address.endpoint}/${address.bucket}/wadjet`,
            WADJET_BACKUP_KEYS: `disk=${address.accessKey}:${secret ?? Redacted.value(address.secretKey)}`
          })
        })
      expect(yield* of({})).toMatchObject({ level: "ok", found: "disk: found to be good 1 h ago" })
      expect(yield* of({ versions: true })).toMatchObject({
        level: "warn",
        found: expect.stringContaining("older versions")
      })
      expect(yield* of({ conditional: false })).toMatchObject({
        level: "warn",
        found: expect.stringContaining("no conditions")
      })
      expect(yield* of({}, "another")).toMatchObject({
        level: "fail",
        found: expect.stringContaining("status 403")
      })
      expect(yield* said(dataFolder, { WADJET_BACKUP: `disk=${join(dataFolder, "away")}` })).toMatchObject({
        level: "fail",
        found: expect.stringContaining("is the disk mounted?")
      })
    })
  )
})
