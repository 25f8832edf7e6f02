import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { TransmitFailed } from "../../../../actors/whatsapp/gateway.ts"
import { ChatId } from "../../../../contracts/ids.ts"
import { CallOffMessages } from "../../../../contracts/schedule-commands.ts"
import { pass, until } from "../../../infra/actor/world.ts"
import { here, idOf, makeChat, queued } from "../world.ts"

const minute = 60_000
const silent = Effect.fail(
  new TransmitFailed({ gateway: "sandbox", final: false, message: "nobody answered" })
)

/** A chat in which one bulk message was claimed, and nobody knows what became of it. */
const unresolved = Effect.fnUntraced(function* () {
  const chat = yield* makeChat()
  yield* chat.start()
  chat.plans.writes.push(silent)
  const after = yield* chat.append(queued("a", { priority: "bulk" }))
  yield* until("it is claimed and written in vain", () => chat.plans.writes.length === 0)
  const callOff = chat.ask(CallOffMessages, { chat: here, outboxes: [idOf("a")], after, by: "operator" })
  return { chat, callOff }
})

describe("calling off", () => {
  it.effect("cancels what waits, counts what had left, and is answered the same when it is asked again", () =>
    Effect.gen(function* () {
      const chat = yield* makeChat()
      yield* chat.start()
      yield* chat.append(queued("a", { priority: "bulk" }))
      const after = yield* chat.append(queued("b", { priority: "bulk", notBefore: Date.parse("2030-01-01") }))
      yield* until("the first is sent", () => chat.named("outbox.sent").length === 1)
      const payload = { chat: here, outboxes: [idOf("a"), idOf("b")], after, by: "operator" }
      expect(yield* chat.ask(CallOffMessages, payload)).toMatchObject({ left: 1 })
      expect(yield* chat.ask(CallOffMessages, payload)).toMatchObject({ left: 1, sequence: 0 })
      expect(chat.named("outbox.cancelled").map(({ data }) => data.outbox)).toEqual([idOf("b")])
      expect(chat.texts()).toEqual(["a"])
    }).pipe(Effect.scoped)
  )

  it.effect(
    "is not answered while nobody knows whether a message left, and one that did not is not written again",
    () =>
      Effect.gen(function* () {
        const { callOff, chat } = yield* unresolved()
        chat.plans.answers.push("unknown")
        expect(yield* Effect.flip(callOff)).toMatchObject({
          reason: "unavailable",
          message: expect.stringContaining("has not said yet") as string
        })
        yield* pass(minute)
        expect(yield* callOff).toMatchObject({ left: 0 })
        expect(chat.named("outbox.cancelled")).toHaveLength(1)
        expect(chat.texts()).toEqual([])
      }).pipe(Effect.scoped)
  )

  it.effect("takes back at once what is known not to have left, and counts what is known to have", () =>
    Effect.gen(function* () {
      const missing = yield* unresolved()
      missing.chat.plans.answers.push("no")
      expect(yield* missing.callOff).toMatchObject({ left: 0 })
      yield* pass(minute)
      expect(missing.chat.texts()).toEqual([])

      const taken = yield* unresolved()
      taken.chat.plans.answers.push("yes", "yes")
      expect(yield* taken.callOff).toMatchObject({ left: 1 })
      yield* pass(minute)
      expect(taken.chat.named("outbox.sent")).toHaveLength(1)
      expect(taken.chat.named("outbox.cancelled")).toHaveLength(0)
    }).pipe(Effect.scoped)
  )

  it.effect("refuses messages that the log does not hold, and those to another chat", () =>
    Effect.gen(function* () {
      const chat = yield* makeChat()
      yield* chat.start()
      const after = yield* chat.append(queued("a", { priority: "bulk", notBefore: Date.parse("2030-01-01") }))
      yield* pass(0)
      for (const change of [{ outboxes: [idOf("nothing")] }, { chat: ChatId.make("cchat0002") }]) {
        const payload = { chat: here, outboxes: [idOf("a")], after, by: "operator", ...change }
        expect(yield* Effect.flip(chat.ask(CallOffMessages, payload))).toMatchObject({ reason: "not-found" })
      }
      expect(chat.named("outbox.cancelled")).toEqual([])
    }).pipe(Effect.scoped)
  )
})
