import { describe, expect, it } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import { TransmitFailed } from "../../../actors/whatsapp/gateway.ts"
import { MergeContacts, OptOutContact, SaveContact } from "../../../contracts/contact.ts"
import type { JobPolicies } from "../../../contracts/schedule.ts"
import { type Agenda, contactId, hour, makeAgenda, minute } from "./agenda.ts"
import type { FaultPlan } from "../../../infra/event-log/simulated-log.ts"
import { until } from "../../infra/actor/world.ts"

const start = Date.parse("2026-01-01T00:00:00Z")
const by = "operator"

/** The number of a contact, as `agenda.saves` gives it. */
const numberOf = (contact: number) => `+49170000${String(contact).padStart(4, "0")}`
const formOf = (contact: number) => `${numberOf(contact).slice(1)}@s.whatsapp.net`

/** A message that leaves ten minutes after its occurrence has fired. */
const inTenMinutes = { messages: [{ text: "hello", delaySeconds: 600 }] } as const

/** The first firing, of one message, is under way for two seconds. */
const slowFiring = (): FaultPlan => {
  let firings = 0
  return {
    append: ({ actor, ids }) =>
      actor === "schedule" && ids.length === 2 && firings++ === 0 ? { delayMillis: 2_000 } : {}
  }
}

const optsOut = (agenda: Agenda, contact: number, out = true) =>
  agenda.ask(OptOutContact, { contact: contactId(contact), out, by })

const movesTo = (agenda: Agenda, contact: number, other: number) =>
  agenda.ask(SaveContact, {
    contact: contactId(contact),
    card: { name: "Ada", aliases: [], number: numberOf(other), tags: [], favourite: false, notes: "" },
    by
  })

const firesOnce = (agenda: Agenda) =>
  agenda.setsClock(start + hour).pipe(Effect.andThen(agenda.passes(minute)))

/** What a job to contacts, numbers and chats sends. */
const sentTo = Effect.fnUntraced(function* (
  agenda: Agenda,
  recipients: ReadonlyArray<object>,
  policies: Partial<JobPolicies> = {}
) {
  yield* agenda.create(1, { recipients: recipients as never, policies })
  yield* firesOnce(agenda)
  return agenda.received.length
})

describe("an opt-out", () => {
  it.effect("holds by every name that the chat is known by, and is taken back by every name", () =>
    Effect.gen(function* () {
      const agenda = yield* makeAgenda()
      const older = yield* agenda.keyring.chat(["1@lid"])
      yield* agenda.saves(1, "Ada")
      yield* optsOut(agenda, 1)
      expect(yield* agenda.keyring.chat(["1@lid", formOf(1)])).toBe(older)
      const recipients = [{ chat: older }, { number: numberOf(1) }, { contact: contactId(1) }] as const
      expect(yield* sentTo(agenda, recipients)).toBe(0)
      expect(agenda.named("schedule.fired").map(({ data }) => data.optedOut)).toEqual([1])
      yield* movesTo(agenda, 1, 1)
      yield* optsOut(agenda, 1, false)
      yield* agenda.create(2, { recipients, timing: { zone: "UTC", start: "2026-01-01T03:00:00" } })
      yield* agenda.setsClock(start + 3 * hour)
      yield* agenda.passes(minute)
      expect(agenda.texts()).toEqual(["hello"])
    })
  )

  it.effect("goes with a contact to its new number, and into the one that it is merged into", () =>
    Effect.gen(function* () {
      const moved = yield* makeAgenda()
      yield* moved.saves(1, "Ada")
      yield* optsOut(moved, 1)
      yield* movesTo(moved, 1, 2)
      expect(yield* sentTo(moved, [{ contact: contactId(1) }, { number: numberOf(2) }])).toBe(0)

      const merged = yield* makeAgenda()
      yield* merged.saves(1, "Ada")
      yield* merged.saves(2, "Ada L")
      yield* optsOut(merged, 2)
      yield* merged.ask(MergeContacts, { contact: contactId(1), other: contactId(2), by })
      expect(yield* sentTo(merged, [{ contact: contactId(2) }, { contact: contactId(1) }])).toBe(0)
    })
  )

  it.effect(
    "has what fired and has not left be called off before it is answered, and nothing of others",
    () =>
      Effect.gen(function* () {
        const agenda = yield* makeAgenda()
        yield* agenda.saves(1, "Ada")
        const to = yield* Effect.forEach(["Bob", "Cem"], agenda.chat)
        const recipients = [{ contact: contactId(1) }, ...to.map((chat) => ({ chat }))]
        yield* agenda.create(1, {
          recipients,
          messages: [0, 600, 600].map((delaySeconds) => ({ text: "hello", delaySeconds }))
        } as never)
        yield* firesOnce(agenda)
        expect(agenda.received).toHaveLength(3)
        yield* optsOut(agenda, 1)
        expect(agenda.named("outbox.cancelled")).toHaveLength(2)
        yield* agenda.passes(hour)
        expect(agenda.received).toHaveLength(7)
        expect(agenda.named("schedule.occurrence-finished").map(({ data }) => data)).toMatchObject([
          { sent: 7, failed: 0, cancelled: 2 }
        ])
        const { fresh, kept } = yield* agenda.digests
        expect(fresh).toBe(kept)
      })
  )

  it.effect(
    "is refused where it is not known whether what fired can still leave, and is obeyed as soon as it is",
    () =>
      Effect.gen(function* () {
        const agenda = yield* makeAgenda()
        yield* agenda.saves(1, "Ada")
        yield* agenda.create(1, {
          recipients: [{ contact: contactId(1) }],
          messages: [{ text: "hello", delaySeconds: 600 }]
        } as never)
        yield* firesOnce(agenda)
        yield* agenda.stopsWhatsApp
        expect(yield* Effect.flip(optsOut(agenda, 1))).toMatchObject({
          reason: "unavailable",
          message: expect.stringContaining("Ask again") as string
        })
        yield* agenda.startsWhatsApp
        yield* until("it is called off", () => agenda.named("outbox.cancelled").length === 1, 100)
        yield* agenda.passes(hour)
        expect(agenda.texts()).toEqual([])
        expect(agenda.work().size()).toBe(0)
      })
  )

  it.effect("is obeyed by the rest of an occurrence that is still being handed over", () =>
    Effect.gen(function* () {
      let pieces = 0
      let isHeldBack = true
      const agenda = yield* makeAgenda({
        append: ({ actor, ids }) =>
          actor === "schedule" && ids.length > 5 && pieces++ > 0 && isHeldBack ? { lost: "before" } : {}
      })
      yield* agenda.saves(1, "Ada")
      const to = yield* Effect.forEach(Array.from({ length: 210 }), (_, index) =>
        agenda.chat(`chat ${index}`)
      )
      yield* agenda.create(1, {
        recipients: [...to.map((chat) => ({ chat })), { contact: contactId(1) }]
      } as never)
      yield* agenda.setsClock(start + hour)
      yield* until("a piece is held back", () => pieces > 1)
      yield* optsOut(agenda, 1)
      isHeldBack = false
      yield* until("it is finished", () => agenda.named("schedule.occurrence-finished").length === 1, 50)
      expect(agenda.named("outbox.queued")).toHaveLength(210)
      expect(agenda.named("schedule.handed-over").map(({ data }) => data)).toMatchObject([
        { queued: 211, optedOut: [210] }
      ])
      expect(agenda.named("schedule.occurrence-finished").map(({ data }) => data)).toMatchObject([
        { sent: 210, failed: 0, cancelled: 1 }
      ])
      const { fresh, kept } = yield* agenda.digests
      expect(fresh).toBe(kept)
    })
  )

  it.effect("that is asked for while an occurrence fires is answered when that is called off, too", () =>
    Effect.gen(function* () {
      const agenda = yield* makeAgenda(slowFiring())
      yield* agenda.saves(1, "Ada")
      yield* agenda.create(1, { recipients: [{ contact: contactId(1) }], ...inTenMinutes })
      yield* agenda.setsClock(start + hour)
      yield* agenda.passes(minute / 60)
      expect(agenda.named("schedule.fired")).toEqual([])
      yield* optsOut(agenda, 1)
      expect(agenda.named("schedule.fired")).toHaveLength(1)
      expect(agenda.named("outbox.cancelled")).toHaveLength(1)
    })
  )

  it.effect("that is carried over to a number while something fires there calls it off", () =>
    Effect.gen(function* () {
      const agenda = yield* makeAgenda(slowFiring())
      yield* agenda.saves(1, "Ada")
      yield* optsOut(agenda, 1)
      yield* agenda.create(1, { recipients: [{ number: numberOf(2) }], ...inTenMinutes })
      yield* agenda.setsClock(start + hour)
      yield* agenda.passes(minute / 60)
      const moving = yield* Effect.forkChild(movesTo(agenda, 1, 2))
      yield* until("it is carried over", () => agenda.named("contact.opted-out").length === 2)
      expect(agenda.named("schedule.fired")).toEqual([])
      yield* agenda.passes(hour)
      expect(agenda.named("schedule.fired")).toHaveLength(1)
      expect(agenda.texts()).toEqual([])
      yield* Fiber.join(moving)
    })
  )

  it.effect("holds for what was refused, and was to be tried again, by every name of the chat", () =>
    Effect.gen(function* () {
      const agenda = yield* makeAgenda({}, () =>
        Effect.fail(new TransmitFailed({ gateway: "whatsapp", final: true, message: "no" }))
      )
      const older = yield* agenda.keyring.chat(["1@lid"])
      yield* agenda.saves(1, "Ada")
      yield* agenda.create(1, { to: [older], policies: { retries: 1, retryMinutes: 10 } })
      yield* firesOnce(agenda)
      yield* optsOut(agenda, 1)
      yield* agenda.keyring.chat(["1@lid", formOf(1)])
      yield* agenda.passes(hour)
      expect(agenda.named("schedule.fired").map(({ data: { optedOut, why } }) => [why, optedOut])).toEqual([
        ["due", 0],
        ["retry", 1]
      ])
      expect(agenda.named("outbox.queued")).toHaveLength(1)
    })
  )

  it.effect("that is carried over to a number calls off what is on its way there", () =>
    Effect.gen(function* () {
      const agenda = yield* makeAgenda()
      yield* agenda.saves(1, "Ada")
      yield* optsOut(agenda, 1)
      yield* agenda.create(1, {
        recipients: [{ number: numberOf(2) }],
        ...inTenMinutes
      })
      yield* firesOnce(agenda)
      yield* movesTo(agenda, 1, 2)
      yield* agenda.passes(hour)
      expect(agenda.texts()).toEqual([])
    })
  )
})
