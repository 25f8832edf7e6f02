/** Forgetting on a real log, also across a crash at its worst moment. */
import { rm } from "node:fs/promises"
import { join } from "node:path"
import { expect, it } from "@effect/vitest"
import { Context, Deferred, Effect, Exit, Layer, Scope, Stream } from "effect"
import { type Around, type Part, runActors, services } from "../../../actors/operator/system.ts"
import { ActorParked } from "../../../contracts/actor.ts"
import type { AnyRecorded } from "../../../contracts/catalogue.ts"
import { DropParked, RequestErasure, RetryParked, SetOverride } from "../../../contracts/commands.ts"
import type { Context as EventContext } from "../../../contracts/contexts.ts"
import { HostId, LinkId, messageKey, OverrideId, PersonId } from "../../../contracts/ids.ts"
import { linkId } from "../../../contracts/link/link-id.ts"
import { MessageReceived } from "../../../contracts/message.ts"
import { CommandBus } from "../../../infra/command-bus/command-bus.ts"
import { EventLog, type EventLogService } from "../../../infra/event-log/event-log.ts"
import { Keyring } from "../../../infra/keyring/keyring.ts"
import { type Ground, ground, pacing } from "./whole.ts"

const by = "operator"

/** The actors that forgetting takes, on the ground's log, until the scope closes. */
const running = Effect.fnUntraced(function* (
  on: Ground,
  around: Around = {},
  parts: ReadonlyArray<Part> = ["admin", "verdict", "whatsapp"]
) {
  const context = yield* Layer.build(services(on.foundation, around))
  yield* Effect.provideContext(
    runActors({ dataFolder: on.dataFolder, pacing, only: new Set(parts), around }),
    context
  )
  return {
    bus: Context.get(context, CommandBus),
    keyring: Context.get(context, Keyring),
    log: Context.get(context, EventLog)
  }
})

type Running = Effect.Success<ReturnType<typeof running>>

const factsOf = (
  log: EventLogService,
  until: (events: ReadonlyArray<AnyRecorded>) => boolean,
  contexts: ReadonlyArray<EventContext> = ["erasure", "actor"]
) =>
  log.read({ from: 1, contexts }).pipe(
    Stream.scan(
      (): ReadonlyArray<AnyRecorded> => [],
      (all, batch) => [...all, ...batch.events.filter((event) => event.type !== "unreadable")]
    ),
    Stream.takeUntil(until),
    Stream.runLast,
    Effect.map((last) => (last._tag === "Some" ? last.value : []))
  )

const erasuresOf = (events: ReadonlyArray<AnyRecorded>) =>
  events.filter((event) => event.type.startsWith("erasure."))

it.live("forgets a person for ever: their words cannot be opened, and they are not forgotten twice", () =>
  Effect.gen(function* () {
    const { bus, keyring, log } = yield* running(yield* ground)
    const subject = yield* keyring.person(["sandbox:Sandbox/You"])
    const words = yield* keyring.seal([subject], 0, "words")
    expect(keyring.open(words)).toBe("words")
    const answer = yield* bus.request(RequestErasure, { subject, by })
    expect(answer).toMatchObject({ keysDestroyed: 1, mappingsDestroyed: 1, generation: log.generation })
    expect(keyring.open(words)).toBeNull()
    const again = yield* Effect.flip(bus.request(RequestErasure, { subject, by }))
    expect(again).toMatchObject({ _tag: "Refused", reason: "forgotten" })
    const nobody = yield* Effect.flip(
      bus.request(RequestErasure, { subject: PersonId.make("p0nobody0"), by })
    )
    expect(nobody).toMatchObject({ _tag: "Refused", reason: "not-found" })
    const events = erasuresOf(
      yield* factsOf(log, (all) => all.some((event) => event.sequence >= answer.sequence))
    )
    expect(events.map((event) => event.type)).toEqual(["erasure.requested", "erasure.completed"])
  })
)

/** Where an erasure may be cut off: everything from there on is as if the process had ended. */
const cuts: Readonly<Record<string, (cut: Cut) => Around>> = {
  "before it had prepared a link key": (cut) => ({
    keyring: (keyring) => ({ ...keyring, prepareLinkKey: () => cut.here })
  }),
  "before the overrides had tokens of the next link key": (cut) => ({
    log: cut.before("policy.overrides-rekeyed")
  }),
  "before the keys were destroyed": (cut) => ({
    keyring: (keyring) => ({ ...keyring, forget: () => cut.here })
  }),
  "between the keys and the log": (cut) => ({ log: cut.before("erasure.completed") })
}

interface Cut {
  readonly here: Effect.Effect<never>
  readonly before: (type: string) => (log: EventLogService) => EventLogService
}

const makeCut = Effect.gen(function* () {
  const reached = yield* Deferred.make<void>()
  const here = Effect.andThen(Deferred.succeed(reached, undefined), Effect.never)
  const before = (type: string) => (log: EventLogService) => ({
    ...log,
    append: (...args: Parameters<EventLogService["append"]>) =>
      args[0].some(({ fact }) => fact.type === type) ? here : log.append(...args)
  })
  return { reached: Deferred.await(reached), here, before }
})

/** The level that a rule alone gives a link that is posted now. */
const levelNow = Effect.fnUntraced(function* ({ keyring, log }: Running, url: string, host: string) {
  const chat = yield* keyring.chat(["sandbox:Elsewhere"])
  const sender = yield* keyring.person(["sandbox:Elsewhere/Ben"])
  const { current } = keyring.linkKeys([chat, sender])
  const token = HostId.make(linkId(current, host))
  const sighting = { link: LinkId.make(linkId(current, url)), host: token, domains: [token] }
  const message = messageKey(keyring.account, chat, sender, "m1")
  const fact = MessageReceived({
    chat,
    message,
    sender,
    gateway: "sandbox",
    arrival: "live",
    sentAt: 1,
    links: [sighting],
    said: { text: url, whatsAppId: "m1", links: [] },
    who: { name: "Ben" }
  })
  yield* log.append([{ fact, id: "posted afterwards" }], { actor: "whatsapp" })
  const events = yield* factsOf(log, (all) => all.some((event) => event.type === "verdict.decided"), [
    "verdict"
  ])
  return events.flatMap((event) => (event.type === "verdict.decided" ? [event.data.level] : []))
})

for (const [where, around] of Object.entries(cuts))
  for (const stateIsLost of [false, true])
    it.live(
      `finishes at the next start what a crash cut off ${where}${stateIsLost ? ", though all state of the actors is lost" : ""}`,
      () =>
        Effect.gen(function* () {
          const on = yield* ground
          const cut = yield* makeCut
          const first = yield* Scope.make()
          const before = yield* Scope.provide(running(on, around(cut)), first)
          const subject = yield* before.keyring.person(["sandbox:Sandbox/You"])
          const words = yield* before.keyring.seal([subject], 0, "words")
          const override = OverrideId.make("01941f29-7c00-7000-8000-000000000001")
          const rule = { match: "domain", pattern: "bad.example", effect: "deny", by } as const
          yield* before.bus.request(SetOverride, { override, ...rule })
          const keyBefore = before.keyring.linkKeys([]).current
          yield* Effect.forkScoped(before.bus.request(RequestErasure, { subject, by }))
          yield* cut.reached
          const requested = yield* factsOf(before.log, (all) => erasuresOf(all).length > 0)
          expect(erasuresOf(requested).map((event) => event.type)).toEqual(["erasure.requested"])
          yield* Scope.close(first, Exit.void)
          if (stateIsLost) yield* Effect.promise(() => rm(join(on.dataFolder, "actors"), { recursive: true }))

          const after = yield* running(on)
          const events = erasuresOf(yield* factsOf(after.log, (all) => erasuresOf(all).length > 1))
          expect(events.map((event) => event.type)).toEqual(["erasure.requested", "erasure.completed"])
          expect(events[1]).toMatchObject({ cause: events[0]!.id, data: { subject } })
          expect(after.keyring.open(words)).toBeNull()
          const keysAfter = after.keyring.linkKeys([])
          expect(keysAfter.current).not.toEqual(keyBefore)
          expect(keysAfter.next).toBeUndefined()
          expect(yield* levelNow(after, "http://www.bad.example/", "bad.example")).toEqual(["malicious"])
          const again = yield* Effect.flip(after.bus.request(RequestErasure, { subject, by }))
          expect(again).toMatchObject({ _tag: "Refused", reason: "forgotten" })
        })
    )

for (const [whom, parts] of [
  ["the overrides", ["admin", "whatsapp"]],
  ["the session", ["admin", "verdict"]]
] as const)
  it.live(`waits for whoever holds ${whom}, and destroys no key before`, () =>
    Effect.gen(function* () {
      const on = yield* ground
      const alone = yield* Scope.make()
      const { bus, keyring } = yield* Scope.provide(running(on, {}, parts), alone)
      const subject = yield* keyring.person(["sandbox:Sandbox/You"])
      const words = yield* keyring.seal([subject], 0, "words")
      const early = yield* Effect.flip(bus.request(RequestErasure, { subject, by }))
      expect(early).toMatchObject({ _tag: "Refused", reason: "unavailable" })
      expect(keyring.open(words)).toBe("words")
      yield* Scope.close(alone, Exit.void)
      const { keyring: opened, log } = yield* running(on)
      yield* factsOf(log, (all) => erasuresOf(all).length > 1)
      expect(opened.open(words)).toBeNull()
    })
  )

it.live("forgets the chat with a person alone together with the person, for it goes by their number", () =>
  Effect.gen(function* () {
    const { bus, keyring, log } = yield* running(yield* ground)
    const forms = ["1@s.whatsapp.net", "2@lid"]
    const person = yield* keyring.person(forms)
    const direct = yield* keyring.chat(forms)
    const group = yield* keyring.chat(["3@g.us"])
    const words = yield* keyring.seal([direct], 0, "words")
    const answer = yield* bus.request(RequestErasure, { subject: person, by })
    expect(answer).toMatchObject({ keysDestroyed: 1, mappingsDestroyed: 4 })
    expect(keyring.open(words)).toBeNull()
    expect(keyring.formsOf(direct)).toEqual([])
    expect(keyring.formsOf(group)).toEqual(["3@g.us"])
    const events = erasuresOf(
      yield* factsOf(log, (all) => all.some((event) => event.sequence >= answer.sequence))
    )
    expect(events).toMatchObject([
      { type: "erasure.requested", data: { subject: person } },
      { type: "erasure.requested", data: { subject: direct } },
      { type: "erasure.completed", data: { subject: person } },
      { type: "erasure.completed", data: { subject: direct } }
    ])
  })
)

it.live("speaks for a person about what an actor has parked", () =>
  Effect.gen(function* () {
    const { bus, log } = yield* running(yield* ground)
    const parked = ActorParked({
      actor: "scan",
      sequence: 7,
      event: "message.received",
      boundary: "c0example0",
      reason: "why",
      attempts: 5
    })
    yield* log.append([{ fact: parked, id: "parked-7" }], { actor: "scan" })
    const known = () => bus.request(RetryParked, { actor: "scan", sequence: 7, by })
    // The actor folds what the other one said when it comes to it.
    const { sequence } = yield* known().pipe(
      Effect.retry({ times: 200, while: (error) => error._tag === "Refused" && error.reason === "not-found" })
    )
    yield* bus.request(DropParked, { actor: "scan", sequence: 7, by })
    const late = yield* Effect.flip(known().pipe(Effect.repeat({ times: 200 })))
    expect(late).toMatchObject({ _tag: "Refused", reason: "already-done" })
    const nothing = yield* Effect.flip(bus.request(DropParked, { actor: "scan", sequence: 8, by }))
    expect(nothing).toMatchObject({ _tag: "Refused", reason: "not-found" })
    const events = yield* factsOf(log, (all) => all.length > 2)
    expect(events.find((event) => event.sequence === sequence)).toMatchObject({
      type: "actor.unparked",
      data: { actor: "scan", sequence: 7, decision: "retry", by }
    })
  })
)
