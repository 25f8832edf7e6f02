/** Copies of the log: whether there are any, when each place was last found to be good, and what its storage is like. */
import { existsSync } from "node:fs"
import { Clock, Effect } from "effect"
import { openSqliteReadOnly } from "../../../infra/sqlite/open.ts"
import { type BackupRow, backupsQuery } from "../../../projections/backups.ts"
import { locationIn } from "../../../projections/location.ts"
import { unverifiedMillis } from "../../backup/keep/due.ts"
import { openPlace, type PlaceAddress } from "../../backup/places/open-place.ts"
import { placesOf } from "../run-backup.ts"
import { check, type Check, fail, type Finding, ok, warn } from "./finding.ts"

/** Storage that answers later than this is of no use to whoever waits for a warning to be copied. */
const answerSeconds = 10
const hourMillis = 3_600_000

const verifyNow = "`wadjet backup verify` checks it now and says what is wrong."
const pointNow = "`wadjet backup point` makes one now, or says what keeps it."

const hoursOf = (millis: number): number => Math.floor(millis / hourMillis)

/** How long the log went on there, by what was said to be shipped, without a point being made. */
const pointless = ({ begunAt, newestPointAt, shippedAt }: BackupRow): number =>
  shippedAt === null ? 0 : shippedAt - (newestPointAt ?? begunAt ?? shippedAt)

/** Whether it is kept as it should be, and when it was last found to be good, by what the log says of it. */
const proven = (row: BackupRow | undefined, now: number): Finding => {
  const since = row?.goodAt ?? row?.begunAt ?? null
  const isLate = since !== null && now - since >= unverifiedMillis
  const hours = since === null ? 0 : hoursOf(now - since)
  if (row !== undefined && row.failing.length > 0)
    return fail(row.failing.join("; "), "It is tried again and again; mend what keeps it.")
  if (row !== undefined && pointless(row) >= unverifiedMillis)
    return fail(`no point was made for ${hoursOf(pointless(row))} h, while the log went on`, pointNow)
  if (row === undefined || row.goodAt === null)
    return isLate
      ? fail(`never found to be good, and ${hours} h have passed since copying began`, verifyNow)
      : warn("not yet found to be good", `It is checked soon after its first point. ${verifyNow}`)
  if (row.problems.length > 0) return fail(row.problems.join("; "), verifyNow)
  return isLate
    ? fail(`last found to be good ${hours} h ago`, verifyNow)
    : ok(`found to be good ${hours === 0 ? "within the last hour" : `${hours} h ago`}`)
}

/** What can be asked of the storage itself. */
const storage = Effect.fnUntraced(function* (address: PlaceAddress) {
  const place = yield* openPlace(address)
  yield* place.list("nothing-of-ours/")
  return {
    fenced: yield* place.fenced,
    versions: place.keepsVersions === undefined ? false : yield* place.keepsVersions
  }
}, Effect.scoped)

const cannotBeAsked = (message: string) =>
  fail(message, "What is not copied there stays in the log, and is copied once it answers.")

const storageOf = (address: PlaceAddress): Effect.Effect<Finding> =>
  storage(address).pipe(
    Effect.timeoutOrElse({
      duration: `${answerSeconds} seconds`,
      orElse: () => Effect.fail({ message: `no answer from ${address.shown} within ${answerSeconds} s` })
    }),
    Effect.map(({ fenced, versions }) => {
      if (versions === true)
        return warn(
          "it keeps older versions of what is replaced or deleted, so that nobody can be forgotten there for certain",
          "Use a bucket without versions, and delete the versions that this one holds."
        )
      if (!fenced)
        return warn(
          "it keeps no conditions, so that two installations that write there may not notice each other",
          "See that only this one writes there."
        )
      return ok("")
    }),
    Effect.catch(({ message }) => Effect.succeed(cannotBeAsked(message)))
  )

const weight = { ok: 0, warn: 1, fail: 2 } as const

/** What was found of all places, as one: as bad as the worst of them, and with its remedy. */
const together = (
  findings: ReadonlyArray<{ readonly place: string; readonly finding: Finding }>
): Finding => {
  const worst = findings.reduce((one, other) =>
    weight[other.finding.level] > weight[one.finding.level] ? other : one
  ).finding
  const told = findings.filter(({ finding }) => finding.found !== "")
  return { ...worst, found: told.map(({ finding, place }) => `${place}: ${finding.found}`).join("; ") }
}

const rowsIn = Effect.fnUntraced(function* (dataFolder: string) {
  const { database } = locationIn(dataFolder)
  if (!existsSync(database)) return []
  const db = yield* openSqliteReadOnly(database)
  return yield* Effect.sync(() => backupsQuery(db)())
}, Effect.scoped)

export const backups: Check = check(
  "backups",
  Effect.fnUntraced(function* ({ config, dataFolder }) {
    const places = yield* placesOf(config)
    if (places.length === 0)
      return warn(
        "the log is copied nowhere: what this disk loses is lost",
        "Set WADJET_BACKUP and WADJET_BACKUP_RECIPIENTS; docs/how-to/back-up.md says how."
      )
    const rows = yield* rowsIn(dataFolder)
    const now = yield* Clock.currentTimeMillis
    const findings = yield* Effect.forEach(
      places,
      (address) =>
        Effect.map(storageOf(address), (stored) => [
          {
            place: address.name,
            finding: proven(
              rows.find(({ place }) => place === address.name),
              now
            )
          },
          { place: address.name, finding: stored }
        ]),
      { concurrency: "unbounded" }
    )
    return together(findings.flat())
  }),
  "Correct WADJET_BACKUP and WADJET_BACKUP_KEYS; `wadjet config` says what they take."
)
