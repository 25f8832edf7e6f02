/** Warnings that wait for a connection, in a chat that does not want them any more when there is one. */
import { describe, expect, it } from "@effect/vitest"
import { Clock, Effect } from "effect"
import { CancelMessage, MuteChat, SetChat } from "../../../../contracts/commands.ts"
import { ConsentChat, OptOutPerson } from "../../../../contracts/moderation-commands.ts"
import { hour, makeGroup, minute } from "./group.ts"

const by = "operator"
const lure = "http://203.0.113.7/paypal.com/login.exe"
const warnings = (texts: ReadonlyArray<string>) => texts.filter((text) => /[⛔⚠]/u.test(text))

const makeUnconnected = Effect.fnUntraced(function* () {
  let isOpen = false
  const group = yield* makeGroup(
    ["Ada"],
    {},
    {
      closedUntil: () => Effect.map(Clock.currentTimeMillis, (now) => (isOpen ? undefined : now + 1_000))
    }
  )
  expect(yield* group.says("Bob", `look ${lure}`)).toEqual([])
  return {
    ...group,
    connects: Effect.suspend(() => {
      isOpen = true
      return group.passes(minute)
    })
  }
})
type Unconnected = Effect.Success<ReturnType<typeof makeUnconnected>>

const wishes = {
  muted: (group: Unconnected) =>
    Effect.flatMap(Clock.currentTimeMillis, (now) =>
      group.ask(MuteChat, { chat: group.chat(), until: now + hour, by })
    ),
  "chat-off": (group: Unconnected) =>
    group.ask(SetChat, { chat: group.chat(), change: { enabled: "off" }, by }),
  simulated: (group: Unconnected) => group.ask(SetChat, { change: { simulate: "all" }, by }),
  "no-consent": (group: Unconnected) => group.ask(ConsentChat, { chat: group.chat(), given: false, by }),
  "opted-out": (group: Unconnected) =>
    group.ask(OptOutPerson, {
      chat: group.chat(),
      person: group.named("message.received")[0]!.data.sender,
      out: true,
      by
    })
} as const

describe("a warning that waits for a connection", () => {
  it.effect("leaves as soon as there is one", () =>
    Effect.gen(function* () {
      const group = yield* makeUnconnected()
      expect(warnings(yield* group.connects)).toHaveLength(1)
    })
  )

  it.effect.each(Object.keys(wishes) as ReadonlyArray<keyof typeof wishes>)(
    "never leaves where its chat does not want it any more: %s",
    (reason) =>
      Effect.gen(function* () {
        const group = yield* makeUnconnected()
        yield* wishes[reason](group)
        yield* group.passes(5_000)
        expect(warnings(yield* group.connects)).toEqual([])
        expect(group.named("verdict.suppressed").map(({ data }) => data.reason)).toEqual([reason])
        expect(group.named("outbox.cancelled").map(({ data }) => data.reason)).toEqual(["requested"])
      })
  )

  it.effect("is called off by a mute, as whoever would cancel it is told", () =>
    Effect.gen(function* () {
      const group = yield* makeUnconnected()
      const { notice } = group.named("verdict.decided")[0]!.data
      const refused = yield* Effect.flip(group.ask(CancelMessage, { outbox: notice!.outbox, by }))
      expect(refused.message).toContain("mute the chat")
      yield* wishes.muted(group)
      yield* group.restarts
      expect(warnings(yield* group.connects)).toEqual([])
    })
  )
})
