/**
 * Keeping connected: the machine's inputs and actions at a real socket. One fiber steps the machine; the
 * socket's callbacks only put inputs into its queue.
 */
import type { proto, WAMessageKey } from "@whiskeysockets/baileys"
import { Clock, Deferred, Effect, Latch, Queue, Random, type Scope } from "effect"
import type { LiveSession, SessionState } from "../../../contracts/session.ts"
import type { OpenSocket, SocketEvent } from "./connection.ts"
import { metrics } from "../../../infra/telemetry/metrics.ts"
import { linkedIn, selfOf } from "./credentials.ts"
import { judge } from "./health.ts"
import { fetchHistory } from "./history.ts"
import { loadBaileys } from "./load-baileys.ts"
import { step, wakeAt } from "./machine.ts"
import { type Action, initial, type Input, type Machine, type SessionFact } from "./machine-model.ts"
import { openSocketOf } from "./open-socket.ts"
import { rhythmIn, rhythmKeeper } from "./rhythm.ts"
import { type SessionError, sessionError } from "./session-error.ts"
import { type Happening, type LiveSocket, openSocket } from "./socket.ts"
import type { SqliteJournal } from "./sqlite-journal.ts"
import type { OwnedStore } from "./store.ts"
import { makeWatch, type Watch } from "./watch.ts"

/** How often the evidence is looked at. */
const judgeEverySeconds = 5
/** How long it is waited before history that could not be fetched is tried again. */
const historyAgainSeconds = 600
/** How long a goodbye may take. */
const logOutSeconds = 5
/** A sleep that is longer is slept in parts. */
const sleepMillisMax = 60 * 60_000

export interface KeepOptions<E> {
  readonly store: OwnedStore
  readonly journal: SqliteJournal
  /** Another server than WhatsApp's, for tests. */
  readonly url: string | undefined
  readonly remembered: SessionState | undefined
  readonly record: (fact: SessionFact) => Effect.Effect<number, E>
  readonly say: (message: LiveSession) => void
  readonly changed: (state: SessionState) => Effect.Effect<void>
  readonly opened: (socket: OpenSocket | undefined) => void
  readonly publish: (event: SocketEvent) => void
  readonly lookUp: (key: WAMessageKey) => Promise<proto.IMessage | undefined>
}

export interface Kept<E> {
  readonly machine: () => Machine
  readonly watch: Watch
  /** Gives an input of an operator, and answers with the sequence of the last fact it led to. */
  readonly ask: (input: Input) => Effect.Effect<number>
  readonly run: Effect.Effect<never, SessionError | E>
}

interface Asked {
  readonly input: Input
  readonly answer?: Deferred.Deferred<number>
}

export const keepConnected = Effect.fn("keepConnected")(function* <E>(
  options: KeepOptions<E>
): Effect.fn.Return<Kept<E>, SessionError, Scope.Scope> {
  const { journal, record, store } = options
  const clock = yield* Clock.Clock
  const now = () => clock.currentTimeMillisUnsafe()
  const fork = Effect.runForkWith(yield* Effect.context<never>())
  const inputs = yield* Queue.unbounded<Asked>()
  const lost = yield* Deferred.make<never, SessionError>()
  const watch = makeWatch(rhythmIn(store), now())
  const offer = (input: Input) => void Queue.offerUnsafe(inputs, { input })

  /** Rung when history was announced, and when the connection opens with some left over. */
  const historyBell = Latch.makeUnsafe(false)

  let machine = initial(store.epoch, linkedIn(store) !== undefined, now())
  let live: LiveSocket | undefined
  let number = 0

  const lose = (error: unknown) =>
    void Deferred.doneUnsafe(lost, Effect.fail(sessionError("write its store")(error)))

  const nowOpen = (socket: LiveSocket) => {
    const me = socket.auth.state.creds.me
    if (me === undefined) return
    options.opened(
      openSocketOf({ live: socket, store, watch, self: selfOf(me), number, openedAt: now(), now })
    )
    options.publish({ event: "opened", number })
    historyBell.openUnsafe()
    offer({ input: "open" })
  }

  const replayed = () => {
    if (watch.replayed()) offer({ input: "was-deaf" })
  }

  /** Called by Baileys' own callbacks: it must not throw and must not wait. */
  const heard = (socket: () => LiveSocket | undefined) => (happening: Happening) => {
    watch.heard(happening, now())
    switch (happening.what) {
      case "qr":
        return offer({ input: "qr", text: happening.text })
      case "passkey":
        return offer({ input: "passkey" })
      case "paired":
        return offer({ input: "paired" })
      case "open": {
        const opened = socket()
        if (opened !== undefined) nowOpen(opened)
        return
      }
      case "closed":
        metrics.sessionClosed.inc({ code: happening.disconnect.code })
        options.opened(undefined)
        options.publish({ event: "closed", number, code: happening.disconnect.code })
        return offer({ input: "closed", disconnect: happening.disconnect })
      case "broken":
        options.opened(undefined)
        return lose(happening.error)
      case "event": {
        const { event } = happening
        if (event.event === "replayed") replayed()
        if (event.event === "reach-out-limit")
          offer({ input: "reach-out-limit", active: event.active, until: event.until })
        return options.publish(event)
      }
      case "decrypted":
        return metrics.sessionDecrypted.inc({ outcome: happening.opened ? "opened" : "failed" })
      case "history":
        return void historyBell.openUnsafe()
      case "delivered":
        return undefined
    }
  }

  const disconnect = () => {
    live?.end()
    live = undefined
    options.opened(undefined)
  }

  const connect = Effect.gen(function* () {
    const baileys = yield* loadBaileys
    disconnect()
    number += 1
    watch.opening(now())
    let opened: LiveSocket | undefined
    opened = live = openSocket({
      baileys,
      store,
      number,
      now,
      url: options.url,
      say: (words, facts) => void fork(Effect.logDebug(words, facts)),
      journalled: journal.rang,
      lookUp: options.lookUp,
      on: heard(() => opened)
    })
  })

  /** The answer comes as an input; a request that fails shows as a connection that closes. */
  const requestCode = (phone: string) => {
    const socket = live
    if (socket === undefined) return
    const asked = Effect.tryPromise(() => socket.sock.requestPairingCode(phone))
    fork(
      Effect.match(asked, {
        onSuccess: (code) => offer({ input: "code", code }),
        onFailure: () => void (socket === live && socket.sock.end(undefined))
      })
    )
  }

  const perform = Effect.fnUntraced(function* (action: Action): Effect.fn.Return<number, SessionError | E> {
    switch (action.act) {
      case "connect":
        yield* connect
        return 0
      case "disconnect":
        disconnect()
        return 0
      case "request-code":
        requestCode(action.phone)
        return 0
      case "log-out": {
        const socket = live
        if (socket !== undefined)
          yield* Effect.ignore(
            Effect.timeout(
              Effect.tryPromise(() => socket.logOut()),
              `${logOutSeconds} seconds`
            )
          )
        return 0
      }
      case "wipe":
        yield* Effect.try({ try: () => store.clear(), catch: sessionError("delete its credentials") })
        return 0
      case "live":
        options.say(action.message)
        return 0
      case "record":
        return yield* record(action.fact)
    }
  })

  const apply = Effect.fnUntraced(function* (input: Input) {
    const at = { now: now(), random: yield* Random.next }
    if (input.input === "judged" && input.judgement === "silent") watch.probing(at.now)
    const before = machine.state
    const [next, actions] = step(machine, input, at)
    machine = next
    if (next.state !== before) yield* options.changed(next.state)
    let sequence = 0
    for (const action of actions) sequence = Math.max(sequence, yield* perform(action))
    return sequence
  })

  const nextInput = Effect.suspend(() => {
    const wait = Math.min(sleepMillisMax, Math.max(0, wakeAt(machine) - now()))
    return Effect.timeoutOrElse(Queue.take(inputs), {
      duration: wait,
      orElse: () => Effect.succeed<Asked>({ input: { input: "tick" } })
    })
  })

  const stepping = Effect.gen(function* () {
    yield* apply({ input: "started", remembered: options.remembered })
    while (true) {
      const { answer, input } = yield* nextInput
      const sequence = yield* apply(input)
      if (answer !== undefined) yield* Deferred.succeed(answer, sequence)
    }
  })

  const judging = Effect.sync(() => offer({ input: "judged", judgement: judge(watch.vitals(), now()) })).pipe(
    Effect.andThen(rhythmKeeper(store, watch, now)),
    Effect.andThen(Effect.try({ try: () => store.tidy(now()), catch: sessionError("tidy its store") })),
    Effect.delay(`${judgeEverySeconds} seconds`),
    Effect.forever
  )

  const fetching = Effect.gen(function* () {
    yield* historyBell.await
    historyBell.closeUnsafe()
    const failed = yield* fetchHistory(yield* loadBaileys, store, now, journal.rang)
    if (failed === 0) return
    yield* Effect.sleep(`${historyAgainSeconds} seconds`)
    historyBell.openUnsafe()
  }).pipe(Effect.forever)

  yield* Effect.addFinalizer(() => Effect.sync(disconnect))
  return {
    machine: () => machine,
    watch,
    ask: (input) =>
      Effect.gen(function* () {
        const answer = yield* Deferred.make<number>()
        yield* Queue.offer(inputs, { input, answer })
        return yield* Deferred.await(answer)
      }),
    run: Effect.raceAllFirst([stepping, judging, fetching, Deferred.await(lost)])
  }
})
