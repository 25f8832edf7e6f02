import { describe, expect, it } from "@effect/vitest"
import { Clock, Deferred, Effect } from "effect"
import { TransmitFailed } from "../../../actors/whatsapp/gateway.ts"
import { CancelMessage, SendMessage } from "../../../contracts/commands.ts"
import { ChatId, whatsAppIdOf } from "../../../contracts/ids.ts"
import { pass, until } from "../../infra/actor/world.ts"
import { here, idOf, makeChat, person, queued } from "./world.ts"

const minute = 60_000
const passing = Effect.fail(new TransmitFailed({ gateway: "sandbox", final: false, message: "no answer" }))
const final = Effect.fail(new TransmitFailed({ gateway: "sandbox", final: true, message: "no such chat" }))

describe("a message that is to be sent", () => {
  it.effect(
    "is claimed in the log before it is written, under the id that the outside sees, and its outcome after",
    () =>
      Effect.gen(function* () {
        const chat = yield* makeChat()
        yield* chat.start()
        yield* chat.append(queued("a", { body: { text: "mind it", quotes: "3A00" } }))
        yield* until("it is sent", () => chat.named("outbox.sent").length === 1)
        const whatsApp = whatsAppIdOf(idOf("a"))
        expect(chat.transmissions).toEqual([
          {
            last: "outbox.claimed",
            message: { chat: here, sender: person, whatsApp, wire: "text", text: "mind it", quotes: "3A00" }
          }
        ])
        expect(chat.named("outbox.claimed")[0]!.data).toMatchObject({
          outbox: idOf("a"),
          whatsApp,
          attempt: 1
        })
        expect(chat.named("outbox.sent")[0]!.data).toMatchObject({ outbox: idOf("a"), whatsApp, attempt: 1 })
        expect(chat.events().map(({ type }) => type)).toEqual([
          "outbox.queued",
          "outbox.claimed",
          "outbox.sent"
        ])
      }).pipe(Effect.scoped)
  )

  it.effect("is sent once although it was asked for twice", () =>
    Effect.gen(function* () {
      const chat = yield* makeChat()
      yield* chat.start()
      yield* chat.append(queued("a"))
      yield* chat.append(queued("a"))
      yield* until("it is sent", () => chat.named("outbox.sent").length === 1)
      yield* chat.append(queued("a"))
      yield* pass(minute)
      expect(chat.transmissions).toHaveLength(1)
    }).pipe(Effect.scoped)
  )

  it.effect("is written only after its claim is durable", () =>
    Effect.gen(function* () {
      const chat = yield* makeChat({
        append: ({ actor }) => (actor === "whatsapp" ? { delayMillis: 5_000 } : {})
      })
      yield* chat.start()
      const adding = yield* Effect.forkChild(chat.append(queued("a")))
      yield* until("it is queued", () => chat.named("outbox.queued").length === 1)
      yield* pass(4_000)
      expect(chat.transmissions).toEqual([])
      yield* until("it is written", () => chat.transmissions.length === 1)
      expect(chat.transmissions[0]!.last).toBe("outbox.claimed")
      yield* Effect.andThen(Effect.void, adding.pollUnsafe()!)
    }).pipe(Effect.scoped)
  )

  it.effect("waits for its time, and others do not wait for it", () =>
    Effect.gen(function* () {
      const chat = yield* makeChat()
      yield* chat.start()
      const now = yield* Clock.currentTimeMillis
      yield* chat.append(queued("later", { notBefore: now + 10 * minute }))
      yield* chat.append(queued("now"))
      yield* until("the other is sent", () => chat.transmissions.length === 1)
      yield* pass(9 * minute)
      expect(chat.texts()).toEqual(["now"])
      yield* pass(2 * minute)
      expect(chat.texts()).toEqual(["now", "later"])
    }).pipe(Effect.scoped)
  )

  it.effect("leaves in the order in which it was asked for, after a restart too", () =>
    Effect.gen(function* () {
      const chat = yield* makeChat()
      const stuck = yield* Deferred.make<void>()
      chat.plans.writes.push(Deferred.await(stuck))
      const first = yield* chat.start()
      const names = ["m", "z", "a", "q", "b"]
      for (const name of names) yield* chat.append(queued(name, { priority: "bulk" }))
      yield* until("all is folded", () => first.work.size() === 5)
      yield* until("the first is being written", () => chat.plans.writes.length === 0)
      yield* first.kill
      yield* chat.start({ disk: first.disk })
      yield* until("all is sent", () => chat.transmissions.length === 5)
      expect(chat.texts()).toEqual(names)
    }).pipe(Effect.scoped)
  )

  it.effect("to a chat without a way out fails for good, in words", () =>
    Effect.gen(function* () {
      const chat = yield* makeChat()
      yield* chat.start()
      yield* chat.append(queued("a", { gateway: "whatsapp" }))
      yield* until("it failed", () => chat.named("outbox.failed").length === 1)
      expect(chat.named("outbox.failed")[0]!.data.reason).toBe("there is no way out to a chat of whatsapp")
    }).pipe(Effect.scoped)
  )
})

describe("a message whose sender dies", () => {
  it.effect("after the claim and before the write is written once, under the same id", () =>
    Effect.gen(function* () {
      const chat = yield* makeChat()
      chat.plans.writes.push(Effect.never)
      const first = yield* chat.start()
      yield* chat.append(queued("a"))
      yield* until("it is claimed", () => chat.named("outbox.claimed").length === 1)
      yield* first.kill
      yield* chat.start({ disk: first.disk })
      yield* until("it is sent", () => chat.named("outbox.sent").length === 1)
      yield* pass(minute)
      expect(chat.named("outbox.claimed").map(({ data }) => [data.whatsApp, data.attempt])).toEqual([
        [whatsAppIdOf(idOf("a")), 1],
        [whatsAppIdOf(idOf("a")), 2]
      ])
      expect(chat.transmissions).toHaveLength(1)
    }).pipe(Effect.scoped)
  )

  it.effect("after the write and before the outcome is not written again: the gateway knows it", () =>
    Effect.gen(function* () {
      let dumb = true
      let written = 0
      const chat = yield* makeChat({
        append: ({ actor }) => (actor === "whatsapp" && dumb && written > 0 ? { lost: "before" } : {})
      })
      chat.plans.writes.push(Effect.sync(() => void written++))
      const first = yield* chat.start()
      yield* chat.append(queued("a"))
      yield* until("it is written", () => chat.transmissions.length === 1)
      const claimedAt = chat.named("outbox.claimed")[0]!.time
      yield* first.kill
      dumb = false
      yield* pass(10 * minute)
      const fresh = yield* chat.start()
      yield* until("it is known to be sent", () => chat.named("outbox.sent").length === 1)
      expect(chat.transmissions).toHaveLength(1)
      // It left when it was claimed, and not when that was found out.
      expect(chat.named("outbox.sent")[0]!.data.at).toBe(claimedAt)
      yield* until("nothing is left to do", () => fresh.work.size() === 0)
    }).pipe(Effect.scoped)
  )

  it.effect("waits as long as the gateway does not know, and is asked about again", () =>
    Effect.gen(function* () {
      const chat = yield* makeChat()
      chat.plans.writes.push(passing)
      chat.plans.answers.push("unknown", "unknown", "unknown")
      yield* chat.start()
      yield* chat.append(queued("a"))
      yield* until("it is claimed", () => chat.named("outbox.claimed").length === 1)
      yield* pass(7_500)
      expect(chat.transmissions).toEqual([])
      yield* until("it is sent", () => chat.named("outbox.sent").length === 1)
      expect(chat.transmissions).toHaveLength(1)
    }).pipe(Effect.scoped)
  )
})

describe("a message that two senders take up at once", () => {
  it.effect("is written by the one that claimed it, while the other finds out what comes of it", () =>
    Effect.gen(function* () {
      const chat = yield* makeChat({
        append: ({ actor }) => ({ delayMillis: actor === "whatsapp" ? 20 : 0 })
      })
      yield* (yield* chat.start()).ready
      yield* (yield* chat.start()).ready
      chat.plans.writes.push(Effect.sleep(3_000))
      chat.plans.answers.push("unknown", "unknown")
      yield* Effect.forkChild(chat.append(queued("a")))
      yield* until("it is sent", () => chat.named("outbox.sent").length > 0)
      yield* pass(minute)
      expect(chat.transmissions).toHaveLength(1)
      expect(chat.named("outbox.claimed")).toHaveLength(1)
    }).pipe(Effect.scoped)
  )
})

describe("a write that fails", () => {
  it.effect("in passing is tried again under the same id", () =>
    Effect.gen(function* () {
      const chat = yield* makeChat()
      chat.plans.writes.push(passing, passing)
      yield* chat.start()
      yield* chat.append(queued("a"))
      yield* until("it is sent", () => chat.named("outbox.sent").length === 1)
      expect(new Set(chat.named("outbox.claimed").map(({ data }) => data.whatsApp)).size).toBe(1)
      expect(chat.named("outbox.claimed").map(({ data }) => data.attempt)).toEqual([1, 2, 3])
      expect(chat.transmissions).toHaveLength(1)
    }).pipe(Effect.scoped)
  )

  it.effect("for good ends as failed, with the reason, and is never tried again", () =>
    Effect.gen(function* () {
      const chat = yield* makeChat()
      chat.plans.writes.push(final)
      const actor = yield* chat.start()
      yield* chat.append(queued("a"))
      yield* until("it failed", () => chat.named("outbox.failed").length === 1)
      yield* pass(60 * minute)
      expect(chat.named("outbox.failed")[0]!.data).toMatchObject({
        outbox: idOf("a"),
        attempt: 1,
        reason: "no such chat"
      })
      expect(chat.transmissions).toEqual([])
      expect(actor.work.size()).toBe(0)
    }).pipe(Effect.scoped)
  )

  it.effect("does not hold up what is more urgent in the same chat", () =>
    Effect.gen(function* () {
      const chat = yield* makeChat()
      chat.plans.writes.push(passing)
      yield* chat.start()
      yield* chat.append(queued("bulk", { priority: "bulk" }))
      yield* until("it was tried", () => chat.named("outbox.claimed").length === 1)
      yield* pass(100)
      yield* chat.append(queued("warning"))
      yield* pass(500)
      expect(chat.texts()).toEqual(["warning"])
    }).pipe(Effect.scoped)
  )
})

describe("words that were forgotten", () => {
  it.effect.each(["chat", "person"] as const)(
    "with their %s are not sent: the message is cancelled",
    (owner) =>
      Effect.gen(function* () {
        const chat = yield* makeChat()
        yield* chat.append(queued("a"))
        yield* chat.keyring.forget(owner === "chat" ? here : person)
        const actor = yield* chat.start()
        yield* until("it is cancelled", () => chat.named("outbox.cancelled").length === 1)
        expect(chat.named("outbox.cancelled")[0]!.data).toMatchObject({
          outbox: idOf("a"),
          reason: "forgotten"
        })
        yield* pass(minute)
        expect(chat.transmissions).toEqual([])
        expect(actor.work.size()).toBe(0)
      }).pipe(Effect.scoped)
  )

  it.effect("after their claim are not sent either: the message fails", () =>
    Effect.gen(function* () {
      const chat = yield* makeChat()
      chat.plans.writes.push(Effect.never)
      const first = yield* chat.start()
      yield* chat.append(queued("a"))
      yield* until("it is claimed", () => chat.named("outbox.claimed").length === 1)
      yield* first.kill
      yield* chat.keyring.forget(person)
      yield* chat.start({ disk: first.disk })
      yield* until("it failed", () => chat.named("outbox.failed").length === 1)
      expect(chat.transmissions).toEqual([])
    }).pipe(Effect.scoped)
  )
})

describe("a cancellation", () => {
  const bulk = { priority: "bulk" as const }
  const cancel = { outbox: idOf("a"), by: "operator" }

  it.effect("of what still waits is final once it is answered", () =>
    Effect.gen(function* () {
      const chat = yield* makeChat()
      const now = yield* Clock.currentTimeMillis
      const actor = yield* chat.start()
      yield* chat.append(queued("a", { ...bulk, notBefore: now + minute }))
      yield* until("it waits", () => actor.work.size() === 1)
      yield* chat.ask(CancelMessage, cancel)
      expect(chat.named("outbox.cancelled")[0]!.data).toMatchObject({ reason: "requested", by: "operator" })
      yield* pass(10 * minute)
      expect(chat.transmissions).toEqual([])
      expect(yield* Effect.flip(chat.ask(CancelMessage, cancel))).toMatchObject({ reason: "already-done" })
    }).pipe(Effect.scoped)
  )

  it.effect("asked for again under the same request is answered as it was, also by another process", () =>
    Effect.gen(function* () {
      const chat = yield* makeChat()
      const now = yield* Clock.currentTimeMillis
      const first = yield* chat.start()
      yield* first.ready
      yield* chat.append(queued("a", { ...bulk, notBefore: now + minute }))
      const answer = yield* chat.ask(CancelMessage, cancel, "request 1")
      expect(answer.sequence).toBe(chat.named("outbox.cancelled")[0]!.sequence)
      expect(yield* chat.ask(CancelMessage, cancel, "request 1")).toEqual(answer)
      yield* first.kill
      yield* (yield* chat.start()).ready
      expect(yield* chat.ask(CancelMessage, cancel, "request 1")).toEqual(answer)
      expect(yield* Effect.flip(chat.ask(CancelMessage, cancel, "request 2"))).toMatchObject({
        reason: "already-done"
      })
      expect(chat.named("outbox.cancelled")).toHaveLength(1)
    }).pipe(Effect.scoped)
  )

  it.effect("comes too late for what is claimed, and for what was sent", () =>
    Effect.gen(function* () {
      const chat = yield* makeChat()
      chat.plans.writes.push(passing)
      chat.plans.answers.push("unknown")
      yield* chat.start()
      yield* chat.append(queued("a", bulk))
      yield* until("it is claimed", () => chat.named("outbox.claimed").length === 1)
      yield* pass(100)
      expect(yield* Effect.flip(chat.ask(CancelMessage, cancel))).toMatchObject({ reason: "already-left" })
      yield* until("it is sent", () => chat.named("outbox.sent").length === 1)
      yield* pass(100)
      expect(yield* Effect.flip(chat.ask(CancelMessage, cancel))).toMatchObject({ reason: "already-left" })
    }).pipe(Effect.scoped)
  )

  it.effect("and a claim that race each other: exactly one of them happens", () =>
    Effect.gen(function* () {
      for (const delayMillis of [0, 5, 10, 20, 40]) {
        const chat = yield* makeChat({
          append: ({ actor }) => ({ delayMillis: actor === "whatsapp" ? 20 : 0 })
        })
        yield* chat.start()
        const now = yield* Clock.currentTimeMillis
        const name = `race ${delayMillis}`
        const outbox = idOf(name)
        yield* Effect.forkChild(chat.append(queued(name, { ...bulk, notBefore: now + 100 })))
        yield* pass(80 + delayMillis)
        const asked = yield* Effect.exit(chat.ask(CancelMessage, { outbox, by: "operator" }))
        yield* pass(minute)
        const cancelled = chat.named("outbox.cancelled").length
        expect([cancelled, chat.transmissions.length].toSorted()).toEqual([0, 1])
        expect(asked._tag).toBe(cancelled === 1 ? "Success" : "Failure")
      }
    }).pipe(Effect.scoped)
  )

  it.effect("is refused for a warning, and for what is not there", () =>
    Effect.gen(function* () {
      const chat = yield* makeChat()
      const now = yield* Clock.currentTimeMillis
      const actor = yield* chat.start()
      yield* chat.append(queued("a", { notBefore: now + minute }))
      yield* until("it waits", () => actor.work.size() === 1)
      expect(yield* Effect.flip(chat.ask(CancelMessage, cancel))).toMatchObject({ reason: "invalid" })
      expect(yield* Effect.flip(chat.ask(CancelMessage, { ...cancel, outbox: idOf("b") }))).toMatchObject({
        reason: "not-found"
      })
    }).pipe(Effect.scoped)
  )
})

describe("a request to say something", () => {
  const say = { chat: here, request: "r1", text: "good morning", priority: "bulk" as const, by: "operator" }

  it.effect("is one message, however often it is made", () =>
    Effect.gen(function* () {
      const chat = yield* makeChat()
      yield* chat.known()
      yield* (yield* chat.start()).ready
      const first = yield* chat.ask(SendMessage, say, "q1")
      const second = yield* chat.ask(SendMessage, say, "q2")
      expect(second.outbox).toBe(first.outbox)
      expect(second.sequence).toBe(0)
      yield* until("it is sent", () => chat.named("outbox.sent").length === 1)
      yield* pass(minute)
      expect(chat.texts()).toEqual(["good morning"])
    }).pipe(Effect.scoped)
  )

  it.effect("may have a file with it, whose caption is the text", () =>
    Effect.gen(function* () {
      const chat = yield* makeChat()
      yield* chat.known()
      yield* (yield* chat.start()).ready
      const media = {
        kind: "document" as const,
        file: "a.pdf",
        sha256: "0".repeat(64),
        mime: "application/pdf"
      }
      const { whatsApp } = yield* chat.ask(SendMessage, { ...say, media })
      yield* until("it is sent", () => chat.named("outbox.sent").length === 1)
      expect(chat.transmissions.map(({ message }) => message)).toEqual([
        { chat: here, whatsApp, wire: "media", text: "good morning", media }
      ])
      const elsewhere = { ...say, media: { ...media, file: "../keyring.db" } }
      expect((yield* Effect.flip(chat.ask(SendMessage, elsewhere)))._tag).toBe("Refused")
    }).pipe(Effect.scoped)
  )

  it.effect("is refused in a chat that is not there, or that nobody can speak to", () =>
    Effect.gen(function* () {
      const chat = yield* makeChat()
      const old = ChatId.make("cchat0002")
      yield* chat.known(old, "export")
      yield* (yield* chat.start()).ready
      expect(yield* Effect.flip(chat.ask(SendMessage, say))).toMatchObject({ reason: "not-found" })
      expect(yield* Effect.flip(chat.ask(SendMessage, { ...say, chat: old }))).toMatchObject({
        reason: "invalid"
      })
    }).pipe(Effect.scoped)
  )
})
