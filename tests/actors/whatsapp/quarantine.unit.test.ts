import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import type { RecordedOf } from "../../../contracts/catalogue.ts"
import { whatsAppIdOf } from "../../../contracts/ids.ts"
import {
  BackupRestored,
  DecideMessages,
  EndQuarantine,
  ListHeldMessages
} from "../../../contracts/quarantine.ts"
import { OutboxClaimed } from "../../../contracts/outbox.ts"
import { until } from "../../infra/actor/world.ts"
import { here, idOf, makeChat, queued } from "./world.ts"

const restored = (upTo: number, at = 0) => BackupRestored({ from: "0123456789ab", upTo, place: "disk", at })
const claim = (name: string) =>
  OutboxClaimed({
    chat: here,
    outbox: idOf(name),
    whatsApp: whatsAppIdOf(idOf(name)),
    wire: "text",
    attempt: 1
  })

const about = ({ data: { chat, message } }: RecordedOf<"message.received">) => ({ chat, message })

/** A log with a message that waits, one that was claimed, and the fact that it was restored. */
const afterRestore = Effect.gen(function* () {
  const chat = yield* makeChat()
  yield* chat.append(queued("waits"))
  yield* chat.append(queued("claimed"))
  yield* chat.append(claim("claimed"))
  yield* chat.append(restored(3))
  yield* (yield* chat.start()).ready
  return chat
})

describe("after a restore", () => {
  it.effect("what waited and what was claimed is listed under its own id, and nothing of it is sent", () =>
    Effect.gen(function* () {
      const chat = yield* afterRestore
      const { messages, restored: open } = yield* chat.ask(ListHeldMessages, {})
      expect(open).toMatchObject({ upTo: 3, place: "disk" })
      expect(new Map(messages.map(({ outbox, state, whatsApp }) => [outbox, { state, whatsApp }]))).toEqual(
        new Map([
          [idOf("waits"), { state: "waiting", whatsApp: whatsAppIdOf(idOf("waits")) }],
          [idOf("claimed"), { state: "claimed", whatsApp: whatsAppIdOf(idOf("claimed")) }]
        ])
      )
      expect(chat.transmissions).toEqual([])
    }).pipe(Effect.scoped)
  )

  it.effect("what is released leaves under its own id, and once where the other side has it", () =>
    Effect.gen(function* () {
      const chat = yield* afterRestore
      chat.plans.answers.push("yes")
      yield* chat.ask(DecideMessages, { decision: "release", outboxes: [idOf("waits")], by: "operator" })
      yield* until("it is sent", () => chat.named("outbox.sent").length === 1)
      expect(chat.transmissions).toEqual([])
      yield* chat.ask(DecideMessages, { decision: "release", outboxes: [idOf("claimed")], by: "operator" })
      yield* until("both are sent", () => chat.named("outbox.sent").length === 2)
      expect(chat.transmissions.map(({ message }) => message.whatsApp)).toEqual([
        whatsAppIdOf(idOf("claimed"))
      ])
    }).pipe(Effect.scoped)
  )

  it.effect("what a job says later is not written where the other side has it: it may be of before", () =>
    Effect.gen(function* () {
      const chat = yield* makeChat()
      yield* chat.append(restored(0))
      yield* chat.append(queued("job"))
      chat.plans.answers.push("yes")
      yield* (yield* chat.start()).ready
      yield* until("it is sent", () => chat.named("outbox.sent").length === 1)
      expect(chat.transmissions).toEqual([])
    }).pipe(Effect.scoped)
  )

  it.effect("what is dropped is cancelled for that reason, and the quarantine ends when all is decided", () =>
    Effect.gen(function* () {
      const chat = yield* afterRestore
      const early = yield* Effect.flip(chat.ask(EndQuarantine, { by: "operator" }))
      expect(early).toMatchObject({ reason: "changed" })
      const outboxes = [idOf("waits"), idOf("claimed")]
      const { decided } = yield* chat.ask(DecideMessages, { decision: "drop", outboxes, by: "operator" })
      expect(decided).toBe(2)
      yield* chat.ask(EndQuarantine, { by: "operator" })
      expect(chat.named("outbox.cancelled").map(({ data }) => data.reason)).toEqual([
        "quarantined",
        "quarantined"
      ])
      expect(yield* chat.ask(ListHeldMessages, {})).toMatchObject({ restored: null, messages: [] })
      yield* chat.append(queued("later"))
      yield* until("it is sent", () => chat.texts().length === 1)
    }).pipe(Effect.scoped)
  )

  it.effect("an answer to what was said before is held, to what is said after it is not", () =>
    Effect.gen(function* () {
      const chat = yield* makeChat()
      yield* (yield* chat.start()).ready
      yield* chat.ingest([{ id: "old" }])
      const [old] = chat.named("message.received")
      yield* chat.append(restored(chat.events().length, 5_000))
      yield* chat.append(queued("about the old", about(old!)))
      yield* chat.ingest([
        { id: "lost", sentAt: 4_000 },
        { id: "new", sentAt: 6_000 }
      ])
      const [, lost, fresh] = chat.named("message.received")
      yield* chat.append(queued("about the lost", about(lost!)))
      yield* chat.append(queued("about the new", about(fresh!)))
      yield* until("one is sent", () => chat.texts().length === 1)
      expect(chat.texts()).toEqual(["about the new"])
      const { messages } = yield* chat.ask(ListHeldMessages, {})
      expect(new Set(messages.map(({ outbox }) => outbox))).toEqual(
        new Set([idOf("about the old"), idOf("about the lost")])
      )
    }).pipe(Effect.scoped)
  )
})
