import { describe, expect, it } from "@effect/vitest"
import { Clock, Effect, PubSub, Stream } from "effect"
import {
  type GatewayNews,
  type GatewayService,
  TransmitFailed,
  type WireMessage
} from "../../../../actors/whatsapp/gateway.ts"
import { CancelMessage } from "../../../../contracts/commands.ts"
import { type WhatsAppId, whatsAppIdOf } from "../../../../contracts/ids.ts"
import { SessionDegraded, SessionRecovered } from "../../../../contracts/session.ts"
import { pass, until } from "../../../infra/actor/world.ts"
import { here, idOf, makeChat, person, queued, unpaced } from "../world.ts"

const minute = 60_000
const hour = 60 * minute
const wireId = (name: string) => whatsAppIdOf(idOf(name))
const silent = Effect.fail(new TransmitFailed({ gateway: "sandbox", final: false, message: "no answer" }))

/** A chat whose gateway is closed until it is told otherwise, and speaks of itself. */
const makeClosable = Effect.fnUntraced(function* (abilities: Partial<GatewayService> = {}) {
  const bus = yield* PubSub.unbounded<GatewayNews>()
  const gate = { until: Number.POSITIVE_INFINITY as number | undefined }
  const chat = yield* makeChat({}, unpaced, {
    closedUntil: () => Effect.sync(() => gate.until),
    news: Effect.map(PubSub.subscribe(bus), Stream.fromSubscription),
    ...abilities
  })
  return {
    ...chat,
    say: (news: GatewayNews) => PubSub.publish(bus, news),
    open: Effect.suspend(() => {
      gate.until = undefined
      return PubSub.publish(bus, { news: "open" })
    })
  }
})

describe("what is queued while its gateway is closed", () => {
  it.effect("is neither claimed nor given up, and can be cancelled; it leaves once the gateway opens", () =>
    Effect.gen(function* () {
      const chat = yield* makeClosable()
      const actor = yield* chat.start()
      yield* actor.ready
      yield* chat.append(queued("a"))
      yield* chat.append(queued("b"))
      yield* chat.append(queued("c", { priority: "bulk" }))
      yield* pass(48 * hour)
      expect(chat.named("outbox.claimed")).toEqual([])
      expect(actor.work.size()).toBe(3)
      yield* chat.ask(CancelMessage, { outbox: idOf("c"), by: "operator" })
      yield* chat.open
      yield* until("both are sent", () => chat.named("outbox.sent").length === 2)
      expect(chat.texts()).toEqual(["a", "b"])
    }).pipe(Effect.scoped)
  )

  it.effect("goes at the moment that the gateway named, without any news", () =>
    Effect.gen(function* () {
      const opensAt = (yield* Clock.currentTimeMillis) + 1_767_225_600_000 + 3 * hour
      const chat = yield* makeClosable({
        closedUntil: () => Effect.map(Clock.currentTimeMillis, (now) => (now < opensAt ? opensAt : undefined))
      })
      yield* (yield* chat.start()).ready
      yield* chat.append(queued("a"))
      yield* pass(2 * hour)
      expect(chat.named("outbox.claimed")).toEqual([])
      yield* pass(2 * hour)
      expect(chat.named("outbox.sent")).toHaveLength(1)
    }).pipe(Effect.scoped)
  )
})

describe("a limit for first messages, which the log remembers", () => {
  it.effect("holds what would be the first word to somebody, until it is over", () =>
    Effect.gen(function* () {
      const chat = yield* makeChat({}, unpaced, { closedUntil: () => Effect.undefined })
      const now = yield* Clock.currentTimeMillis
      yield* chat.append(SessionDegraded({ reason: "reach-out-limited", until: now + 10 * hour }))
      yield* (yield* chat.start()).ready
      const { chat: known } = yield* chat.ingest([{ id: "m1", text: "hello" }])
      yield* chat.append(queued("cold"))
      yield* chat.append(queued("warm", { chat: known }))
      yield* until("the answer is sent", () => chat.named("outbox.sent").length === 1)
      yield* pass(9 * hour)
      expect(chat.texts()).toEqual(["warm"])
      yield* pass(2 * hour)
      expect(chat.texts()).toEqual(["warm", "cold"])
    }).pipe(Effect.scoped)
  )

  it.effect("is forgotten once the session has recovered", () =>
    Effect.gen(function* () {
      const chat = yield* makeChat({}, unpaced, { closedUntil: () => Effect.undefined })
      yield* chat.append(SessionDegraded({ reason: "reach-out-limited" }))
      yield* chat.append(SessionRecovered({ reason: "undecryptable" }))
      const first = yield* chat.start()
      yield* chat.append(queued("cold"))
      yield* pass(hour)
      expect(chat.texts()).toEqual([])
      yield* first.kill
      yield* chat.append(SessionRecovered({ reason: "reach-out-limited" }))
      yield* chat.start({ disk: first.disk })
      yield* until("it is sent", () => chat.named("outbox.sent").length === 1)
    }).pipe(Effect.scoped)
  )
})

describe("a claim of which nobody knows what became", () => {
  it.effect("is told of once, after a minute, and settled by the first word about it", () =>
    Effect.gen(function* () {
      const chat = yield* makeClosable()
      chat.plans.writes.push(silent)
      chat.plans.answers.push(...Array.from({ length: 1_000 }, () => "unknown" as const))
      yield* (yield* chat.start()).ready
      yield* chat.open
      yield* chat.append(queued("a"))
      yield* until("it is claimed", () => chat.named("outbox.claimed").length === 1)
      const since = chat.named("outbox.claimed")[0]!.time
      yield* pass(10 * minute)
      expect(chat.named("outbox.unresolved").map(({ data }) => data)).toEqual([
        { chat: here, outbox: idOf("a"), whatsApp: wireId("a"), attempt: 1, since }
      ])
      const at = yield* Clock.currentTimeMillis
      yield* chat.say({ news: "taken", whatsApp: wireId("a"), at })
      yield* until("it is settled", () => chat.named("outbox.sent").length === 1)
      expect(chat.named("outbox.sent")[0]!.data).toMatchObject({ outbox: idOf("a"), at, attempt: 1 })
      yield* pass(10 * minute)
      expect(chat.named("outbox.claimed")).toHaveLength(1)
      expect(chat.named("outbox.sent")).toHaveLength(1)
    }).pipe(Effect.scoped)
  )

  it.effect(
    "that is found at fault again and again is given up after as many attempts as its refusal allows",
    () =>
      Effect.gen(function* () {
        const chat = yield* makeChat()
        const doubtful = Effect.fail(
          new TransmitFailed({
            gateway: "sandbox",
            final: false,
            message: "malformed",
            waitMillis: 1_000,
            attemptsMax: 3
          })
        )
        chat.plans.writes.push(doubtful, doubtful, doubtful, doubtful)
        yield* chat.start()
        yield* chat.append(queued("a", { priority: "notice" }))
        yield* until("it is given up", () => chat.named("outbox.failed").length === 1)
        expect(chat.named("outbox.claimed").map(({ data }) => [data.whatsApp, data.attempt])).toEqual([
          [wireId("a"), 1],
          [wireId("a"), 2],
          [wireId("a"), 3]
        ])
      }).pipe(Effect.scoped)
  )

  it.effect("is written again for as long as it takes where it is a warning", () =>
    Effect.gen(function* () {
      const chat = yield* makeChat()
      const doubtful = Effect.fail(
        new TransmitFailed({
          gateway: "sandbox",
          final: false,
          message: "malformed",
          waitMillis: 1_000,
          attemptsMax: 3
        })
      )
      chat.plans.writes.push(doubtful, doubtful, doubtful, doubtful, doubtful)
      yield* chat.start()
      yield* chat.append(queued("a", { priority: "warning" }))
      yield* until("it is sent", () => chat.named("outbox.sent").length === 1, 100)
      expect(chat.named("outbox.claimed").map(({ data }) => [data.whatsApp, data.attempt])).toEqual(
        Array.from({ length: 6 }, (_, index) => [wireId("a"), index + 1])
      )
    }).pipe(Effect.scoped)
  )
})

describe("what a message of ours said", () => {
  it.effect(
    "is told again by any later process, but not once it was taken back, or its chat was forgotten",
    () =>
      Effect.gen(function* () {
        let tell: (whatsApp: WhatsAppId) => Effect.Effect<WireMessage | undefined> = () => Effect.undefined
        const chat = yield* makeClosable({
          retells: (told) =>
            Effect.sync(() => {
              tell = told
            })
        })
        const first = yield* chat.start()
        yield* first.ready
        yield* chat.open
        yield* chat.append(queued("a", { body: { text: "mind it", quotes: "3A00" } }))
        yield* chat.append(queued("b"))
        yield* until("both are sent", () => chat.named("outbox.sent").length === 2)
        yield* first.kill
        yield* (yield* chat.start({ disk: first.disk })).ready
        const again = { chat: here, sender: person, whatsApp: wireId("a"), wire: "text", text: "mind it" }
        expect(yield* tell(wireId("a"))).toEqual({ ...again, quotes: "3A00" })
        expect(yield* tell(wireId("nothing"))).toBeUndefined()
        yield* chat.append(queued("r", { kind: "retraction", target: idOf("a"), standalone: false }))
        yield* until("it is taken back", () => chat.named("outbox.sent").length === 3)
        yield* pass(minute)
        expect(yield* tell(wireId("a"))).toBeUndefined()
        const { whatsApp: revoke } = chat.named("outbox.sent")[2]!.data
        expect(yield* tell(revoke)).toMatchObject({ wire: "revoke", target: wireId("a") })
        yield* chat.keyring.forget(here)
        expect(yield* tell(wireId("b"))).toBeUndefined()
      }).pipe(Effect.scoped)
  )
})

describe("receipts", () => {
  it.effect("of hundreds of members become one fact per level, gathered for the chat", () =>
    Effect.gen(function* () {
      const chat = yield* makeClosable()
      yield* (yield* chat.start()).ready
      yield* chat.open
      yield* chat.append(queued("a"))
      yield* chat.append(queued("b"))
      yield* until("both are sent", () => chat.named("outbox.sent").length === 2)
      const all = (level: "delivered" | "read", at: number) =>
        Effect.forEach(Array.from({ length: 300 }), () =>
          Effect.forEach(["a", "b"], (name) =>
            chat.say({ news: "receipt", whatsApp: wireId(name), level, at })
          )
        )
      yield* all("delivered", 1)
      yield* pass(minute)
      yield* all("read", 2)
      yield* all("delivered", 3)
      yield* pass(minute)
      yield* all("read", 4)
      yield* pass(minute)
      expect(chat.named("outbox.acknowledged").map(({ data }) => data.messages)).toEqual([
        [
          { outbox: idOf("a"), level: "delivered", at: 1 },
          { outbox: idOf("b"), level: "delivered", at: 1 }
        ],
        [
          { outbox: idOf("a"), level: "read", at: 2 },
          { outbox: idOf("b"), level: "read", at: 2 }
        ]
      ])
    }).pipe(Effect.scoped)
  )

  it.effect("that come before it is known what they are of are kept for a while", () =>
    Effect.gen(function* () {
      const chat = yield* makeClosable()
      yield* (yield* chat.start()).ready
      yield* chat.open
      yield* chat.say({ news: "receipt", whatsApp: wireId("a"), level: "delivered", at: 1 })
      // They are looked through once in this time.
      yield* pass(6_000)
      yield* chat.append(queued("a"))
      yield* until("it is sent", () => chat.named("outbox.sent").length === 1)
      yield* pass(minute)
      expect(chat.named("outbox.acknowledged").flatMap(({ data }) => data.messages)).toEqual([
        { outbox: idOf("a"), level: "delivered", at: 1 }
      ])
    }).pipe(Effect.scoped)
  )

  it.effect("for what is not ours, and for steps that show nothing of their own, are no facts", () =>
    Effect.gen(function* () {
      const chat = yield* makeClosable()
      yield* (yield* chat.start()).ready
      yield* chat.open
      yield* chat.append(queued("a"))
      yield* until("it is sent", () => chat.named("outbox.sent").length === 1)
      yield* chat.append(queued("b", { kind: "correction", target: idOf("a") }))
      yield* until("it is edited", () => chat.named("outbox.sent").length === 2)
      const { whatsApp } = chat.named("outbox.sent")[1]!.data
      yield* chat.say({ news: "receipt", whatsApp, level: "read", at: 1 })
      yield* chat.say({ news: "receipt", whatsApp: wireId("of nobody"), level: "read", at: 1 })
      yield* pass(minute)
      expect(chat.named("outbox.acknowledged")).toEqual([])
    }).pipe(Effect.scoped)
  )
})
