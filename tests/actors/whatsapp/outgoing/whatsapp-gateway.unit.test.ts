import { describe, expect, it } from "@effect/vitest"
import { Effect, Fiber, Stream } from "effect"
import { TestClock } from "effect/testing"
import type { GatewayNews, WireMessage } from "../../../../actors/whatsapp/gateway.ts"
import { openWhatsAppGateway } from "../../../../actors/whatsapp/outgoing/whatsapp-gateway.ts"
import { Session } from "../../../../actors/whatsapp/session/connection.ts"
import { whatsAppIdOf } from "../../../../contracts/ids.ts"
import { Keyring } from "../../../../infra/keyring/keyring.ts"
import { sqliteKeyring } from "../../../../infra/keyring/sqlite-keyring.ts"
import { until } from "../../../infra/actor/world.ts"
import { idOf } from "../world.ts"
import { makeScriptedSession, self } from "./scripted-session.ts"

const hour = 60 * 60_000
const ana = "100000000000002@lid"
const id = whatsAppIdOf(idOf("a"))

const makeWorld = Effect.gen(function* () {
  const scripted = yield* makeScriptedSession
  const keyring = yield* Keyring
  const gateway = yield* openWhatsAppGateway({ mediaFolder: "" }).pipe(
    Effect.provideService(Session, scripted.session)
  )
  const news: Array<GatewayNews> = []
  yield* Effect.forkScoped(
    Stream.runForEach(yield* gateway.news, (it) => Effect.sync(() => void news.push(it)))
  )
  const messageTo = (chat: WireMessage["chat"]): WireMessage => ({
    chat,
    whatsApp: id,
    wire: "text",
    text: "a"
  })
  const chat = yield* keyring.chat([ana])
  const transmitting = Effect.forkChild(Effect.exit(gateway.transmit(messageTo(chat))))
  const ended = <A>(fiber: Fiber.Fiber<A>) =>
    Effect.gen(function* () {
      yield* until("it ended", () => fiber.pollUnsafe() !== undefined)
      return yield* Fiber.join(fiber)
    })
  return {
    ...scripted,
    gateway,
    keyring,
    news,
    messageTo,
    chat,
    transmitting,
    ended,
    ack: (error?: string) => scripted.say({ event: "ack", id, from: ana, error, at: 7 })
  }
})

const test = <E>(title: string, run: (world: Effect.Success<typeof makeWorld>) => Effect.Effect<void, E>) =>
  it.effect(title, () =>
    Effect.flatMap(makeWorld, run).pipe(Effect.scoped, Effect.provide(sqliteKeyring(":memory:")))
  )

describe("a message over WhatsApp", () => {
  test("is sent once it is acknowledged, not once it is written", (world) =>
    Effect.gen(function* () {
      const fiber = yield* world.transmitting
      yield* until("it is written", () => world.written.length === 1)
      expect(world.written).toEqual([{ jid: ana, id }])
      expect(fiber.pollUnsafe()).toBeUndefined()
      yield* world.ack()
      expect(yield* world.ended(fiber)).toMatchObject({ _tag: "Success" })
      expect(world.news).toEqual([])
    }))

  test("is told again to who asks before it is folded, as soon as it is; of others nobody waits to hear", (world) =>
    Effect.gen(function* () {
      let looks = 0
      yield* world.gateway.retells((whatsApp) =>
        Effect.sync(() => {
          looks += 1
          return whatsApp === id && looks > 2 ? world.messageTo(world.chat) : undefined
        })
      )
      yield* world.transmitting
      yield* until("it is written", () => world.written.length === 1)
      const copy = yield* Effect.promise(() => world.script.lookUp({ id }))
      expect(copy?.extendedTextMessage?.text ?? copy?.conversation).toBe("a")
      expect(looks).toBe(3)
      const other = whatsAppIdOf(idOf("b"))
      expect(yield* Effect.promise(() => world.script.lookUp({ id: other }))).toBeUndefined()
      expect(looks).toBe(4)
    }))

  test("is not written by a process that does not own the session any more", (world) =>
    Effect.gen(function* () {
      world.script.isOurs = false
      expect(yield* world.ended(yield* world.transmitting)).toMatchObject({ _tag: "Failure" })
      expect(world.written).toEqual([])
    }))

  test("was sent where the server acknowledged it, although the write fails after that", (world) =>
    Effect.gen(function* () {
      let fail = () => {}
      world.script.relay = () => new Promise((_, reject) => (fail = () => reject(new Error("no disk"))))
      const fiber = yield* world.transmitting
      yield* until("it is written", () => world.written.length === 1)
      yield* world.ack()
      yield* TestClock.adjust("1 second")
      fail()
      expect(yield* world.ended(fiber)).toMatchObject({ _tag: "Success" })
    }))

  test("has no outcome where the connection closes, or nothing is said; what is heard later is news", (world) =>
    Effect.gen(function* () {
      const first = yield* world.transmitting
      yield* until("it is written", () => world.written.length === 1)
      yield* world.say({ event: "closed", number: 1, code: 428 })
      const outcome = yield* world.ended(first)
      expect(JSON.stringify(outcome)).toContain("the connection closed before")
      const second = yield* world.transmitting
      yield* TestClock.adjust("6 seconds")
      expect(JSON.stringify(yield* world.ended(second))).toContain("did not acknowledge the message within")
      expect(yield* world.gateway.has(id)).toBe("unknown")
      yield* world.ack()
      yield* until("it is news", () => world.news.length === 1)
      expect(world.news).toEqual([{ news: "taken", whatsApp: id, at: 7 }])
      expect(yield* world.gateway.has(id)).toBe("yes")
    }))

  test("is known to be taken where WhatsApp told an earlier process so", (world) =>
    Effect.gen(function* () {
      expect(yield* world.gateway.has(id)).toBe("unknown")
      world.script.taken.add(id)
      expect(yield* world.gateway.has(id)).toBe("yes")
    }))

  test("is refused for good in a status or a channel: nobody can be answered there", (world) =>
    Effect.gen(function* () {
      for (const form of ["status@broadcast", "120363000000000000@newsletter"]) {
        const chat = yield* world.keyring.chat([form])
        const failure = yield* Effect.flip(world.gateway.transmit(world.messageTo(chat)))
        expect(failure.final).toBe(true)
      }
      expect(world.written).toEqual([])
    }))
})

describe("a first message that is refused", () => {
  test("lets first messages rest, and the session knows, though WhatsApp does not say for how long", (world) =>
    Effect.gen(function* () {
      world.script.timelock = () => Promise.reject(new Error("no answer"))
      const fiber = yield* world.transmitting
      yield* until("it is written", () => world.written.length === 1)
      yield* world.ack("463")
      expect(JSON.stringify(yield* world.ended(fiber))).toContain("may not write to new people")
      yield* until("the session is told", () => world.refusedUntil.length === 1)
      const now = yield* Effect.clockWith((clock) => clock.currentTimeMillis)
      expect(world.refusedUntil[0]! - now).toBeGreaterThan(23 * hour)
      expect(yield* world.gateway.has(id)).toBe("no")
      expect(yield* world.gateway.closedUntil(true)).toBeGreaterThan(now + hour / 2)
      expect(yield* world.gateway.closedUntil(false)).toBeUndefined()
      yield* TestClock.adjust("61 minutes")
      expect(yield* world.gateway.closedUntil(true)).toBeUndefined()
    }))

  test("rests for as long as WhatsApp says, and no longer once it says that it is over", (world) =>
    Effect.gen(function* () {
      yield* world.say({ event: "reach-out-limit", active: true, until: 5 * hour })
      yield* TestClock.adjust("1 second")
      expect(yield* world.gateway.closedUntil(true)).toBe(5 * hour)
      yield* world.say({ event: "reach-out-limit", active: false, until: undefined })
      yield* until("it is news", () => world.news.length === 1)
      expect(world.news).toEqual([{ news: "open" }])
      expect(yield* world.gateway.closedUntil(true)).toBeUndefined()
    }))
})

describe("a receipt", () => {
  const receipt = (change: { participant?: string; recipient?: string; kind?: string; from?: string }) => ({
    event: "receipt" as const,
    ids: [id],
    kind: "delivered",
    from: ana,
    participant: undefined,
    recipient: undefined,
    at: 9,
    ...change
  })

  test("of anybody proves that a message was taken; only of somebody else, that it came to anybody", (world) =>
    Effect.gen(function* () {
      yield* world.say(receipt({ kind: "sender", from: self.lid, recipient: ana }))
      yield* world.say(receipt({ from: "120363000000000001@g.us", participant: "100000000000001:3@lid" }))
      yield* world.say(receipt({ kind: "retry" }))
      yield* world.say(receipt({ kind: "inactive" }))
      yield* until("all is heard", () => world.news.length >= 2)
      expect(world.news).toEqual([
        { news: "taken", whatsApp: id, at: 9 },
        { news: "receipt", whatsApp: id, level: "delivered", at: 9 }
      ])
    }))

  test("for what is not ours is nothing", (world) =>
    Effect.gen(function* () {
      yield* world.say({ ...receipt({}), ids: ["3A00", "3EB0XYZ"] })
      yield* world.say(receipt({ kind: "read" }))
      yield* until("ours is heard", () => world.news.length >= 2)
      expect(world.news.map((it) => it.news)).toEqual(["taken", "receipt"])
    }))
})
