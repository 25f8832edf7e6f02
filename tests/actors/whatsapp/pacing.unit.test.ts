import { describe, expect, it } from "@effect/vitest"
import { Clock, Effect } from "effect"
import { TestClock } from "effect/testing"
import { makePacer } from "../../../actors/whatsapp/pacing.ts"
import type { Priority } from "../../../contracts/outbox.ts"
import { pass, until } from "../../infra/actor/world.ts"
import { idOf, makeChat, queued } from "./world.ts"

const limits = { overallPerMinute: 60, chatPerMinute: 20, burst: 3 }
const second = 1_000
const minute = 60_000
const start = 1_767_225_600_000

/** How many of a chat's messages may go now, of more than there are turns. */
const turns = (pacer: ReturnType<typeof makePacer>, chat: string, now: number, priority: Priority = "bulk") =>
  Array.from({ length: 50 }, () => pacer.take(chat, priority, now)).filter((later) => later === undefined)
    .length

describe("pacing", () => {
  it("lets a burst go after a silence, and then as many as the chat may have", () => {
    const pacer = makePacer(limits)
    expect(turns(pacer, "a", start)).toBe(3)
    expect(turns(pacer, "a", start + 3 * second - 1)).toBe(0)
    expect(turns(pacer, "a", start + 3 * second)).toBe(1)
    expect(turns(pacer, "a", start + 9 * second)).toBe(2)
  })

  it("says when to ask again, to the millisecond", () => {
    const pacer = makePacer(limits)
    turns(pacer, "a", start)
    const later = pacer.take("a", "bulk", start + 500)!
    expect(later).toBe(start + 3 * second)
    expect(pacer.take("a", "bulk", later)).toBeUndefined()
  })

  it("takes back a turn that came to nothing, and no more turns than were taken", () => {
    const pacer = makePacer(limits)
    turns(pacer, "a", start)
    pacer.giveBack("a", start)
    expect(turns(pacer, "a", start)).toBe(1)
    for (let times = 0; times < 10; times++) pacer.giveBack("b", start)
    expect(turns(pacer, "b", start)).toBe(3)
  })

  it("does not save up more than a burst", () => {
    const pacer = makePacer(limits)
    turns(pacer, "a", start)
    expect(turns(pacer, "a", start + 60 * minute)).toBe(3)
  })

  it("keeps to the limit of all chats together, over any length of time", () => {
    const pacer = makePacer(limits)
    let sent = 0
    for (let at = 0; at <= 10 * minute; at += 250)
      for (let chat = 0; chat < 10; chat++)
        if (pacer.take(`chat ${chat}`, "bulk", start + at) === undefined) sent++
    expect(sent).toBeLessThanOrEqual(10 * limits.overallPerMinute + limits.burst)
    expect(sent).toBeGreaterThan(10 * limits.overallPerMinute - limits.burst)
  })

  it("never makes a warning wait, and others wait longer for it", () => {
    const pacer = makePacer(limits)
    expect(turns(pacer, "a", start, "warning")).toBe(50)
    // Fifty warnings are paid for by 47 messages that a minute of the chat does not have.
    expect(turns(pacer, "a", start + 2 * minute)).toBe(0)
    expect(turns(pacer, "a", start + 3 * minute)).toBe(3)
  })

  it("lets notices wait as others do", () => {
    const pacer = makePacer(limits)
    expect(turns(pacer, "a", start, "notice")).toBe(3)
  })

  it("does not fall silent when the clock is set back", () => {
    const pacer = makePacer(limits)
    turns(pacer, "a", start)
    const before = start - 60 * minute
    expect(pacer.take("a", "bulk", before)).toBeLessThanOrEqual(before + 3 * second)
    expect(turns(pacer, "a", before + 3 * second)).toBe(1)
  })

  it("remembers thousands of chats, and not all there ever were", () => {
    const pacer = makePacer({ ...limits, overallPerMinute: 1e9, burst: 3 })
    for (let chat = 0; chat < 20_000; chat++) pacer.take(`chat ${chat}`, "warning", start + chat)
    expect(turns(pacer, "chat 19999", start + 20_000)).toBe(2)
    expect(turns(pacer, "chat 0", start + 20_001)).toBe(3)
  })
})

describe("a paced chat", () => {
  it.effect("says what waits as soon as it may, and a warning before all of it", () =>
    Effect.gen(function* () {
      const chat = yield* makeChat({}, { overallPerMinute: 6_000, chatPerMinute: 20, burst: 1 })
      const actor = yield* chat.start()
      yield* actor.ready
      const began = yield* Clock.currentTimeMillis
      for (const name of ["one", "two", "three"]) yield* chat.append(queued(name, { priority: "bulk" }))
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
})
