/**
 * A process that runs the session of a folder against a loopback server, and kills itself at a given write:
 *
 *     doomed-process.ts <folder> <server> [before|after <n> start|open [qr|code <number>]]
 *
 * `before n`: before the nth statement that changes `session.db`, in the middle of its transaction. `after n`: right
 * after the nth transaction. They count from the start, or from when the connection is open. It says a JSON
 * line when the connection opens, at each state and each code, and when it ends by itself. With a method it links
 * a number.
 */
import { basename } from "node:path"
import Database from "better-sqlite3"
import { Effect, Layer, Schedule, Stream } from "effect"
import { Session } from "../../../../actors/whatsapp/session/connection.ts"
import { sessionLayer } from "../../../../actors/whatsapp/session/session.ts"
import { trustRootOfEnvironment } from "../../../loopback-whatsapp/trust-root.ts"

const [folder, server, when, count, from, method, phone] = process.argv.slice(2)
if (folder === undefined || server === undefined) throw new Error("expected a folder and a server")
trustRootOfEnvironment()

let left = Number(count ?? Number.POSITIVE_INFINITY)
/** What was passed: each write by the number of its transaction and its words, without its values. */
const passed: Array<string> = []
let transactions = 0
let counting = from !== "open"
const die = (words: string) => {
  if (!counting) return
  left -= 1
  passed.push(`${transactions} ${words}`)
  if (left <= 0) process.kill(process.pid, "SIGKILL")
}
const isSession = (db: Database.Database) => basename(db.name) === "session.db"

const { prepare, transaction } = Database.prototype
Database.prototype.prepare = function dooming(this: Database.Database, source: string) {
  const statement = Reflect.apply(prepare, this, [source]) as Database.Statement
  if (when !== "before" || !isSession(this) || !/^\s*(insert|update|delete)/iu.test(source)) return statement
  const { run } = statement
  statement.run = (...values) => {
    die(source.trim())
    return Reflect.apply(run, statement, values)
  }
  return statement
} as typeof prepare
Database.prototype.transaction = function dooming(this: Database.Database, fn: () => unknown) {
  const original = Reflect.apply(transaction, this, [fn]) as Database.Transaction<() => unknown>
  if (when === undefined || !isSession(this)) return original
  const immediate = () => {
    transactions += 1
    const result = original.immediate()
    if (when === "after") die("commit")
    return result
  }
  return Object.assign(immediate, { immediate })
} as typeof transaction

const write = (what: unknown) => void process.stdout.write(`${JSON.stringify(what)}\n`)
const say = (what: unknown) => Effect.sync(() => write(what))

const program = Effect.gen(function* () {
  const session = yield* Session
  const events = yield* session.subscribe
  yield* Effect.forkScoped(
    Stream.runForEach(events, ({ event }) => {
      if (event !== "opened") return Effect.void
      counting = true
      return say({ opened: true, passed })
    })
  )
  const held = yield* session.hold
  yield* Effect.forkScoped(Stream.runForEach(session.states, ({ state }) => say({ state })))
  // It can be asked once it runs.
  if (method === "qr" || method === "code")
    yield* session.link({ method, phone, by: "operator" }).pipe(
      Effect.retry({
        schedule: Schedule.spaced("10 millis"),
        while: ({ reason }) => reason === "unavailable"
      }),
      Effect.forkScoped
    )
  return yield* held.run(undefined, () => Effect.succeed(1))
}).pipe(
  Effect.scoped,
  Effect.catch((error) => say({ ended: error._tag })),
  Effect.provide(
    sessionLayer({
      connects: true,
      path: `${folder}/session.db`,
      keyringPath: `${folder}/keyring.db`,
      server,
      speak: () =>
        Effect.succeed((message) => {
          if (message.live === "qr") write({ qr: message.text })
          if (message.live === "code") write({ code: message.code })
        })
    }).pipe(Layer.orDie)
  )
)

await Effect.runPromise(program)
