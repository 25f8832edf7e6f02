import { join } from "node:path"
import { expect, it as test } from "@effect/vitest"
import Database from "better-sqlite3"
import { Effect, Exit, Layer, Redacted, Scope } from "effect"
import type { Alert } from "../../../../actors/operator/alerts/alert.ts"
import { runAlerts } from "../../../../actors/operator/alerts/run-alerts.ts"
import { services } from "../../../../actors/operator/system.ts"
import { SessionClosed, SessionOpened, SessionRefused } from "../../../../contracts/session.ts"
import { EventLog } from "../../../../infra/event-log/event-log.ts"
import { temporaryFolder } from "../../../faults/temporary-folder.ts"
import { startTestNats } from "../../../setup/local-nats.ts"

/** What was noted as told: the place in the log, 0 for none yet. */
const notedIn = (dataFolder: string): number => {
  try {
    const db = new Database(join(dataFolder, "alerts.db"), { readonly: true })
    const sequence = db.prepare<[], number>("select sequence from told").pluck().get() ?? 0
    db.close()
    return sequence
  } catch {
    return 0
  }
}

const untilNoted = (dataFolder: string, sequence: number) =>
  Effect.repeat(Effect.sleep("20 millis"), { until: () => notedIn(dataFolder) >= sequence })

test.live("what happens while nobody tells is told later, and nothing is told twice", () =>
  Effect.gen(function* () {
    const dataFolder = yield* temporaryFolder
    const { pass, url, user } = yield* startTestNats({ sync: "default" })
    const address = { url, user, password: Redacted.make(pass) }
    const context = yield* Layer.build(
      services({ address, dataFolder, server: "external", serverVersion: "", died: Effect.never })
    )
    const told: Array<string> = []
    const way = {
      name: "the test",
      send: ({ about, state }: Alert) => Effect.sync(() => void told.push(`${about} ${state}`))
    }
    const append = (id: string, fact: Parameters<typeof SessionClosed>[0] | "opened" | "banned") =>
      Effect.flatMap(EventLog, (log) =>
        log.append(
          [
            {
              id,
              fact:
                fact === "opened"
                  ? SessionOpened({ epoch: 1, attempts: 1, downMillis: 0 })
                  : fact === "banned"
                    ? SessionRefused({ reason: "banned", code: 403 })
                    : SessionClosed(fact)
            }
          ],
          { actor: "whatsapp", cause: id, correlation: id, traceparent: undefined }
        )
      )
    const start = Effect.gen(function* () {
      const scope = yield* Scope.make()
      yield* Scope.provide(Effect.forkScoped(runAlerts(join(dataFolder, "alerts.db"), [way])), scope)
      return Scope.close(scope, Exit.void)
    })
    yield* Effect.gen(function* () {
      yield* append("before", "banned")
      const stop = yield* start
      yield* untilNoted(dataFolder, 1)
      yield* append("a", { cause: "transient", code: 408 })
      yield* untilNoted(dataFolder, 2)
      yield* stop
      yield* append("b", "opened")
      yield* append("c", "banned")
      const stopAgain = yield* start
      yield* untilNoted(dataFolder, 4)
      yield* stopAgain
    }).pipe(Effect.provideContext(context))
    expect(told).toEqual(["connection raised", "connection over", "connection raised"])
  }).pipe(Effect.scoped)
)
