/** Any order of messages, rules and erasures, while actors die and answers get lost. */
import { expect, it } from "@effect/vitest"
import { Effect, type Fiber, Layer, Logger, Schedule } from "effect"
import { TestClock } from "effect/testing"
import fc from "fast-check"
import { IngestMessages, RemoveOverride, RequestErasure, SetOverride } from "../../contracts/commands.ts"
import { type ChatId, OverrideId } from "../../contracts/ids.ts"
import { CommandBus } from "../../infra/command-bus/command-bus.ts"
import { overridesMissed } from "./override-law.ts"
import { randomOf } from "./random.ts"
import { type ActorName, actorNames, makeWorld, type World } from "./world.ts"

const urls = [
  "http://a.example/",
  "http://www.a.example/",
  "http://www.a.example/x",
  "http://b.example/x",
  "http://x.example/a.example"
] as const
const patterns = [
  ["domain", "a.example"],
  ["host", "a.example"],
  ["host", "www.a.example"],
  ["url", "http://www.a.example/x"],
  ["domain", "b.example"]
] as const
const chatNames = ["Family", "Club"] as const
const authors = ["Ada", "Ben"] as const

const deeds = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: message() },
    {
      weight: 4,
      arbitrary: fc.record({
        do: fc.constant("set" as const),
        number: fc.nat(3),
        pattern: fc.constantFrom(...patterns),
        effect: fc.constantFrom("allow" as const, "deny" as const),
        chatName: fc.constantFrom(undefined, ...chatNames)
      })
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constant("remove" as const), number: fc.nat(3) }) },
    {
      weight: 3,
      arbitrary: fc.record({
        do: fc.constant("forget" as const),
        chatName: fc.constantFrom(...chatNames),
        // Nobody: the whole chat.
        author: fc.constantFrom(undefined, ...authors, ...authors)
      })
    },
    {
      weight: 1,
      arbitrary: fc.record({ do: fc.constant("kill" as const), actor: fc.constantFrom(...actorNames) })
    },
    {
      weight: 3,
      arbitrary: fc.record({ do: fc.constant("wait" as const), millis: fc.constantFrom(5, 500, 5_000) })
    }
  ),
  { minLength: 4, maxLength: 30 }
)

function message() {
  return fc.record({
    do: fc.constant("say" as const),
    id: fc.nat(4),
    edit: fc.boolean(),
    chatName: fc.constantFrom(...chatNames),
    author: fc.constantFrom(...authors),
    said: fc.uniqueArray(fc.constantFrom(...urls), { minLength: 1, maxLength: 3 })
  })
}

type Deed = typeof deeds extends fc.Arbitrary<Array<infer D>> ? D : never

/** Asks again, under the same id, until there is an answer or a refusal. */
const ask = (
  world: World,
  request: (
    bus: CommandBus["Service"]
  ) => Effect.Effect<unknown, { readonly _tag: string; readonly reason?: string }>
) =>
  Effect.flatMap(CommandBus, request).pipe(
    Effect.retry({
      schedule: Schedule.spaced("300 millis"),
      times: 400,
      while: (error) => error._tag === "Unanswered" || error.reason === "unavailable"
    }),
    Effect.ignore,
    Effect.provideContext(world.services),
    Effect.forkScoped
  )

const ruleId = (number: number) => OverrideId.make(`01941f29-7c00-7000-8000-00000000000${number}`)
const by = "operator"

const carryOut = Effect.fnUntraced(function* (world: World, deed: Deed, step: number) {
  const request = `request ${step}`
  const sentAt = yield* world.now
  switch (deed.do) {
    case "say": {
      const text = `look ${deed.said.join(" and ")}`
      const change = deed.edit ? { change: "edit" as const } : {}
      const messages = [{ id: `m${deed.id}`, author: deed.author, sentAt, text, ...change }]
      const payload = { gateway: "sandbox" as const, chatName: deed.chatName, messages }
      return yield* ask(world, (bus) => bus.request(IngestMessages, payload, request))
    }
    case "set": {
      const [match, pattern] = deed.pattern
      const chat: ChatId | undefined =
        deed.chatName === undefined ? undefined : yield* world.chatNamed(deed.chatName)
      const scope = chat === undefined ? {} : { chat }
      const payload = { override: ruleId(deed.number), match, pattern, effect: deed.effect, by, ...scope }
      return yield* ask(world, (bus) => bus.request(SetOverride, payload, request))
    }
    case "remove": {
      const payload = { override: ruleId(deed.number), by }
      return yield* ask(world, (bus) => bus.request(RemoveOverride, payload, request))
    }
    case "forget": {
      const subject =
        deed.author === undefined
          ? yield* world.chatNamed(deed.chatName)
          : yield* world.personIn(deed.chatName, deed.author)
      return yield* ask(world, (bus) => bus.request(RequestErasure, { subject, by }, request))
    }
    case "kill":
      yield* world.crash(deed.actor satisfies ActorName)
      return undefined
    case "wait":
      yield* TestClock.adjust(deed.millis)
      for (const name of actorNames) yield* world.start(name)
      return undefined
  }
})

const live = Effect.fnUntraced(function* (seed: number, all: ReadonlyArray<Deed>) {
  const world = yield* makeWorld(randomOf(seed))
  for (const name of actorNames) yield* world.start(name)
  const asked: Array<Fiber.Fiber<void>> = []
  for (const [step, deed] of all.entries()) {
    const fiber = yield* carryOut(world, deed, step)
    if (fiber !== undefined) asked.push(fiber)
    yield* TestClock.adjust(1)
  }
  yield* world.beCalm
  for (const name of actorNames) yield* world.start(name)
  for (let waited = 0; waited < 40; waited++) yield* TestClock.adjust(5_000)
  const unanswered = asked.filter((fiber) => fiber.pollUnsafe() === undefined).length
  return [
    ...overridesMissed(world.events(), world.secrets()),
    ...(unanswered === 0 ? [] : [`${unanswered} requests were never answered`])
  ]
})

const say = (chatName: (typeof chatNames)[number], id = 0) => ({
  do: "say" as const,
  id,
  edit: false,
  chatName,
  author: "Ada" as const,
  said: [urls[0]]
})

/** Histories that broke it once. */
const found: Array<[number, Array<Deed>]> = [
  // A rule whose being stored was never heard of, while an erasure gives all rules their next tokens.
  [
    8,
    [
      { do: "set", number: 0, pattern: patterns[0], effect: "allow", chatName: undefined },
      { do: "wait", millis: 5_000 },
      say("Family"),
      say("Club"),
      { do: "set", number: 1, pattern: patterns[0], effect: "deny", chatName: "Club" },
      { do: "forget", chatName: "Family", author: undefined },
      say("Family"),
      { do: "remove", number: 0 },
      say("Family"),
      say("Club", 1)
    ]
  ]
]

it("a message is judged by every rule that covers it, but for those that were set after an erasure that came after it", async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(), deeds, async (seed, all) => {
      const breaches = await Effect.runPromise(
        live(seed, all).pipe(Effect.scoped, Effect.provide(Layer.merge(TestClock.layer(), Logger.layer([]))))
      )
      expect(breaches).toEqual([])
    }),
    { numRuns: 40, examples: found }
  )
}, 120_000)
