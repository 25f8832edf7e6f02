/**
 * Telling the operator. What was told is kept with its place in the log: nothing is left out, and nothing is told
 * twice but what a stop or a crash cut off. One process does it for an account.
 */
import { Effect, Schedule, type Scope, Stream } from "effect"
import { type DamagedLog, EventLog, type LogUnavailable } from "../../../infra/event-log/event-log.ts"
import { Leases, type LeaseLost } from "../../../infra/leases/leases.ts"
import type { Migration } from "../../../infra/sqlite/migrate.ts"
import { openVersioned } from "../../../infra/sqlite/open-versioned.ts"
import type { SqliteUnavailable } from "../../../infra/sqlite/open.ts"
import { type Active, activeAfter, type Alert, alertsAfter, type SessionEvent } from "./alert.ts"
import { type BackupEvent, backupAlertsAfter } from "./backup-alert.ts"
import { projectionAlertsAfter, type ProjectionEvent } from "./projection-alert.ts"
import type { Way } from "./ways.ts"

/** The first files were made before there were steps: they have the same table, and so do the versions that made them. */
export const alertMigrations: ReadonlyArray<Migration> = [
  {
    name: "how far the operator was told",
    up: `
  create table if not exists told (
    one integer primary key check (one = 1), generation text not null, sequence integer not null, active text not null
  ) strict;
`,
    down: ""
  },
  {
    // Raised of the log as a whole, nothing would end it any more; it is raised of a place by the next scrub.
    name: "damage of the log is told by place",
    up: "update told set active = trim(replace(' ' || active || ' ', ' log ', ' '));",
    down: ""
  }
]

/** A way that does not take an alert is tried again for some forty minutes; then the log says so. */
const retries = Schedule.exponential("5 seconds").pipe(Schedule.upTo({ times: 9 }))

interface Told {
  readonly generation: string
  readonly sequence: number
  readonly active: string
}

const told: ReadonlySet<string> = new Set([
  "session.opened",
  "session.linked",
  "session.degraded",
  "session.recovered",
  "session.closed",
  "session.logged-out",
  "session.refused"
])
const toldOfBackups: ReadonlySet<string> = new Set([
  "backup.place-changed",
  "backup.keeping-changed",
  "backup.verified",
  "backup.unverified",
  "backup.scrubbed"
])

const isOfBackups = (event: { readonly type: string }): event is BackupEvent => toldOfBackups.has(event.type)
const isOfProjections = (event: { readonly type: string }): event is ProjectionEvent =>
  event.type === "projection.checked"
type TellingEvent = SessionEvent | BackupEvent | ProjectionEvent
const isTold = (event: { readonly type: string }): event is TellingEvent =>
  told.has(event.type) || toldOfBackups.has(event.type) || isOfProjections(event)

const alertsOf = (event: TellingEvent, active: Active): ReadonlyArray<Alert> => {
  if (isOfBackups(event)) return backupAlertsAfter(event, active)
  return isOfProjections(event) ? projectionAlertsAfter(event, active) : alertsAfter(event, active)
}

/** Runs for ever. What was before the first start is no news. */
export const runAlerts = Effect.fn("runAlerts")(function* (
  path: string,
  ways: ReadonlyArray<Way>
): Effect.fn.Return<
  never,
  LogUnavailable | DamagedLog | LeaseLost | SqliteUnavailable,
  EventLog | Leases | Scope.Scope
> {
  const log = yield* EventLog
  const lease = yield* (yield* Leases).hold("alerts")
  const db = yield* openVersioned(path, "derived", alertMigrations)
  const save = db.prepare<[string, number, string]>(
    "insert into told values (1, ?, ?, ?) on conflict do update set generation = excluded.generation, sequence = excluded.sequence, active = excluded.active"
  )
  const found = db.prepare<[], Told>("select generation, sequence, active from told").get()
  const known = found?.generation === log.generation ? found : undefined
  let active: Active = new Set(known === undefined ? [] : known.active.split(" ").filter((it) => it !== ""))
  const from = known?.sequence ?? (yield* log.last)
  save.run(log.generation, from, [...active].join(" "))

  const sendAll = (alerts: ReadonlyArray<Alert>) =>
    Effect.forEach(
      alerts.flatMap((alert) => ways.map((way) => ({ alert, way }))),
      ({ alert, way }) =>
        way.send(alert).pipe(
          Effect.retry(retries),
          Effect.catch((error) =>
            Effect.logError("an alert was not taken", { way: error.way, error: error.message })
          )
        ),
      { concurrency: ways.length, discard: true }
    )

  /** What was told is noted, whatever is stopped meanwhile. */
  const tell = (event: TellingEvent) =>
    Effect.uninterruptibleMask((restore) => {
      const alerts = alertsOf(event, active)
      return restore(sendAll(alerts)).pipe(
        Effect.andThen(
          Effect.sync(() => {
            active = activeAfter(active, alerts)
            save.run(log.generation, event.sequence, [...active].join(" "))
          })
        )
      )
    })

  const telling = log.read({ from: from + 1, contexts: ["session", "backup", "projection"] }).pipe(
    Stream.flatMap(({ events }) => Stream.fromIterable(events)),
    Stream.runForEach((event) => (isTold(event) ? tell(event) : Effect.void)),
    Effect.andThen(Effect.never)
  )
  return yield* Effect.raceFirst(telling, lease.lost)
})
