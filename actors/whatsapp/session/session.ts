/** The session of a data folder: one that can be held, watched and asked. */
import type { proto, WAMessageKey } from "@whiskeysockets/baileys"
import { Clock, Effect, Layer, PubSub, type Scope, Stream, SubscriptionRef } from "effect"
import type { LiveSession, SessionHealth, SessionState } from "../../../contracts/session.ts"
import { metrics } from "../../../infra/telemetry/metrics.ts"
import {
  type HeldSession,
  type LinkRequest,
  type OpenSocket,
  Session,
  SessionRefusal,
  type SessionService,
  type SocketEvent
} from "./connection.ts"
import { linkedIn } from "./credentials.ts"
import { forgetIn } from "./forget.ts"
import { patienceMillis } from "./health.ts"
import { type Kept, keepConnected } from "./keep-connected.ts"
import type { Input } from "./machine-model.ts"
import { makeJournal, type SqliteJournal } from "./sqlite-journal.ts"
import { sessionError } from "./session-error.ts"
import { openSessionStore, type OwnedStore } from "./store.ts"

export interface SessionOptions {
  /** Whether it connects, once a number is linked. */
  readonly connects: boolean
  readonly path: string
  readonly keyringPath: string
  /**
   * A server to connect to in WhatsApp's place, for tests. It comes from whoever composes the system in code; no
   * setting leads here, for TLS to WhatsApp's own name is all that tells the server's identity.
   */
  readonly server?: string | undefined
  /**
   * Opens the way to whoever watches a number being linked: codes are credentials, and go nowhere else. `latest`
   * is what one who begins to watch is told.
   */
  readonly speak: (
    latest: () => ReadonlyArray<LiveSession>
  ) => Effect.Effect<(message: LiveSession) => void, never, Scope.Scope>
}

/** What this process owns while it holds the session. */
interface Owned {
  readonly store: OwnedStore
  readonly journal: SqliteJournal
  readonly kept?: Kept<unknown>
}

const notHeld = new SessionRefusal({
  reason: "unavailable",
  message: "this process does not hold the WhatsApp session, or is just starting; ask again in a moment"
})

const refusals = {
  linked: new SessionRefusal({
    reason: "already-done",
    message: "a number is linked already; unlink it first (`wadjet unlink`)"
  }),
  unlinked: new SessionRefusal({
    reason: "not-found",
    message: "no number is linked; `wadjet link` links one"
  })
}

const make = Effect.fn("makeSession")(function* (options: SessionOptions) {
  const began = yield* Clock.currentTimeMillis
  const state = yield* SubscriptionRef.make<SessionState>({ state: "unlinked", since: began })
  const events = yield* PubSub.unbounded<SocketEvent>()
  let owned: Owned | undefined
  let socket: OpenSocket | undefined
  let lookUp: (key: WAMessageKey) => Promise<proto.IMessage | undefined> = async () => undefined
  /** The code that can be used at this moment. */
  let code: LiveSession | undefined

  const latest = () => [
    { live: "state" as const, state: SubscriptionRef.getUnsafe(state) },
    ...(code === undefined ? [] : [code])
  ]
  const speak = yield* options.speak(latest)
  const say = (message: LiveSession) => {
    code = message.live === "qr" || message.live === "code" ? message : undefined
    speak(message)
  }
  const changed = (next: SessionState) => {
    if (next.state !== "linking") code = undefined
    metrics.sessionState.reset()
    metrics.sessionState.set({ state: next.state }, 1)
    speak({ live: "state", state: next })
    return SubscriptionRef.set(state, next)
  }

  const held = (ours: OwnedStore, journal: SqliteJournal): HeldSession => ({
    journal,
    epoch: ours.epoch,
    run: (remembered, record) =>
      Effect.scoped(
        Effect.gen(function* () {
          const kept = yield* keepConnected({
            store: ours,
            journal,
            url: options.server,
            remembered,
            record,
            say,
            changed,
            opened: (it) => {
              socket = it
            },
            publish: (event) => void PubSub.publishUnsafe(events, event),
            lookUp: (key) => lookUp(key)
          })
          owned = { store: ours, journal, kept }
          return yield* kept.run
        })
      )
  })

  const hold: SessionService["hold"] = Effect.gen(function* () {
    const store = yield* Effect.mapError(openSessionStore(options), sessionError("open its store"))
    const ours = yield* store.claim
    const journal = makeJournal(ours)
    yield* Effect.acquireRelease(
      Effect.sync(() => {
        owned = { store: ours, journal }
      }),
      () =>
        Effect.sync(() => {
          owned = undefined
          socket = undefined
        })
    )
    return held(ours, journal)
  })

  /** Asks the machine, where there is one and it is in a state for it. */
  const ask = (input: Input, refusal: (kept: Kept<unknown>) => SessionRefusal | undefined) =>
    Effect.suspend(() => {
      const kept = owned?.kept
      if (kept === undefined) return Effect.fail(notHeld)
      const refused = refusal(kept)
      return refused === undefined ? kept.ask(input) : Effect.fail(refused)
    })

  const health = Effect.gen(function* () {
    const kept = owned?.kept
    const journalled = yield* Effect.orElseSucceed(owned?.journal.waiting ?? Effect.succeed(0), () => 0)
    const vitals = kept?.watch.vitals()
    return {
      ...(vitals?.lastInboundAt === undefined ? {} : { lastInboundAt: vitals.lastInboundAt }),
      patienceMillis: vitals === undefined ? 0 : patienceMillis(vitals.rhythm),
      decrypted: kept?.watch.decrypts().opened ?? 0,
      undecryptable: kept?.watch.decrypts().failed ?? 0,
      unacknowledged: vitals?.unacknowledged.size ?? 0,
      journalled,
      reconnects: kept?.watch.reconnects() ?? 0
    } satisfies SessionHealth
  })

  const forget = (forms: ReadonlyArray<string>) =>
    Effect.suspend(() => {
      const store = owned?.store
      if (store === undefined) return Effect.fail(notHeld)
      return Effect.try({
        try: () => forgetIn(store, forms),
        catch: (error) =>
          new SessionRefusal({
            reason: "unavailable",
            message: sessionError("forget somebody")(error).message
          })
      })
    })

  return Session.of({
    connects: options.connects,
    forget,
    hold,
    health,
    state: SubscriptionRef.get(state),
    states: SubscriptionRef.changes(state),
    socket: Effect.sync(() => socket),
    self: Effect.sync(() => (owned === undefined ? undefined : linkedIn(owned.store))),
    subscribe: Effect.map(PubSub.subscribe(events), Stream.fromSubscription),
    answerRetriesWith: (answer) =>
      Effect.sync(() => {
        lookUp = answer
      }),
    reachOutRefused: (until) =>
      Effect.suspend(() => {
        const limit = { input: "reach-out-limit" as const, active: true, until }
        return owned?.kept === undefined ? Effect.void : Effect.asVoid(owned.kept.ask(limit))
      }),
    link: (request: LinkRequest) =>
      ask({ input: "link", ...request }, (kept) => (kept.machine().linked ? refusals.linked : undefined)),
    unlink: ask({ input: "unlink" }, (kept) =>
      kept.machine().linked || kept.machine().linking !== undefined ? undefined : refusals.unlinked
    ),
    reconnect: ask({ input: "reconnect" }, (kept) => (kept.machine().linked ? undefined : refusals.unlinked))
  })
})

/** The session of a data folder. Opening it loads nothing and connects to nobody. */
export const sessionLayer = (options: SessionOptions) => Layer.effect(Session, make(options))
