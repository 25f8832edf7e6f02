/** The same over WhatsApp: the real client among a loopback server, the real actors behind it. */
import Database from "better-sqlite3"
import { Effect, Exit, Scope } from "effect"
import { afterEach, describe, expect, it } from "vitest"
import { makeScan } from "../../../../actors/scan/actor.ts"
import { verdict } from "../../../../actors/verdict/actor.ts"
import { OperatorNumbers } from "../../../../actors/verdict/operator-numbers.ts"
import { runProcessManager } from "../../../../infra/actor/run-process-manager.ts"
import { openStateStore } from "../../../../infra/actor/state-store.ts"
import { runWorker } from "../../../../infra/actor/worker.ts"
import { Leases } from "../../../../infra/leases/leases.ts"
import { held } from "../../../infra/actor/world.ts"
import { startDeliveryWorld } from "../../whatsapp/outgoing/delivery-world.ts"
import { temporaryFolder } from "../../whatsapp/session/whole.ts"

let close: () => Promise<void> = async () => {}
afterEach(() => close())

const patience = 120_000

/** A linked number in a group of Ana, who administers it, and Bob; and whoever judges beside it. */
const startGroup = async (folder: string, seed: number, isAdmin: boolean) => {
  const world = await startDeliveryWorld(folder, seed)
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
  const run = <A, E>(effect: Effect.Effect<A, E, never>) => Effect.runFork(effect)
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
  return { world, ana, bob, family, reads, shown }
}

describe("a group on WhatsApp", () => {
  it(
    "answers a command of its admin, and of nobody else, each once, as a reply",
    async () => {
      using folder = temporaryFolder()
      const { ana, bob, family, reads, shown } = await startGroup(folder.path, 71, false)
      const asked = await ana.say("!wadjet status", { in: family })
      expect((await reads("Links are watched.")).quoted).toBe(asked)
      await bob.say("!wadjet mute 2h", { in: family })
      await reads("Only this group's admins can do that.")
      expect(shown().length).toBe(2)
    },
    patience
  )

  it(
    "has a dangerous message deleted for everyone where the account is an admin",
    async () => {
      using folder = temporaryFolder()
      const { ana, bob, family, reads, world } = await startGroup(folder.path, 72, true)
      await ana.say("!wadjet settings delete-malicious on", { in: family })
      await reads("delete-malicious is on")
      await ana.say("!wadjet deny host harmless.example.com", { in: family })
      await reads("Denied in this chat")
      const id = await bob.say("look http://harmless.example.com/a", { in: family })
      const gone = await world.until("it is deleted", () =>
        ana.screen(family).find((it) => it.id === id && it.revoked)
      )
      expect(gone.revocations.map(({ outcome }) => outcome)).toEqual(["applied"])
    },
    patience
  )

  it(
    "lists who asks to join by the end of their numbers, and lets in whom its admin approves",
    async () => {
      using folder = temporaryFolder()
      const { ana, family, reads, world } = await startGroup(folder.path, 73, true)
      const dora = world.whatsApp.contact({ number: "5511966665555", name: "Dora" })
      const emil = world.whatsApp.contact({ number: "5511966664444", name: "Emil" })
      for (const who of [dora, emil])
        family.change(who, { kind: "request", person: who.person, method: "invite_link" })
      await ana.say("!wadjet approve", { in: family })
      const list = await reads("These ask to join")
      expect(list.text).toContain("…5555")
      expect(list.text).not.toContain("551196666")
      await ana.say("!wadjet approve 5555", { in: family })
      await world.until("Dora is in", () => family.group.members.has(dora.person))
      expect(family.group.members.has(emil.person)).toBe(false)
      await ana.say("!wadjet approve all", { in: family })
      await world.until("Emil is in", () => family.group.members.has(emil.person))
      await world.until(
        "both are told of",
        () => world.named("outbox.sent").filter(({ data }) => data.wire === "admit").length === 2
      )
      const claims = world.named("outbox.claimed").filter(({ data }) => data.wire === "admit")
      expect(claims.length).toBe(2)
    },
    patience
  )

  it(
    "obeys the operator's own number, and never sends what pairs a number to a group",
    async () => {
      using folder = temporaryFolder()
      const { family, reads, world } = await startGroup(folder.path, 74, false)
      const operator = world.whatsApp.contact({ number: "5511977776666", name: "Operator" })
      family.change(operator, { kind: "add", people: [operator.person] })
      await operator.say("!wadjet mute 2h", { in: family })
      await reads("Muted until")
      await operator.say("!wadjet pair-status", { in: family })
      await reads("in a chat with nobody else")
      await operator.say("!wadjet pair-status")
      const told = await world.until("the state is told", () =>
        operator.screen().find(({ text }) => text.includes("The connection is"))
      )
      expect(told.text).toBe("The connection is open.")
      expect(world.named("policy.muted").map(({ data }) => data.by.split(":")[0])).toEqual(["operator"])
    },
    patience
  )
})
