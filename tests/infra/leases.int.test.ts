import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process"
import { mkdtemp, rm } from "node:fs/promises"
import { hostname, tmpdir } from "node:os"
import { join } from "node:path"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"
import { Kvm } from "@nats-io/kv"
import { expect, layer } from "@effect/vitest"
import { Deferred, Effect, Exit, Fiber, Layer, Scope } from "effect"
import { TestClock } from "effect/testing"
import { leaseBucket } from "../../contracts/streams.ts"
import { EventLog } from "../../infra/event-log/event-log.ts"
import { jetStreamLog } from "../../infra/event-log/jetstream-log.ts"
import { sqliteKeyring } from "../../infra/keyring/sqlite-keyring.ts"
import { type Lease, Leases } from "../../infra/leases/leases.ts"
import { natsLeases } from "../../infra/leases/nats-leases.ts"
import { Nats } from "../../infra/nats/connection.ts"
import { placeOfPids } from "../../infra/process/identity.ts"
import { chat, output } from "./actor/toy.ts"
import { natsLayer, Server } from "./event-log/jetstream-subject.ts"

/** Takes a lease, and gives it back when told to. */
const take = Effect.fnUntraced(function* (name: string) {
  const scope = yield* Scope.make()
  yield* Effect.addFinalizer(() => Scope.close(scope, Exit.void))
  const lease = yield* Effect.flatMap(Leases, (leases) => leases.hold(name)).pipe(Scope.provide(scope))
  return { lease, release: Scope.close(scope, Exit.void) }
})

/** A lease that is asked for beside others. */
const taking = Effect.fnUntraced(function* (name: string) {
  const mine = yield* Deferred.make<Lease>()
  const fiber = yield* Effect.forkScoped(
    Effect.flatMap(take(name), (taken) => Effect.as(Deferred.succeed(mine, taken.lease), taken))
  )
  return { taken: Fiber.join(fiber), has: () => Deferred.isDoneUnsafe(mine) }
})

const bucket = Effect.flatMap(Nats, ({ jetstream }) =>
  Effect.promise(() => new Kvm(jetstream).open(leaseBucket))
)

const temporaryFolder = Effect.acquireRelease(
  Effect.promise(() => mkdtemp(join(tmpdir(), "wadjet-leases-"))),
  (folder) => Effect.promise(() => rm(folder, { recursive: true, force: true }))
)

/** Another process that holds a lease. */
const spawnHolder = Effect.fnUntraced(function* (keyring: string, name: string) {
  const { pass, url, user } = yield* Server
  const child: ChildProcessWithoutNullStreams = yield* Effect.acquireRelease(
    Effect.sync(() =>
      spawn(process.execPath, [
        fileURLToPath(new URL("leases-holder.ts", import.meta.url)),
        url,
        user,
        pass,
        keyring,
        name
      ])
    ),
    (process) => Effect.sync(() => void process.kill("SIGKILL"))
  )
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]()
  const errors: Array<string> = []
  child.stderr.on("data", (data) => errors.push(String(data)))
  const line = Effect.promise(async () => {
    const next = await lines.next()
    if (next.done === true) throw new Error(`the holder ended: ${errors.join("")}`)
    return JSON.parse(next.value) as unknown
  })
  const { epoch } = (yield* line) as { readonly epoch: number }
  return {
    epoch,
    line,
    ask: Effect.sync(() => void child.stdin.write("\n")),
    signal: (signal: NodeJS.Signals) => Effect.sync(() => void child.kill(signal))
  }
})

const services = natsLeases.pipe(Layer.provideMerge(natsLayer))

layer(Server.layer({ sync: "default" }), { excludeTestServices: true })("a lease", (it) => {
  it.effect("has one holder at a time, and the next one when its scope closes", () =>
    Effect.gen(function* () {
      const first = yield* take("verdict")
      const second = yield* taking("verdict")
      const other = yield* take("whatsapp")
      expect([first.lease.isHeld(), second.has(), other.lease.isHeld()]).toEqual([true, false, true])
      yield* first.release
      expect(first.lease.isHeld()).toBe(false)
      const { lease } = yield* second.taken
      expect(lease.isHeld()).toBe(true)
      expect(lease.epoch).toBeGreaterThan(first.lease.epoch)
    }).pipe(Effect.scoped, Effect.provide(services, { local: true }))
  )

  it.effect("goes from hand to hand among many, and never lies in two", () =>
    Effect.gen(function* () {
      let holders = 0
      let most = 0
      const epochs: Array<number> = []
      const turn = Effect.gen(function* () {
        const { lease, release } = yield* take("busy")
        holders++
        most = Math.max(most, holders)
        epochs.push(lease.epoch)
        yield* Effect.yieldNow
        expect(lease.isHeld()).toBe(true)
        holders--
        yield* release
      })
      yield* Effect.all(
        Array.from({ length: 4 }, () => turn),
        { concurrency: "unbounded" }
      )
      expect(most).toBe(1)
      expect(epochs).toEqual(epochs.toSorted((a, b) => a - b))
    }).pipe(Effect.scoped, Effect.provide(services, { local: true }))
  )

  it.effect("is lost at once when its entry turns out to be somebody else's", () =>
    Effect.gen(function* () {
      const { lease } = yield* take("stolen")
      const lost = yield* Effect.forkScoped(Effect.flip(lease.lost))
      const entries = yield* bucket
      yield* Effect.promise(() => entries.put("stolen", "somebody else"))
      // The time for which it may be trusted has not passed by far.
      yield* TestClock.adjust("2 seconds")
      expect(yield* Fiber.join(lost)).toMatchObject({ _tag: "LeaseLost", name: "stolen" })
      expect(lease.isHeld()).toBe(false)
    }).pipe(
      Effect.scoped,
      Effect.provide(services.pipe(Layer.provideMerge(TestClock.layer())), { local: true })
    )
  )

  it.effect("is not trusted for longer than its entry lives, whatever became of its renewals", () =>
    Effect.gen(function* () {
      const { lease } = yield* take("asleep")
      const { connection } = yield* Nats
      yield* TestClock.adjust("1900 millis")
      expect(lease.isHeld()).toBe(true)
      // No renewal reaches the server any more, and nobody says that the entry is gone.
      yield* Effect.promise(() => connection.close())
      yield* TestClock.setTime(5_001)
      expect(lease.isHeld()).toBe(false)
    }).pipe(
      Effect.scoped,
      Effect.provide(services.pipe(Layer.provideMerge(TestClock.layer())), { local: true })
    )
  )

  it.effect("of a dead process is taken over at once only where that process could be seen if it lived", () =>
    Effect.gen(function* () {
      const entries = yield* bucket
      const dead = { host: hostname(), pid: 4_194_305, started: "1", hold: "of a dead process" }
      const [boot, space] = placeOfPids().split(" ") as [string, string]
      const places = {
        container: `${boot} pid:[1]`,
        // Its process ids are in the same namespace by number, and so may its name be the same.
        machine: `9b6d7f2e-0000-4000-8000-000000000000 ${space}`,
        unknown: ""
      }
      const put = (name: string, entry: unknown) =>
        Effect.promise(() => entries.put(name, typeof entry === "string" ? entry : JSON.stringify(entry)))
      const before = new Map<string, number>()
      for (const [name, place] of Object.entries(places))
        before.set(name, yield* put(name, { ...dead, place }))
      before.set("illegible", yield* put("illegible", "who knows"))
      yield* put("here", { ...dead, place: placeOfPids() })
      const unseen = yield* Effect.forEach([...before.keys()], taking)
      // It is asked after those, on the same connection.
      yield* take("here")
      expect(unseen.map((it) => it.has())).toEqual([false, false, false, false])
      for (const [name, revision] of before)
        expect((yield* Effect.promise(() => entries.get(name)))?.revision).toBe(revision)
    }).pipe(Effect.scoped, Effect.provide(services, { local: true }))
  )

  it.effect(
    "of a process that was killed on this host goes to the next one without waiting for its entry to vanish",
    () =>
      Effect.gen(function* () {
        const keyring = join(yield* temporaryFolder, "keyring.db")
        const holder = yield* spawnHolder(keyring, "killed")
        const next = yield* taking("killed")
        expect(next.has()).toBe(false)
        const began = performance.now()
        yield* holder.signal("SIGKILL")
        const { lease } = yield* next.taken
        console.log(`taken over ${Math.round(performance.now() - began)} ms after kill -9`)
        expect(lease.epoch).toBeGreaterThan(holder.epoch)
      }).pipe(Effect.scoped, Effect.provide(services, { local: true }))
  )

  it.effect(
    "is gone for a holder that was paused while another took over: it knows, and its appends are refused",
    () =>
      Effect.gen(function* () {
        const keyring = join(yield* temporaryFolder, "keyring.db")
        const holder = yield* spawnHolder(keyring, "paused")
        yield* holder.signal("SIGSTOP")
        // Its process lives, so that its entry has to vanish first.
        const began = performance.now()
        const { lease } = yield* (yield* taking("paused")).taken
        console.log(`taken over ${Math.round(performance.now() - began)} ms after the pause began`)
        expect(lease.isHeld()).toBe(true)
        const log = yield* EventLog.pipe(
          Effect.provide(jetStreamLog.pipe(Layer.provide(sqliteKeyring(keyring))))
        )
        const { sequence } = yield* log.append([{ id: "of the successor", fact: output(chat(1), 2) }], {
          actor: "verdict"
        })
        // The question waits for it when it wakes up, before it could have heard anything.
        yield* holder.ask
        yield* holder.signal("SIGCONT")
        expect(yield* holder.line).toEqual({
          isHeld: false,
          appended: "LeaseLost",
          appendedWithoutGuard: "Conflict"
        })
        expect(yield* log.last).toBe(sequence)
      }).pipe(Effect.scoped, Effect.provide(services, { local: true }))
  )
})
