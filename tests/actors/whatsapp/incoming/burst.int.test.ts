import { Deferred, Effect, Exit, Layer, Redacted, Scope, Stream } from "effect"
import Database from "better-sqlite3"
import { expect, test } from "vitest"
import { services } from "../../../../actors/operator/system.ts"
import { makeWhatsApp } from "../../../../actors/whatsapp/actor.ts"
import { Gateways } from "../../../../actors/whatsapp/gateway.ts"
import { Session } from "../../../../actors/whatsapp/session/connection.ts"
import { runProcessManager } from "../../../../infra/actor/run-process-manager.ts"
import { openStateStore } from "../../../../infra/actor/state-store.ts"
import { EventLog } from "../../../../infra/event-log/event-log.ts"
import { startTestNats } from "../../../setup/local-nats.ts"
import { temporaryFolder } from "../session/whole.ts"
import { unpaced } from "../world.ts"
import { memoryJournal, messageRow, sessionOver } from "./drain-world.ts"

const burst = 10_000
const rowsPerCommit = 128

test(`${burst} messages at once go to the log in few commits, and one that comes alone in one`, async () => {
  using folder = temporaryFolder()
  const scope = Effect.runSync(Scope.make())
  const nats = await Effect.runPromise(Scope.provide(startTestNats({ sync: "default" }), scope))
  const address = { url: nats.url, user: nats.user, password: Redacted.make(nats.pass) }
  let appends = 0
  const counting = (log: EventLog["Service"]): EventLog["Service"] => ({
    ...log,
    append: (entries, provenance) => {
      appends += 1
      return log.append(entries, provenance)
    }
  })
  const context = await Effect.runPromise(
    Layer.buildWithScope(
      services(
        { address, dataFolder: folder.path, server: "external", serverVersion: "", died: Effect.never },
        { log: counting }
      ),
      scope
    )
  )
  const journal = memoryJournal()
  for (let n = 0; n < burst; n++)
    journal.add(
      messageRow(
        {
          id: `m${n}`,
          from: `12036300000000000${n % 8}@g.us`,
          participant: `10000000000000${n % 90}@lid`,
          participant_pn: `491510000000${n % 90}@s.whatsapp.net`,
          notify: "Ada",
          offline: "1"
        },
        n % 3 === 0 ? `look http://shop-${n}.com/x` : `number ${n}`
      )
    )
  const ready = Deferred.makeUnsafe<void>()
  const running = Effect.gen(function* () {
    const log = yield* EventLog
    const actor = makeWhatsApp(unpaced)
    const store = openStateStore(new Database(":memory:"), log.generation, actor.version)
    return yield* runProcessManager(actor, store, () => Deferred.doneUnsafe(ready, Effect.void))
  }).pipe(
    Effect.provideService(Gateways, {}),
    Effect.provideService(Session, sessionOver(journal, new Map())),
    Effect.provideContext(context),
    Scope.provide(scope)
  )
  Effect.runFork(running)
  await Effect.runPromise(Deferred.await(ready))
  const began = performance.now()
  const usedBefore = process.cpuUsage()
  /** Told how many messages are in the log, whenever there are more. */
  let told: (count: number) => void = () => {}
  let received = 0
  const reading = Effect.flatMap(EventLog, (log) =>
    Stream.runForEach(log.read({ from: 1, events: ["message.received"] }), (batch) =>
      Effect.sync(() => {
        received += batch.events.length
        told(received)
      })
    )
  )
  Effect.runFork(Effect.forkIn(Effect.provideContext(reading, context), scope))
  const inLog = (count: number) =>
    new Promise<void>((resolve) => {
      told = (now) => {
        if (now >= count) resolve()
      }
      told(received)
    })

  await inLog(burst)
  const drainedMillis = performance.now() - began
  const used = process.cpuUsage(usedBefore)
  expect(appends).toBeLessThanOrEqual(Math.ceil(burst / rowsPerCommit) + 2)
  const commits = appends

  // One message after the other, each when the one before it is in the log.
  const latencies: Array<number> = []
  for (let n = 1; n <= 50; n++) {
    const said = performance.now()
    journal.add(
      messageRow(
        { id: `live${n}`, from: "120363000000000001@g.us", participant: "100000000000001@lid" },
        "now"
      )
    )
    await inLog(burst + n)
    latencies.push(performance.now() - said)
  }
  expect(appends).toBe(commits + 50)
  const [median, slowest] = [latencies.toSorted((a, b) => a - b)[25]!, Math.max(...latencies)]
  console.log(
    `${burst} messages in ${commits} commits and ${Math.round(drainedMillis)} ms, ` +
      `${Math.round((used.user + used.system) / 1_000)} ms of them on the processor; ` +
      `one at a time ${median.toFixed(1)} ms each (median; ${slowest.toFixed(1)} ms the slowest)`
  )
  await Effect.runPromise(Scope.close(scope, Exit.void))
}, 300_000)
