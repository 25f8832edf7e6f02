/** The actor keeps to the pace: over the simulated log, under a test clock. */
import { describe, expect, it } from "@effect/vitest"
import { Clock, Effect } from "effect"
import { TestClock } from "effect/testing"
import { TransmitFailed } from "../../../../actors/whatsapp/gateway.ts"
import { plainPacing } from "../../../../actors/whatsapp/pacing/limits.ts"
import { ChatId } from "../../../../contracts/ids.ts"
import { OutboxCancelled } from "../../../../contracts/outbox.ts"
import { until, pass } from "../../../infra/actor/world.ts"
import { here, idOf, makeChat, queued, unpaced } from "../world.ts"

const second = 1_000
const bulk = { priority: "bulk" } as const

describe("a paced chat", () => {
  it.effect("says what waits as soon as it may, and a warning before all of it", () =>
    Effect.gen(function* () {
      const chat = yield* makeChat({}, plainPacing({ overallPerMinute: 6_000, chatPerMinute: 20, burst: 1 }))
      const actor = yield* chat.start()
      yield* actor.ready
      const began = yield* Clock.currentTimeMillis
      for (const name of ["one", "two", "three"]) yield* chat.append(queued(name, bulk))
      yield* until("the first is sent", () => chat.named("outbox.sent").length === 1)
      yield* pass(100)
      yield* chat.append(queued("mind it"))
      yield* until("the warning is sent", () => chat.named("outbox.sent").length === 2)
      expect(chat.texts()).toEqual(["one", "mind it"])
      expect((yield* Clock.currentTimeMillis) - began).toBeLessThan(3 * second)
      yield* TestClock.adjust("1 minute")
      yield* until("all is sent", () => actor.work.size() === 0, 100)
      expect(chat.texts()).toEqual(["one", "mind it", "two", "three"])
      // The warning took a turn: the second message waits two turns for it, and the third one more.
      const at = chat.named("outbox.sent").map(({ data }) => data.at - began)
      expect(at[2]!).toBeGreaterThanOrEqual(6 * second)
      expect(chat.named("outbox.sent")[2]!.data.outbox).toBe(idOf("two"))
    }).pipe(Effect.scoped)
  )

  it.effect("says what is belated in its turn, however much it is, and everything else before it", () =>
    Effect.gen(function* () {
      const chats = Array.from({ length: 20 }, (_, number) =>
        ChatId.make(`cchat${String(number).padStart(4, "0")}`)
      )
      const chat = yield* makeChat({}, plainPacing({ overallPerMinute: 60, chatPerMinute: 60, burst: 5 }))
      const actor = yield* chat.start()
      yield* actor.ready
      const belated = Array.from({ length: 300 }, (_, number) => `old ${number}`)
      for (const [number, name] of belated.entries())
        yield* chat.append(
          queued(name, { kind: "reaction", priority: "belated", chat: chats[number % chats.length]! })
        )
      yield* pass(60 * second)
      const inMinute = chat.transmissions.length
      expect(inMinute).toBeGreaterThan(50)
      expect(inMinute).toBeLessThanOrEqual(65)
      yield* chat.append(queued("good morning", bulk))
      yield* chat.append(queued("an answer", { priority: "notice" }))
      yield* pass(second)
      yield* chat.append(queued("mind it"))
      yield* pass(5 * second)
      const then = chat.texts().slice(inMinute)
      for (const name of ["an answer", "good morning", "mind it"]) expect(then).toContain(name)
      for (let minutes = 0; minutes < 6; minutes++) yield* pass(60 * second)
      // Nothing was left out for the sake of that.
      expect(new Set(chat.texts())).toEqual(new Set([...belated, "an answer", "good morning", "mind it"]))
    }).pipe(Effect.scoped)
  )

  it.effect("of many that wait asks one at a time when all together have had enough", () =>
    Effect.gen(function* () {
      const chats = 200
      const chat = yield* makeChat({}, plainPacing({ overallPerMinute: 60, chatPerMinute: 60, burst: 1 }))
      for (let number = 0; number < chats; number++)
        yield* chat.append(
          queued(`to ${number}`, { ...bulk, chat: ChatId.make(`cchat${String(number).padStart(4, "0")}`) })
        )
      const actor = yield* chat.start()
      let holds = 0
      const { hold } = actor.work
      Object.assign(actor.work, {
        hold: (...how: Parameters<typeof hold>) => {
          holds += 1
          hold(...how)
        }
      })
      yield* until("some are sent", () => chat.transmissions.length === 10, 100)
      expect(chat.texts()).toEqual(Array.from({ length: 10 }, (_, number) => `to ${number}`))
      expect(holds).toBe(0)
    }).pipe(Effect.scoped)
  )

  it.effect("wastes no turn on a claim that loses a race", () =>
    Effect.gen(function* () {
      const chat = yield* makeChat(
        {
          append: ({ actor, ids }) => ({
            delayMillis: actor === "whatsapp" && !ids[0]!.startsWith("input") ? 20 : 0
          })
        },
        plainPacing({ overallPerMinute: 6_000, chatPerMinute: 1, burst: 1 })
      )
      const actor = yield* chat.start()
      yield* actor.ready
      yield* chat.append(queued("a", bulk))
      yield* TestClock.adjust(10)
      // Somebody else writes in the boundary while the claim is under way.
      yield* chat.append(
        OutboxCancelled({ chat: here, outbox: idOf("other"), reason: "requested", by: "operator" })
      )
      yield* until("it is sent", () => chat.named("outbox.sent").length === 1)
      expect((yield* Clock.currentTimeMillis) - chat.events()[0]!.time).toBeLessThan(10 * second)
      expect(chat.named("outbox.claimed")).toHaveLength(1)
    }).pipe(Effect.scoped)
  )

  it.effect("takes a notice back in its turn, and sends the replacement without waiting for another", () =>
    Effect.gen(function* () {
      const chat = yield* makeChat({}, plainPacing({ overallPerMinute: 1, chatPerMinute: 1, burst: 1 }))
      yield* chat.start()
      yield* chat.append(queued("a", { priority: "notice" }))
      yield* until("it is sent", () => chat.named("outbox.sent").length === 1)
      yield* pass(20 * 60 * second)
      yield* chat.append(queued("b", { kind: "correction", target: idOf("a"), priority: "notice" }))
      yield* until("its place is taken", () => chat.named("outbox.sent").length === 2)
      expect(chat.transmissions.map(({ message }) => message.wire)).toEqual(["text", "revoke", "text"])
      const [, revoke, text] = chat.named("outbox.claimed")
      expect(text!.time - revoke!.time).toBeLessThan(second)
    }).pipe(Effect.scoped)
  )

  it.effect("does not let a warning wait for the turn of what it corrects", () =>
    Effect.gen(function* () {
      const chat = yield* makeChat({}, plainPacing({ overallPerMinute: 60, chatPerMinute: 1, burst: 1 }))
      chat.plans.writes.push(
        Effect.fail(new TransmitFailed({ gateway: "sandbox", final: false, message: "no answer" }))
      )
      yield* chat.start()
      yield* chat.append(queued("a", { priority: "notice" }))
      yield* until("it is claimed", () => chat.named("outbox.claimed").length === 1)
      yield* pass(100)
      const began = yield* Clock.currentTimeMillis
      yield* chat.append(queued("b", { kind: "correction", target: idOf("a") }))
      yield* until("all is sent", () => chat.named("outbox.sent").length === 2)
      expect((yield* Clock.currentTimeMillis) - began).toBeLessThan(10 * second)
      expect(chat.transmissions.map(({ message }) => message.wire)).toEqual(["text", "edit"])
    }).pipe(Effect.scoped)
  )

  it.effect("seems to type what is no warning, for a while, and a warning does not wait for it", () =>
    Effect.gen(function* () {
      const chat = yield* makeChat({}, { ...unpaced, typedCharactersPerMinute: 60, typingSecondsMax: 4 })
      const shown: Array<number> = []
      chat.plans.composing = (millis) => void shown.push(millis)
      yield* chat.start()
      yield* chat.append(queued("good morning", bulk))
      yield* until("it is typed", () => shown.length === 1)
      yield* chat.append(queued("mind it"))
      yield* until("the warning is sent", () => chat.named("outbox.sent").length === 1)
      expect(chat.texts()).toEqual(["mind it"])
      yield* until("all is sent", () => chat.named("outbox.sent").length === 2)
      expect(shown).toEqual([4_000])
      const claimed = chat.named("outbox.claimed").find(({ data }) => data.outbox === idOf("good morning"))
      expect(claimed!.time - chat.events()[0]!.time).toBeGreaterThanOrEqual(4_000)
    }).pipe(Effect.scoped)
  )
})
