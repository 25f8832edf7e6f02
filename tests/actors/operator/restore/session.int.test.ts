/** A machine that is lost with its session, and the session that comes back from a copy: linked, and able to read. */
import { existsSync, mkdirSync, statSync, symlinkSync, truncateSync, writeFileSync } from "node:fs"
import { spawn } from "node:child_process"
import { once } from "node:events"
import { dirname, join } from "node:path"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"
import { Effect, Exit, Layer, Redacted, Scope, Stream } from "effect"
import { afterEach, expect, test } from "vitest"
import { storeKey, type StoreName } from "../../../../actors/backup/ship/keys.ts"
import { runActors, services } from "../../../../actors/operator/system.ts"
import type { AnyRecorded } from "../../../../contracts/catalogue.ts"
import type { Said } from "../../../../contracts/message.ts"
import { EventLog } from "../../../../infra/event-log/event-log.ts"
import { Keyring } from "../../../../infra/keyring/keyring.ts"
import { fetchedBinary } from "../../../../infra/nats-server/find.ts"
import { startNatsServer } from "../../../../infra/nats-server/start.ts"
import { unpaced } from "../../../faults/owners.ts"
import { program } from "../../../infra/started-server.ts"
import { someIdentity } from "../../backup/segment/some-messages.ts"
import { allShipped, copyingOf, directoryAddress } from "../../backup/world.ts"
import { named, startLoopbackWorld } from "../../whatsapp/incoming/loopback-world.ts"
import { temporaryFolder } from "../../whatsapp/session/whole.ts"
import { wadjet } from "../captured.ts"

const owner = fileURLToPath(new URL("../../whatsapp/session/owner-process.ts", import.meta.url))

const closing: Array<() => Promise<unknown>> = []
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
})

/** Where a restore finds the program of its server. */
const provideServer = (dataFolder: string) => {
  const path = fetchedBinary(dataFolder)
  mkdirSync(dirname(path), { recursive: true })
  symlinkSync(program(), path)
}

/** Takes the last byte from a store at a place; one that is not there is something else. */
const cutShort = (place: string, account: string, store: StoreName) => {
  const path = join(place, storeKey(account, store))
  if (!existsSync(path)) return writeFileSync(path, "something else")
  truncateSync(path, statSync(path).size - 1)
}

/** A number that was linked here, and what was said to it, copied to a place. */
const copiedWorld = async (folder: string, place: string) => {
  const world = await startLoopbackWorld(folder, 41)
  closing.push(world.close)
  const bea = world.whatsApp.contact({ number: "447700900456", name: "Bea" })
  await world.start()
  const client = await world.link()
  const { identity, recipient } = await someIdentity()
  await bea.say("before the copy")
  await world.whatsApp.witness.until("everything is receipted", () => client.waiting().length === 0)
  await world.events((events) => named(events, "message.received").length >= 1)
  const copying = copyingOf({ places: [directoryAddress(place)], recipients: [recipient] })
  await world.run(
    Effect.gen(function* () {
      yield* runActors({ dataFolder: folder, pacing: unpaced, only: new Set(["backup"] as const), copying })
      yield* allShipped
      // The session is copied once an hour: of this it knows nothing.
      yield* Effect.promise(() => bea.say("behind the copy of the session"))
      yield* Effect.promise(() => world.events((events) => named(events, "message.received").length >= 2))
      yield* allShipped
    })
  )
  return { world, bea, identity }
}

/** Runs what was restored, connected to the same WhatsApp, and answers with what comes in. */
const runOn = async (dataFolder: string, { whatsApp }: Awaited<ReturnType<typeof startLoopbackWorld>>) => {
  const scope = Effect.runSync(Scope.make())
  closing.push(() => Effect.runPromise(Scope.close(scope, Exit.void)))
  const nats = await Effect.runPromise(
    Scope.provide(startNatsServer({ binary: program(), dataFolder }), scope)
  )
  const address = { url: nats.url, user: nats.user, password: Redacted.make(nats.pass) }
  const context = await Effect.runPromise(
    Layer.buildWithScope(
      services({ address, dataFolder, server: "external", serverVersion: "", died: Effect.never }),
      scope
    )
  )
  const child = spawn(process.execPath, [owner, dataFolder, whatsApp.url, nats.url, nats.user, nats.pass], {
    env: { ...process.env, ...whatsApp.environment },
    stdio: ["ignore", "pipe", "ignore"]
  })
  closing.push(async () => {
    child.kill("SIGKILL")
    if (child.exitCode === null && child.signalCode === null) await once(child, "exit")
  })
  await once(createInterface({ input: child.stdout }), "line")
  const all: Array<AnyRecorded> = []
  const heard = (count: number) =>
    Effect.gen(function* () {
      const keyring = yield* Keyring
      yield* (yield* EventLog).read({ from: all.length + 1 }).pipe(
        Stream.takeUntil(({ events }) => {
          all.push(...events.filter((event): event is AnyRecorded => event.type !== "unreadable"))
          return named(all, "message.received").length >= count
        }),
        Stream.runDrain
      )
      return named(all, "message.received").map(({ data }) => keyring.open<Said>(data.said!)?.text)
    })
  return {
    events: () => all,
    heard: (count: number) => Effect.runPromise(Effect.provideContext(heard(count), context))
  }
}

test("a session that comes back from a copy is linked still, and reads what is said from then on, though it had read more than the copy knows", async () => {
  using folder = temporaryFolder()
  using place = temporaryFolder()
  using other = temporaryFolder()
  const { bea, identity, world } = await copiedWorld(folder.path, place.path)
  await world.kill()

  const identityFile = join(other.path, "identity.txt")
  writeFileSync(identityFile, Redacted.value(identity))
  const restored = join(other.path, "data")
  provideServer(restored)
  const answer = await wadjet(["restore", "--from", place.path, "--identity", identityFile, "--session"], {
    WADJET_DATA: restored
  })
  expect([answer.exit, answer.err]).toEqual(["ok", expect.any(String)])
  expect(answer.out).toContain("The session is an hour old at most.")
  expect(existsSync(join(restored, "session.db"))).toBe(true)

  // What else would come of this place, were a store of it damaged: one is named and left out, one is all.
  const preview = () =>
    wadjet(["restore", "--preview", "--from", place.path, "--identity", identityFile, "--session"])
  for (const store of ["accounts", "session"] as const) cutShort(place.path, world.keyring.account, store)
  const without = await preview()
  expect([without.exit, without.out]).toEqual([
    "ok",
    expect.stringContaining("Would be restored: everything")
  ])
  expect(without.out).toContain("Damaged: the copy of the session: expected a body of")
  expect(without.out).toContain("Damaged: the copy of the accounts: expected")
  cutShort(place.path, world.keyring.account, "keyring")
  const refused = await preview()
  expect([refused.exit, refused.out]).toEqual(["failed", ""])
  expect(refused.err).toContain("without which nothing personal in the log can be read, is damaged: expected")

  const running = await runOn(restored, world)
  await world.me.connected()
  await bea.say("after the restore")
  expect(await running.heard(3)).toEqual([
    "before the copy",
    "behind the copy of the session",
    "after the restore"
  ])
  expect(named(running.events(), "message.unreadable")).toEqual([])
}, 120_000)
