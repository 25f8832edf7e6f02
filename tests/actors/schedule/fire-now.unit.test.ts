import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { FireJob, namedMessagesMax } from "../../../contracts/schedule-commands.ts"
import { jobId, makeAgenda, minute } from "./agenda.ts"

const by = "operator"

describe("a job that is fired now", () => {
  it.effect(
    "is answered with the ids of its messages, which are those that leave, also when asked again",
    () =>
      Effect.gen(function* () {
        const agenda = yield* makeAgenda()
        const to = [yield* agenda.chat("Ada"), yield* agenda.chat("Bob")]
        yield* agenda.create(1, { to, texts: ["one", "two"] })
        const first = yield* agenda.ask(FireJob, { job: jobId(1), by }, "now")
        expect(first.messages).toBe(4)
        expect(first.named.map(({ chat, part }) => [chat, part])).toEqual(
          to.flatMap((chat) => [0, 1].map((part) => [chat, part]))
        )
        yield* agenda.passes(minute)
        const left = agenda.received.map(({ message: { whatsApp } }) => whatsApp)
        expect(left.toSorted()).toEqual(first.named.map(({ whatsApp }) => whatsApp as string).toSorted())
        const again = yield* agenda.ask(FireJob, { job: jobId(1), by }, "now")
        expect(again).toMatchObject({ planned: first.planned, messages: 4, named: first.named })
        yield* agenda.restarts
        expect((yield* agenda.ask(FireJob, { job: jobId(1), by }, "now")).named).toEqual(first.named)
        yield* agenda.passes(minute)
        expect(agenda.received).toHaveLength(4)
      })
  )

  it.effect("names the first of many messages", () =>
    Effect.gen(function* () {
      const agenda = yield* makeAgenda()
      const to = yield* Effect.forEach(Array.from({ length: namedMessagesMax + 1 }), (_, index) =>
        agenda.chat(`chat ${index}`)
      )
      yield* agenda.create(1, { to })
      const { messages, named } = yield* agenda.ask(FireJob, { job: jobId(1), by })
      expect(messages).toBe(namedMessagesMax + 1)
      expect(named.map(({ chat }) => chat)).toEqual(to.slice(0, namedMessagesMax))
    })
  )
})
