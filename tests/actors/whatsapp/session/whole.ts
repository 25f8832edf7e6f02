/** A session against the loopback WhatsApp: what is linked, what is in its journal, what it recorded. */
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Clock, Effect, Exit, Fiber, Layer, Scope, Stream } from "effect"
import type { TestClock } from "effect/testing"
import { type HeldSession, Session } from "../../../../actors/whatsapp/session/connection.ts"
import { stateAfter } from "../../../../actors/whatsapp/session/fold.ts"
import type { SessionFact } from "../../../../actors/whatsapp/session/machine-model.ts"
import { sessionLayer } from "../../../../actors/whatsapp/session/session.ts"
import type { LiveSession, SessionState } from "../../../../contracts/session.ts"

/** Longer than anything here takes on a busy machine. */
const patienceMillis = 30_000

/** A folder that is gone after the test. */
export const temporaryFolder = (): { readonly path: string } & Disposable => {
  const path = mkdtempSync(join(tmpdir(), "wadjet-session-"))
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) }
}

export interface WholeOptions {
  readonly folder: string
  readonly server: string
  readonly remembered?: SessionState
  /** A clock that only moves when it is told to; it starts now. Baileys' own timers go on as they are. */
  readonly clock?: TestClock.TestClock
}

/** Holds the session of a folder and runs it until `close`. */
export const startSession = async ({ clock, folder, remembered, server }: WholeOptions) => {
  const facts: Array<SessionFact> = []
  const live: Array<LiveSession> = []
  const waiting = new Set<() => void>()
  const changed = () => {
    for (const look of waiting) look()
  }
  const scope = Effect.runSync(Scope.make())
  const layer = sessionLayer({
    connects: true,
    path: join(folder, "session.db"),
    keyringPath: join(folder, "keyring.db"),
    server,
    speak: () =>
      Effect.succeed((message) => {
        live.push(message)
        changed()
      })
  })
  const context = await Effect.runPromise(Layer.buildWithScope(layer, scope))
  const timed = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
    clock === undefined ? effect : Effect.provideService(effect, Clock.Clock, clock)
  const run = <A, E>(effect: Effect.Effect<A, E, Session>) =>
    Effect.runPromise(timed(Effect.provideContext(effect, context)))
  const held: HeldSession = await run(Effect.flatMap(Session, ({ hold }) => Scope.provide(hold, scope)))
  const record = (fact: SessionFact) =>
    Effect.sync(() => {
      facts.push(fact)
      changed()
      return facts.length
    })
  const states: Array<SessionState> = []
  let opened = 0
  await run(
    Effect.gen(function* () {
      const session = yield* Session
      const events = yield* Scope.provide(session.subscribe, scope)
      yield* Effect.forkIn(
        Stream.runForEach(session.states, (state) =>
          Effect.sync(() => {
            states.push(state)
            changed()
          })
        ),
        scope
      )
      yield* Effect.forkIn(
        Stream.runForEach(events, ({ event }) =>
          Effect.sync(() => {
            if (event === "opened") opened += 1
            changed()
          })
        ),
        scope
      )
    })
  )

  const ended = Effect.runFork(timed(held.run(remembered, record)))

  /** Waits until something is so; looks whenever something happened. */
  const until = <A>(what: string, look: () => A | undefined | false): Promise<A> =>
    new Promise((resolve, reject) => {
      const stop = () => {
        clearTimeout(timer)
        waiting.delete(attempt)
      }
      const attempt = () => {
        const found = look()
        if (found === undefined || found === false) return
        stop()
        resolve(found)
      }
      const timer = setTimeout(() => {
        stop()
        const seen = facts.map(({ data, type }) => ({ type, ...data }))
        reject(new Error(`${what} never happened; facts: ${JSON.stringify(seen)}`))
      }, patienceMillis)
      waiting.add(attempt)
      attempt()
    })

  const fact = (type: SessionFact["type"], after = 0) =>
    until(`the fact ${type}`, () => facts.slice(after).find((it) => it.type === type))

  return {
    facts,
    live,
    held,
    until,
    fact,
    run,
    code: (kind: "qr" | "code") =>
      until(`a ${kind}`, () => {
        const message = live.findLast((it) => it.live === kind)
        return message?.live === "qr" ? message.text : message?.live === "code" ? message.code : undefined
      }),
    states,
    /** How many sockets have opened. */
    opened: () => opened,
    /** The newest state, once it is one of these. */
    untilState: (is: (state: SessionState) => boolean) =>
      until("the state", () => {
        const last = states.at(-1)
        return last !== undefined && is(last) ? last : undefined
      }),
    state: () => run(Effect.flatMap(Session, (session) => session.state)),
    socket: () => run(Effect.flatMap(Session, (session) => session.socket)),
    health: () => run(Effect.flatMap(Session, (session) => session.health)),
    link: (method: "qr" | "code", phone?: string) =>
      run(Effect.flatMap(Session, (session) => session.link({ method, phone, by: "operator" }))),
    journal: (limit = 1_000) => Effect.runPromise(held.journal.next(limit)),
    /** How the session ended by itself. */
    ended: () => Effect.runPromise(Fiber.await(ended)),
    close: async () => {
      await Effect.runPromise(Fiber.interrupt(ended))
      await Effect.runPromise(Scope.close(scope, Exit.void))
    }
  }
}

export type WholeSession = Awaited<ReturnType<typeof startSession>>

/** What the log would tell after these facts. */
export const rememberedAfter = (facts: ReadonlyArray<SessionFact>): SessionState | undefined => {
  const last = facts.at(-1)
  return last === undefined ? undefined : stateAfter({ ...last, time: 0 } as Parameters<typeof stateAfter>[0])
}
