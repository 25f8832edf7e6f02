import { describe, expect, it } from "@effect/vitest"
import { Clock, Effect } from "effect"
import { TransmitFailed } from "../../../actors/whatsapp/gateway.ts"
import { whatsAppIdOf } from "../../../contracts/ids.ts"
import { OutboxFailed, OutboxStepped } from "../../../contracts/outbox.ts"
import { pass, until } from "../../infra/actor/world.ts"
import { idOf, makeChat, queued } from "./world.ts"

const minute = 60_000
const wireId = (name: string) => whatsAppIdOf(idOf(name))
const correction = (name: string, target: string, change: Parameters<typeof queued>[1] = {}) =>
  queued(name, { kind: "correction", target: idOf(target), ...change })
const retraction = (name: string, target: string, change: Parameters<typeof queued>[1] = {}) =>
  queued(name, { kind: "retraction", target: idOf(target), standalone: false, ...change })

/** What went over the wire: how, about which message of ours. */
const wires = (chat: Effect.Success<ReturnType<typeof makeChat>>) =>
  chat.transmissions.map(({ message: { target, text, wire } }) => [
    wire,
    text,
    ...(target === undefined ? [] : [target])
  ])

describe("a correction", () => {
  it.effect("edits the notice, and a later one the same notice, counting from when that was first sent", () =>
    Effect.gen(function* () {
      const chat = yield* makeChat()
      yield* chat.start()
      yield* chat.append(queued("a"))
      yield* until("it is sent", () => chat.named("outbox.sent").length === 1)
      yield* pass(10 * minute)
      yield* chat.append(correction("b", "a"))
      yield* until("it is edited", () => chat.named("outbox.sent").length === 2)
      yield* pass(10 * minute)
      yield* chat.append(correction("c", "b"))
      yield* until("all is sent", () => chat.named("outbox.sent").length === 3)
      expect(wires(chat)).toEqual([
        ["text", "a"],
        ["edit", "b", wireId("a")],
        ["revoke", "c", wireId("a")],
        ["text", "c"]
      ])
    }).pipe(Effect.scoped)
  )

  it.effect("that comes too late for an edit takes the notice back and is sent in its place, each once", () =>
    Effect.gen(function* () {
      const chat = yield* makeChat()
      const first = yield* chat.start()
      yield* chat.append(queued("a"))
      yield* until("it is sent", () => chat.named("outbox.sent").length === 1)
      yield* pass(20 * minute)
      chat.plans.writes.push(Effect.void, Effect.never)
      yield* chat.append(correction("b", "a"))
      yield* until("it is taken back, and its place is claimed", () => chat.plans.writes.length === 0)
      yield* first.kill
      yield* chat.start()
      yield* until("all is sent", () => chat.named("outbox.sent").length === 2)
      expect(wires(chat)).toEqual([
        ["text", "a"],
        ["revoke", "b", wireId("a")],
        ["text", "b"]
      ])
      expect(chat.named("outbox.stepped").map(({ data }) => [data.outbox, data.wire, data.outcome])).toEqual([
        [idOf("b"), "revoke", "taken"]
      ])
      const ids = chat.transmissions.map(({ message }) => message.whatsApp)
      expect(ids).toEqual([wireId("a"), whatsAppIdOf(idOf("b"), "revoke"), wireId("b")])
    }).pipe(Effect.scoped)
  )

  it.effect(
    "that is refused as an edit and as a replacement is a reply: one refusal does not silence it",
    () =>
      Effect.gen(function* () {
        const chat = yield* makeChat()
        yield* chat.start()
        yield* chat.append(queued("a"))
        yield* until("it is sent", () => chat.named("outbox.sent").length === 1)
        const refused = Effect.fail(
          new TransmitFailed({ gateway: "sandbox", final: true, message: "too late" })
        )
        chat.plans.writes.push(refused, refused)
        yield* chat.append(correction("b", "a"))
        yield* until("all is sent", () => chat.named("outbox.sent").length === 2)
        expect(wires(chat)).toEqual([
          ["text", "a"],
          ["text", "b"]
        ])
        expect(
          chat.named("outbox.stepped").map(({ data }) => [data.wire, data.outcome, data.reason])
        ).toEqual([
          ["edit", "refused", "too late"],
          ["revoke", "refused", "too late"]
        ])
        expect(new Set(chat.named("outbox.claimed").map(({ data }) => data.whatsApp)).size).toBe(4)
      }).pipe(Effect.scoped)
  )

  it.effect("takes no notice of an outcome that is told late, of a step that was left behind", () =>
    Effect.gen(function* () {
      const chat = yield* makeChat()
      yield* chat.append(queued("a"))
      const first = yield* chat.start()
      yield* until("it is sent", () => chat.named("outbox.sent").length === 1)
      yield* pass(20 * minute)
      chat.plans.writes.push(Effect.void, Effect.never)
      yield* chat.append(correction("b", "a"))
      yield* until("its place is claimed", () => chat.plans.writes.length === 0)
      const { data } = chat.named("outbox.stepped")[0]!
      yield* chat.append(OutboxStepped(data))
      const { at: _at, outcome: _outcome, wire: _wire, ...rest } = data
      yield* chat.append(OutboxFailed({ ...rest, reason: "said by one who came too late" }))
      yield* first.kill
      yield* chat.start()
      yield* until("all is sent", () => chat.named("outbox.sent").length === 2)
      yield* pass(minute)
      expect(wires(chat).map(([wire, text]) => [wire, text])).toEqual([
        ["text", "a"],
        ["revoke", "b"],
        ["text", "b"]
      ])
    }).pipe(Effect.scoped)
  )

  it.effect("overtaken by a more urgent one leaves its notice to that one, in one commit", () =>
    Effect.gen(function* () {
      const chat = yield* makeChat()
      yield* chat.start()
      const now = yield* Clock.currentTimeMillis
      yield* chat.append(queued("a"))
      yield* until("it is sent", () => chat.named("outbox.sent").length === 1)
      yield* chat.append(correction("b", "a", { priority: "notice", notBefore: now + minute }))
      yield* chat.append(correction("c", "b"))
      yield* until("it is edited", () => chat.named("outbox.sent").length === 2)
      yield* pass(10 * minute)
      expect(wires(chat)).toEqual([
        ["text", "a"],
        ["edit", "c", wireId("a")]
      ])
      const end = chat.named("outbox.cancelled")
      expect(end.map(({ data }) => [data.outbox, data.reason])).toEqual([[idOf("b"), "superseded"]])
      expect(chat.named("outbox.claimed").at(-1)!.sequence).toBe(end[0]!.sequence + 1)
    }).pipe(Effect.scoped)
  )

  it.effect(
    "that overtakes a retraction edits what would have been taken back: one notice stands at any time",
    () =>
      Effect.gen(function* () {
        const chat = yield* makeChat()
        yield* chat.start()
        const now = yield* Clock.currentTimeMillis
        yield* chat.append(queued("a"))
        yield* until("it is sent", () => chat.named("outbox.sent").length === 1)
        yield* chat.append(retraction("r", "a", { priority: "notice", notBefore: now + minute }))
        yield* chat.append(correction("n", "r"))
        yield* pass(10 * minute)
        expect(wires(chat)).toEqual([
          ["text", "a"],
          ["edit", "n", wireId("a")]
        ])
      }).pipe(Effect.scoped)
  )

  it.effect("that comes after a retraction is a notice of its own", () =>
    Effect.gen(function* () {
      const chat = yield* makeChat()
      yield* chat.start()
      yield* chat.append(queued("a"))
      yield* until("it is sent", () => chat.named("outbox.sent").length === 1)
      yield* chat.append(retraction("r", "a"))
      yield* chat.append(correction("n", "r"))
      yield* pass(minute)
      expect(wires(chat)).toEqual([
        ["text", "a"],
        ["revoke", "r", wireId("a")],
        ["text", "n"]
      ])
    }).pipe(Effect.scoped)
  )

  it.effect("finds out first what became of its notice, and edits it if it arrived", () =>
    Effect.gen(function* () {
      const chat = yield* makeChat()
      chat.plans.writes.push(
        Effect.fail(new TransmitFailed({ gateway: "sandbox", final: false, message: "no answer" }))
      )
      chat.plans.answers.push("yes")
      yield* chat.start()
      yield* chat.append(queued("a", { priority: "notice" }))
      yield* until("it is claimed", () => chat.named("outbox.claimed").length === 1)
      yield* pass(100)
      yield* chat.append(correction("b", "a"))
      yield* until("all is sent", () => chat.named("outbox.sent").length === 2)
      expect(chat.named("outbox.sent").map(({ data }) => data.outbox)).toEqual([idOf("a"), idOf("b")])
      expect(wires(chat)).toEqual([["edit", "b", wireId("a")]])
    }).pipe(Effect.scoped)
  )

  it.effect("that would only calm ends with a warning that never left", () =>
    Effect.gen(function* () {
      const chat = yield* makeChat()
      const actor = yield* chat.start()
      const now = yield* Clock.currentTimeMillis
      yield* chat.append(queued("a", { notBefore: now + minute }))
      yield* chat.append(correction("b", "a", { standalone: false }))
      yield* until("both ended", () => chat.named("outbox.cancelled").length === 2)
      expect(chat.named("outbox.cancelled").map(({ data }) => [data.outbox, data.reason])).toEqual([
        [idOf("a"), "nothing-to-correct"],
        [idOf("b"), "nothing-to-correct"]
      ])
      yield* pass(10 * minute)
      expect(chat.transmissions).toEqual([])
      expect(actor.work.size()).toBe(0)
    }).pipe(Effect.scoped)
  )
})
