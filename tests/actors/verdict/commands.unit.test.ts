import { describe, expect, it } from "@effect/vitest"
import { Clock, Effect, type Fiber } from "effect"
import { verdict } from "../../../actors/verdict/actor.ts"
import type { CommandType, Refused } from "../../../contracts/command.ts"
import {
  ImportOverrides,
  MuteChat,
  RemoveOverride,
  SetChat,
  SetOverride,
  UnmuteChat
} from "../../../contracts/commands.ts"
import { linkId } from "../../../contracts/link/link-id.ts"
import type { OverrideWords } from "../../../contracts/policy.ts"
import { CommandBus, type Unanswered } from "../../../infra/command-bus/command-bus.ts"
import { Keyring } from "../../../infra/keyring/keyring.ts"
import { makeWorld, pass, until } from "../../infra/actor/world.ts"
import { here, override } from "./story.ts"

const started = Effect.gen(function* () {
  const world = yield* makeWorld()
  const keyring = yield* Keyring.pipe(Effect.provideContext(world.services))
  yield* (yield* world.start(verdict)).ready
  const ask = <C extends CommandType>(
    command: C,
    payload: C["payload"]["Type"]
  ): Effect.Effect<C["answer"]["Type"], Refused | Unanswered> =>
    Effect.gen(function* () {
      const bus = yield* CommandBus
      const fiber: Fiber.Fiber<C["answer"]["Type"], Refused | Unanswered> = yield* Effect.forkChild(
        bus.request(command, payload)
      )
      yield* until("there is an answer", () => fiber.pollUnsafe() !== undefined)
      return yield* fiber.pollUnsafe()!
    }).pipe(Effect.provideContext(world.services))
  return { ...world, keyring, ask, token: (text: string) => linkId(keyring.linkKeys([]).current, text) }
})

const by = "operator"
const deny = {
  override: override(1),
  match: "domain" as const,
  pattern: "bad.example",
  effect: "deny" as const,
  by
}

describe("a chat", () => {
  it.effect("is muted until a moment to come, and spoken to again when that is asked for", () =>
    Effect.gen(function* () {
      const world = yield* started
      const now = yield* Clock.currentTimeMillis
      const { sequence } = yield* world.ask(MuteChat, { chat: here, until: now + 1_000, by })
      expect(world.named("policy.muted")[0]).toMatchObject({
        sequence,
        data: { chat: here, until: now + 1_000 }
      })
      yield* world.ask(UnmuteChat, { chat: here, by })
      expect(yield* Effect.flip(world.ask(UnmuteChat, { chat: here, by }))).toMatchObject({
        reason: "already-done"
      })
    }).pipe(Effect.scoped)
  )

  it.effect("is not muted until a moment that has passed", () =>
    Effect.gen(function* () {
      const world = yield* started
      const now = yield* Clock.currentTimeMillis
      expect(yield* Effect.flip(world.ask(MuteChat, { chat: here, until: now, by }))).toMatchObject({
        reason: "invalid"
      })
      expect(world.events()).toEqual([])
    }).pipe(Effect.scoped)
  )

  it.effect("is treated as it was set", () =>
    Effect.gen(function* () {
      const world = yield* started
      yield* world.ask(SetChat, { chat: here, change: { enabled: "off", "quiet-hours": "22-7" }, by })
      expect(world.named("policy.settings-changed")[0]!.data).toEqual({
        chat: here,
        settings: { enabled: false, quietHours: "22:00-07:00" },
        by
      })
    }).pipe(Effect.scoped)
  )
})

describe("an override", () => {
  it.effect.each([
    ["domain", "bad.example", "bad.example"],
    ["domain", "BAD.Example.", "bad.example"],
    ["domain", "пример.рф", "xn--e1afmkfd.xn--p1ai"],
    ["host", "login.bad.example", "login.bad.example"],
    ["host", "0xC0000207", "192.0.2.7"],
    ["url", "HTTP://Bad.example/x?utm_source=y", "http://bad.example/x"]
  ] as const)(
    "of a %s is about what the pattern names, however it is spelled: %s",
    ([match, pattern, means]) =>
      Effect.gen(function* () {
        const world = yield* started
        yield* world.ask(SetOverride, { ...deny, match, pattern, reason: "because" })
        const [set] = world.named("policy.override-set")
        expect(set!.data).toMatchObject({ match, effect: "deny", token: world.token(means) })
        expect(world.keyring.open<typeof OverrideWords.Type>(set!.data.words)).toEqual({
          pattern,
          reason: "because"
        })
        expect(set!.boundary).toBe("all")
      }).pipe(Effect.scoped)
  )

  it.effect.each([
    ["domain", "http://bad.example/"],
    ["domain", "bad.example/path"],
    ["host", "user@bad.example"],
    ["host", "two words"],
    ["url", "bad.example"]
  ] as const)("of a %s is refused for what names none: %s", ([match, pattern]) =>
    Effect.gen(function* () {
      const world = yield* started
      const refused = yield* Effect.flip(world.ask(SetOverride, { ...deny, match, pattern }))
      expect(refused).toMatchObject({ reason: "invalid" })
      expect(refused.message).toContain(`expected a ${match}`)
    }).pipe(Effect.scoped)
  )

  it.effect("is refused where it would have run out before it began", () =>
    Effect.gen(function* () {
      const world = yield* started
      const expiresAt = yield* Clock.currentTimeMillis
      expect(yield* Effect.flip(world.ask(SetOverride, { ...deny, expiresAt }))).toMatchObject({
        reason: "invalid"
      })
    }).pipe(Effect.scoped)
  )

  it.effect("of a chat belongs to that chat, and is taken back there", () =>
    Effect.gen(function* () {
      const world = yield* started
      yield* world.ask(SetOverride, { ...deny, chat: here })
      yield* world.ask(RemoveOverride, { override: override(1), by })
      expect(world.events().map(({ boundary, type }) => [type, boundary])).toEqual([
        ["policy.override-set", here],
        ["policy.override-removed", here]
      ])
      expect(yield* Effect.flip(world.ask(RemoveOverride, { override: override(1), by }))).toMatchObject({
        reason: "not-found"
      })
    }).pipe(Effect.scoped)
  )
})

describe("a list of overrides", () => {
  const host = (number: number, change: object = {}) => ({
    override: override(number),
    match: "host" as const,
    pattern: `h${number}.example`,
    effect: "deny" as const,
    ...change
  })

  it.effect("is set at once, and changes nothing when it is set again under other ids", () =>
    Effect.gen(function* () {
      const world = yield* started
      const all = Array.from({ length: 250 }, (_, index) => host(index + 1))
      expect(yield* world.ask(ImportOverrides, { overrides: all, by })).toMatchObject({
        set: 250,
        unchanged: 0
      })
      const again = all.map((it, index) => ({ ...it, override: override(1_000 + index) }))
      expect(yield* world.ask(ImportOverrides, { overrides: again, by })).toMatchObject({
        set: 0,
        unchanged: 250,
        sequence: 0
      })
      expect(world.named("policy.override-set")).toHaveLength(250)
    }).pipe(Effect.scoped)
  )

  it.effect("changes one that is there in its place, and keeps its id", () =>
    Effect.gen(function* () {
      const world = yield* started
      yield* world.ask(ImportOverrides, { overrides: [host(1)], by })
      const changed = { ...host(1, { effect: "allow" as const }), override: override(7) }
      expect(yield* world.ask(ImportOverrides, { overrides: [changed], by })).toMatchObject({ set: 1 })
      expect(world.named("policy.override-set")[1]!.data).toMatchObject({
        override: override(1),
        effect: "allow"
      })
    }).pipe(Effect.scoped)
  )

  it.effect("keeps apart what is for one chat and what is for all", () =>
    Effect.gen(function* () {
      const world = yield* started
      const both = [host(1), { ...host(1, { chat: here }), override: override(2) }]
      expect(yield* world.ask(ImportOverrides, { overrides: both, by })).toMatchObject({ set: 2 })
      expect(world.named("policy.override-set").map(({ boundary }) => boundary)).toEqual(["all", here])
    }).pipe(Effect.scoped)
  )

  it.effect("is set without those that are over by now, which are counted", () =>
    Effect.gen(function* () {
      const world = yield* started
      const expiresAt = yield* Clock.currentTimeMillis
      const overrides = [host(1, { expiresAt }), host(2, { expiresAt: expiresAt + 1 }), host(3)]
      const first = yield* world.ask(ImportOverrides, { overrides, by })
      expect(first).toMatchObject({ set: 2, unchanged: 0, expired: 1 })
      yield* pass(20)
      // What was in force when the list was made has ended since, and the rest of it is taken all the same.
      expect(yield* world.ask(ImportOverrides, { overrides, by })).toMatchObject({
        set: 0,
        unchanged: 1,
        expired: 2
      })
    }).pipe(Effect.scoped)
  )

  it.effect("is refused whole where one of it names nothing, with its number", () =>
    Effect.gen(function* () {
      const world = yield* started
      const overrides = [host(1), host(2, { pattern: "two words" })]
      const refused = yield* Effect.flip(world.ask(ImportOverrides, { overrides, by }))
      expect(refused).toMatchObject({ reason: "invalid" })
      expect(refused.message).toBe('override 2: expected a host, such as example.com, found "two words"')
      expect(world.events()).toEqual([])
    }).pipe(Effect.scoped)
  )
})

describe("settings", () => {
  it.effect("say what was expected where they are refused, and nothing is stored", () =>
    Effect.gen(function* () {
      const world = yield* started
      const change = { suspicious: "react", "quiet-hours": "late" }
      const refused = yield* Effect.flip(world.ask(SetChat, { chat: here, change, by }))
      expect(refused.message).toBe(
        'quiet-hours: expected none, or two times of day such as 22:00-07:00, found "late"'
      )
      expect(world.events()).toEqual([])
    }).pipe(Effect.scoped)
  )

  it.effect("that are so already need no fact", () =>
    Effect.gen(function* () {
      const world = yield* started
      const change = { suspicious: "react" }
      expect((yield* world.ask(SetChat, { change, by })).sequence).toBeGreaterThan(0)
      expect((yield* world.ask(SetChat, { change, by })).sequence).toBe(0)
      expect((yield* world.ask(SetChat, { change: { suspicious: null }, by })).sequence).toBeGreaterThan(0)
    }).pipe(Effect.scoped)
  )
})
