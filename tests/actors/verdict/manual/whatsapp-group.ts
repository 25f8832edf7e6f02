/** A group on a loopback WhatsApp: the real client among its members, and the real actors behind it. */
import Database from "better-sqlite3"
import { Effect, Exit, Scope } from "effect"
import { afterEach } from "vitest"
import { makeScan } from "../../../../actors/scan/actor.ts"
import { verdict } from "../../../../actors/verdict/actor.ts"
import { OperatorNumbers } from "../../../../actors/verdict/operator-numbers.ts"
import { runProcessManager } from "../../../../infra/actor/run-process-manager.ts"
import { openStateStore } from "../../../../infra/actor/state-store.ts"
import { runWorker } from "../../../../infra/actor/worker.ts"
import { Leases } from "../../../../infra/leases/leases.ts"
import { held } from "../../../infra/actor/world.ts"
import { makeMovedClock } from "./moved-clock.ts"
import { startDeliveryWorld } from "../../whatsapp/outgoing/delivery-world.ts"

let close: () => Promise<void> = async () => {}
afterEach(() => close())

/** Longer than anything takes on a busy machine. */
export const patience = 120_000

/**
 * A linked number in a group of Ana, who administers it, and Bob; and whoever judges beside it. `begins` is the moment
 * at which it is, in milliseconds since the epoch; left out, now.
 */
export const startGroup = async (folder: string, seed: number, isAdmin: boolean, begins = Date.now()) => {
  const clock = makeMovedClock(begins)
  const world = await startDeliveryWorld(folder, seed, { clock })
  world.whatsApp.clock.set(begins)
  const beside = Effect.runSync(Scope.make())
  close = async () => {
    await Effect.runPromise(Scope.close(beside, Exit.void))
    await world.close()
  }
  const ana = world.whatsApp.contact({ number: "5511988887777", name: "Ana" })
  const bob = world.whatsApp.contact({ number: "5511988886666", name: "Bob" })
  const family = world.whatsApp.group({
    subject: "Family",
    members: [world.me, ana, bob],
    admins: isAdmin ? [ana, world.me] : [ana]
  })
  await world.start()
  await world.link()
  const store = openStateStore(new Database(":memory:"), "simulated", verdict.version)
  const run = <A, E>(effect: Effect.Effect<A, E, never>) => Effect.runFork(world.timed(effect))
  run(
    runProcessManager(verdict, store, () => {}).pipe(
      Effect.provideService(Leases, Leases.of({ hold: () => Effect.succeed(held) })),
      Effect.provideService(OperatorNumbers, ["5511977776666"]),
      Effect.provideContext(world.services),
      Scope.provide(beside),
      Effect.forkIn(beside)
    )
  )
  run(
    runWorker(makeScan(), () => {}).pipe(
      Effect.provideContext(world.services),
      Scope.provide(beside),
      Effect.forkIn(beside)
    )
  )
  const shown = () => ana.screen(family).filter(({ id }) => id.startsWith("3EB0"))
  /** Waits until the group shows something of ours with these words. */
  const reads = (words: string) =>
    world.until(`"${words}" is shown`, () => shown().find(({ text }) => text.includes(words)))
  return {
    world,
    ana,
    bob,
    family,
    reads,
    shown,
    /** Time goes on from a moment. */
    goOnFrom: (moment: number) => {
      world.whatsApp.clock.set(moment)
      clock.goOnFrom(moment)
    },
    /** Time stands still at a moment, for Wadjet. */
    standAt: (moment: number) => {
      world.whatsApp.clock.set(moment)
      clock.standAt(moment)
    }
  }
}
