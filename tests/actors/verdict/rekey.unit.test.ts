/** Overrides across an erasure, as the verdict actor sees it. */
import { describe, expect, it } from "@effect/vitest"
import { Effect, type Fiber } from "effect"
import { verdict } from "../../../actors/verdict/actor.ts"
import { overrideToken } from "../../../actors/verdict/override-token.ts"
import type { CommandType, Refused } from "../../../contracts/command.ts"
import { RekeyOverrides, SetOverride } from "../../../contracts/commands.ts"
import { linkId } from "../../../contracts/link/link-id.ts"
import { OverrideSet, OverridesRekeyed, rekeyedOverridesMax } from "../../../contracts/policy.ts"
import { CommandBus, type Unanswered } from "../../../infra/command-bus/command-bus.ts"
import { Keyring } from "../../../infra/keyring/keyring.ts"
import { makeWorld, until } from "../../infra/actor/world.ts"
import { bad, host, makeStory, override } from "./story.ts"

const started = Effect.gen(function* () {
  const world = yield* makeWorld()
  const keyring = yield* Keyring.pipe(Effect.provideContext(world.services))
  const actor = yield* world.start(verdict)
  yield* actor.ready
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
  const here = yield* keyring.chat(["here"])
  const there = yield* keyring.chat(["there"])
  const somebody = yield* keyring.person(["somebody"])
  /** All parts, one after the other. Answers with how many requests that took. */
  const rekey = Effect.fnUntraced(function* (linkKey: string) {
    let requests = 0
    for (let part: number | null = 0; part !== null; requests++) {
      const answer: { readonly next: number | null } = yield* ask(RekeyOverrides, { linkKey, part })
      part = answer.next
    }
    return requests
  })
  const given = () => world.named("policy.overrides-rekeyed").flatMap(({ data }) => data.overrides)
  return { ...world, actor, keyring, ask, rekey, given, here, there, somebody }
})

type Started = Effect.Success<typeof started>

const by = "operator"
const rule = (number: number, pattern: string) => ({
  override: override(number),
  match: "domain" as const,
  pattern,
  effect: "deny" as const,
  by
})

/** The facts of many overrides, as they were set long ago. */
const setLongAgo = Effect.fnUntraced(function* ({ actor, append, keyring }: Started, count: number) {
  const { current } = keyring.linkKeys([])
  let sequence = 0
  for (let number = 0; number < count; number++) {
    const { pattern, ...rest } = rule(number, `rule-${number}.example`)
    const token = overrideToken(current, rest.match, pattern)!
    sequence = yield* append(OverrideSet({ ...rest, token, words: { pattern } }))
  }
  yield* until("they are folded", () => actor.folded() >= sequence)
})

describe("before somebody is forgotten", () => {
  it.effect("every override gets the token that its target will have", () =>
    Effect.gen(function* () {
      const world = yield* started
      yield* world.ask(SetOverride, rule(1, "bad.example"))
      yield* world.ask(SetOverride, { ...rule(2, "http://bad.example/x?utm_source=y"), match: "url" })
      yield* world.ask(SetOverride, { ...rule(3, "login.bad.example"), match: "host", chat: world.here })
      const linkKey = (yield* world.keyring.prepareLinkKey(world.somebody))!
      yield* world.rekey(linkKey)
      const { secret } = world.keyring.linkKeys([]).next!
      expect(new Map(world.given().map((it) => [it.override, it.token]))).toEqual(
        new Map([
          [override(1), linkId(secret, "bad.example")],
          [override(2), linkId(secret, "http://bad.example/x")],
          [override(3), linkId(secret, "login.bad.example")]
        ])
      )
    }).pipe(Effect.scoped)
  )

  it.effect("a great many overrides take few events and few requests", () =>
    Effect.gen(function* () {
      const world = yield* started
      const count = rekeyedOverridesMax * 2 + 500
      yield* setLongAgo(world, count)
      const linkKey = (yield* world.keyring.prepareLinkKey(world.somebody))!
      expect(yield* world.rekey(linkKey)).toBeLessThanOrEqual(count / 250)
      const events = world.named("policy.overrides-rekeyed")
      expect(events.length).toBeLessThanOrEqual(count / 250)
      for (const { data } of events) {
        expect(data.overrides.length).toBeLessThanOrEqual(rekeyedOverridesMax)
        // An eighth of the largest message that nats-server takes unless it is told otherwise.
        expect(Buffer.byteLength(JSON.stringify(data))).toBeLessThan((1_024 * 1_024) / 8)
      }
      expect(new Set(world.given().map((it) => it.override)).size).toBe(count)
      expect(world.given()).toHaveLength(count)
    }).pipe(Effect.scoped)
  )

  it.effect("asking again for the same key changes nothing, and for another one begins anew", () =>
    Effect.gen(function* () {
      const world = yield* started
      yield* world.ask(SetOverride, rule(1, "bad.example"))
      const first = (yield* world.keyring.prepareLinkKey(world.somebody))!
      yield* world.rekey(first)
      yield* world.rekey(first)
      expect(world.given()).toHaveLength(1)
      const second = (yield* world.keyring.prepareLinkKey(world.there))!
      expect(yield* Effect.flip(world.ask(RekeyOverrides, { linkKey: first, part: 0 }))).toMatchObject({
        reason: "unavailable"
      })
      yield* world.rekey(second)
      expect(world.given()[1]?.token).toBe(linkId(world.keyring.linkKeys([]).next!.secret, "bad.example"))
    }).pipe(Effect.scoped)
  )

  it.effect("an override that is set has both tokens, and needs no more", () =>
    Effect.gen(function* () {
      const world = yield* started
      const linkKey = (yield* world.keyring.prepareLinkKey(world.somebody))!
      yield* world.ask(SetOverride, rule(1, "bad.example"))
      const { current, next } = world.keyring.linkKeys([])
      expect(world.named("policy.override-set")[0]!.data).toMatchObject({
        token: linkId(current, "bad.example"),
        next: linkId(next!.secret, "bad.example")
      })
      yield* world.rekey(linkKey)
      expect(world.given()).toEqual([])
    }).pipe(Effect.scoped)
  )

  it.effect("nothing of the chat that is forgotten gets a token under the key that stays", () =>
    Effect.gen(function* () {
      const world = yield* started
      yield* world.ask(SetOverride, { ...rule(1, "bad.example"), chat: world.here })
      yield* world.ask(SetOverride, { ...rule(2, "bad.example"), chat: world.there })
      const linkKey = (yield* world.keyring.prepareLinkKey(world.here))!
      yield* world.ask(SetOverride, { ...rule(3, "worse.example"), chat: world.here })
      yield* world.rekey(linkKey)
      expect(world.given().map((it) => it.override)).toEqual([override(2)])
      expect(world.named("policy.override-set").map(({ data }) => data.next)).toEqual([
        undefined,
        undefined,
        undefined
      ])
    }).pipe(Effect.scoped)
  )
})

describe("an override with several tokens", () => {
  const given = (token: ReturnType<typeof host>) =>
    OverridesRekeyed({ overrides: [{ override: override(1), token }] })

  it.effect("matches by each of them", () =>
    Effect.gen(function* () {
      const story = yield* makeStory()
      story.overridden(1, "deny")
      story.happened(given(host("renamed.example")))
      story.posted("m", [bad])
      story.posted("n", ["http://renamed.example/"])
      const facts = yield* story.settle
      expect(facts.filter((fact) => fact.type === "verdict.decided")).toHaveLength(2)
    })
  )

  it.effect("loses all of them when it is removed, and what they decided is looked at again", () =>
    Effect.gen(function* () {
      const story = yield* makeStory()
      story.overridden(1, "deny")
      story.happened(given(host("renamed.example")))
      for (const [name, url] of [
        ["m", bad],
        ["n", "http://renamed.example/"]
      ] as const) {
        story.posted(name, [url])
        story.scanned(url, "benign")
      }
      yield* story.settle
      story.removed(1)
      expect((yield* story.words).filter((words) => words.startsWith("revised"))).toEqual([
        "revised malicious to benign",
        "revised malicious to benign"
      ])
      story.posted("o", ["http://renamed.example/"])
      expect(yield* story.words).toEqual(["decided benign none"])
    })
  )

  it.effect("that was removed meanwhile stays removed", () =>
    Effect.gen(function* () {
      const story = yield* makeStory()
      story.overridden(1, "deny")
      story.removed(1)
      story.happened(given(host("renamed.example")))
      story.posted("n", ["http://renamed.example/"])
      expect(yield* story.words).toEqual([])
    })
  )
})
