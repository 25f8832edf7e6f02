/** Requests over a real connection: each answer finds who asked, and whoever is not answered is told why. */
import { expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { askOver } from "../../../infra/nats/ask.ts"
import { Nats } from "../../../infra/nats/connection.ts"
import { emptyJetStreamLog } from "../event-log/jetstream-subject.ts"

const longMillis = 30_000

const onServer = Effect.gen(function* () {
  const { connection } = yield* Nats
  return { connection, ask: askOver(connection) }
})

/** What a promise fails with. */
const failure = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => "it was answered",
    (error: Error) => error.constructor.name
  )

it.live("each answer finds who asked, in whichever order they come", () =>
  Effect.gen(function* () {
    const { ask, connection } = yield* onServer
    const held: Array<() => void> = []
    connection.subscribe("echo.>", {
      callback: (_, message) => {
        const answer = () => void message.respond(`${message.subject}: ${message.string()}`)
        if (message.subject === "echo.first") held.push(answer)
        else answer()
      }
    })
    yield* Effect.promise(() => connection.flush())
    const first = ask("echo.first", "a", { timeoutMillis: longMillis })
    const second = yield* Effect.promise(() => ask("echo.second", "b", { timeoutMillis: longMillis }))
    expect(second.string()).toBe("echo.second: b")
    held.forEach((answer) => answer())
    expect((yield* Effect.promise(() => first)).string()).toBe("echo.first: a")
    expect(askOver(connection)).toBe(ask)
  }).pipe(Effect.scoped, Effect.provide(emptyJetStreamLog))
)

it.live("where nobody listens it fails at once, and where nobody answers in time", () =>
  Effect.gen(function* () {
    const { ask, connection } = yield* onServer
    const nobody = ask("nobody.there", "", { timeoutMillis: longMillis })
    expect(yield* Effect.promise(() => failure(nobody))).toBe("NoRespondersError")
    const late: Array<() => void> = []
    connection.subscribe("slow", {
      callback: (_, message) => void late.push(() => void message.respond("too late"))
    })
    yield* Effect.promise(() => connection.flush())
    const slow = ask("slow", "", { timeoutMillis: 50 })
    expect(yield* Effect.promise(() => failure(slow))).toBe("TimeoutError")
    // What comes too late is nobody's, and in nobody's way.
    late.forEach((answer) => answer())
    yield* Effect.promise(() => connection.flush())
    const after = ask("nobody.there", "", { timeoutMillis: longMillis })
    expect(yield* Effect.promise(() => failure(after))).toBe("NoRespondersError")
  }).pipe(Effect.scoped, Effect.provide(emptyJetStreamLog))
)

it.live("who waits is told that the connection is closed, and so is who asks after that", () =>
  Effect.gen(function* () {
    const { ask, connection } = yield* onServer
    connection.subscribe("silent", { callback: () => {} })
    yield* Effect.promise(() => connection.flush())
    const waiting = ask("silent", "", { timeoutMillis: longMillis })
    yield* Effect.promise(() => connection.close())
    expect(yield* Effect.promise(() => failure(waiting))).toBe("ClosedConnectionError")
    const after = ask("silent", "", { timeoutMillis: longMillis })
    expect(yield* Effect.promise(() => failure(after))).toBe("ClosedConnectionError")
  }).pipe(Effect.scoped, Effect.provide(emptyJetStreamLog))
)
