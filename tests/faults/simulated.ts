/** Actors over the simulated log, for what a real server would take minutes to show. */
import Database from "better-sqlite3"
import { Effect, Layer } from "effect"
import { makeScan } from "../../actors/scan/actor.ts"
import { makeWhatsApp } from "../../actors/whatsapp/actor.ts"
import { Gateways, type GatewayService } from "../../actors/whatsapp/gateway.ts"
import { runProcessManager } from "../../infra/actor/run-process-manager.ts"
import { openStateStore } from "../../infra/actor/state-store.ts"
import { runWorker } from "../../infra/actor/worker.ts"
import { memoryCommandBus } from "../../infra/command-bus/memory-command-bus.ts"
import { simulatedLog } from "../../infra/event-log/simulated-log.ts"
import { makeSimulatedStore } from "../../infra/event-log/simulated-store.ts"
import { sqliteKeyring } from "../../infra/keyring/sqlite-keyring.ts"
import { soleLeases } from "../../infra/leases/nats-leases.ts"
import { unpaced } from "./owners.ts"

type LogFaults = NonNullable<NonNullable<Parameters<typeof simulatedLog>[0]>["faults"]>

const deaf: GatewayService = { transmit: () => Effect.void, has: () => Effect.succeed("yes") }

/** A log, and the actors of messages and links over it, in the scope of the test. */
export const simulated = (faults: LogFaults = {}) => {
  // Nothing is recognised by its id alone: as if the server's window of two minutes had always passed.
  const store = makeSimulatedStore({ duplicateWindowMillis: -1 })
  const layer = Layer.mergeAll(
    simulatedLog({ store, faults }),
    memoryCommandBus,
    soleLeases,
    Layer.succeed(Gateways, { sandbox: deaf })
  ).pipe(Layer.provideMerge(sqliteKeyring(":memory:")))
  const whatsapp = Effect.suspend(() => {
    const actor = makeWhatsApp(unpaced)
    return runProcessManager(
      actor,
      openStateStore(new Database(":memory:"), store.generation, actor.version),
      () => {}
    )
  })
  return {
    layer,
    startWhatsApp: Effect.forkScoped(whatsapp),
    startScan: Effect.forkScoped(runWorker(makeScan(), () => {}))
  }
}
