/**
 * A process that holds a lease until it is killed, to be paused and killed by a test. A line of its input
 * makes it say whether it believes to hold the lease, and what comes of appending in its name.
 */
import { createInterface } from "node:readline"
import Database from "better-sqlite3"
import { Effect, Layer, Redacted, Schedule, Stream } from "effect"
import { appendAs } from "../../infra/actor/append-as.ts"
import { openStateStore } from "../../infra/actor/state-store.ts"
import { EventLog } from "../../infra/event-log/event-log.ts"
import { jetStreamLog } from "../../infra/event-log/jetstream-log.ts"
import { sqliteKeyring } from "../../infra/keyring/sqlite-keyring.ts"
import { Leases } from "../../infra/leases/leases.ts"
import { natsLeases } from "../../infra/leases/nats-leases.ts"
import { Nats } from "../../infra/nats/connection.ts"
import { chat, makeToy, output } from "./actor/toy.ts"

const [url, user, password, keyringPath, name] = process.argv.slice(2)
if (
  url === undefined ||
  user === undefined ||
  password === undefined ||
  keyringPath === undefined ||
  name === undefined
)
  throw new Error("expected the address of a server, a keyring and the name of a lease")

const services = Layer.mergeAll(jetStreamLog, natsLeases).pipe(
  Layer.provideMerge(sqliteKeyring(keyringPath)),
  Layer.provideMerge(Nats.layer({ url, user, password: Redacted.make(password) }, "holder"))
)

const say = (what: unknown) => Effect.sync(() => void process.stdout.write(`${JSON.stringify(what)}\n`))

/** Nothing is folded here: the state is that of a holder who fell asleep. */
const nothingFolded = { expect: () => {} }

const program = Effect.gen(function* () {
  const log = yield* EventLog
  const lease = yield* (yield* Leases).hold(name)
  const actor = makeToy()
  const store = openStateStore(new Database(":memory:"), log.generation, actor.version)
  const append = appendAs(actor, store, log, lease, nothingFolded)
  const believing = appendAs(actor, store, log, { ...lease, isHeld: () => true }, nothingFolded)
  yield* say({ epoch: lease.epoch })
  const attempt = (as: typeof append, part: string) =>
    as()({ cause: "a line", correlation: "a line" }, [{ cause: part, part, fact: output(chat(1), 1) }]).pipe(
      Effect.map(({ sequence }) => sequence),
      Effect.catch((error) => Effect.succeed(error._tag))
    )
  yield* Stream.runForEach(Stream.fromAsyncIterable(createInterface(process.stdin), String), () =>
    Effect.gen(function* () {
      const isHeld = lease.isHeld()
      yield* say({
        isHeld,
        appended: yield* attempt(append, "guarded"),
        appendedWithoutGuard: yield* attempt(believing, "unguarded")
      })
    })
  )
}).pipe(Effect.provide(services), Effect.scoped, Effect.retry(Schedule.recurs(0)))

await Effect.runPromise(program)
