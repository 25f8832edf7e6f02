/** One seeded run: random deeds and misfortunes, the laws checked after each, then calm, and checked at rest. */
import { Effect, Fiber, Schedule } from "effect"
import { TestClock } from "effect/testing"
import { CommandBus } from "../../infra/command-bus/command-bus.ts"
import {
  CancelMessage,
  IngestMessages,
  MuteChat,
  RemoveOverride,
  RequestErasure,
  SendMessage,
  SetChat,
  SetOverride,
  UnmuteChat
} from "../../contracts/commands.ts"
import { type ChatId, OverrideId } from "../../contracts/ids.ts"
import { ConsentChat, OptOutPerson } from "../../contracts/moderation-commands.ts"
import { ScanCompleted } from "../../contracts/scan.ts"
import { breachesAlways, breachesAtRest } from "./laws.ts"
import { overridesMissed } from "./override-law.ts"
import { type Random, randomOf } from "./random.ts"
import { actorNames, makeWorld, managerNames, type World } from "./world.ts"

const links = [
  "http://192.0.2.7/paypal.com/login.exe",
  "http://paypa1-login.top/verify",
  "https://secure-micros0ft.example.click/signin",
  "https://example.com/news",
  "https://en.wikipedia.org/wiki/Uraeus",
  "bit.ly/3xyz"
]

/** A look holds for longer than a run lasts. */
const validMillis = 365 * 86_400_000

const overrideId = (n: number) => OverrideId.make(`01941f29-7c00-7000-8000-${String(n).padStart(12, "0")}`)

interface Memory {
  /** Sequences that were answered as stored. */
  readonly acknowledged: Set<number>
  readonly posted: Array<{ readonly chatName: string; readonly author: string; readonly id: string }>
  readonly chats: Set<ChatId>
  readonly sent: Array<Parameters<typeof cancelOf>[0]>
  requests: number
}

const cancelOf = (outbox: Parameters<typeof CancelMessage.payload.make>[0]["outbox"]) => outbox

/** Asks as a client does: again, under the same request id, until there is an answer or a refusal. */
const ask = Effect.fnUntraced(function* (
  world: World,
  memory: Memory,
  request: (
    bus: CommandBus["Service"],
    id: string
  ) => Effect.Effect<void, { readonly _tag: string; readonly reason?: string }>
) {
  const id = `request-${memory.requests++}`
  const asking = Effect.gen(function* () {
    yield* request(yield* CommandBus, id)
  }).pipe(
    Effect.retry({
      schedule: Schedule.spaced("300 millis"),
      times: 400,
      while: (error) => error._tag === "Unanswered" || error.reason === "unavailable"
    }),
    Effect.ignore,
    Effect.provideContext(world.services)
  )
  return yield* Effect.forkScoped(asking)
})

/** What chats may want, one of which each deed sets. */
const wishes = [
  { malicious: "react" },
  { malicious: "short" },
  { malicious: "reply" },
  { suspicious: "react" },
  { suspicious: "none" },
  { suspicious: "reply", benign: "none" },
  { benign: "react" },
  { "cooldown-minutes": "0" },
  { "cooldown-minutes": "30" },
  { simulate: "suspicious" },
  { simulate: "all" },
  { simulate: "none", enabled: "on" },
  { simulate: null, enabled: "off" },
  { "quiet-hours": "00:00-00:10" },
  { "quiet-hours": "00:20-23:50", language: "ar" },
  { "quiet-hours": null, malicious: null, suspicious: null, enabled: null }
] as const

/** The numbers that stand for a new rule and for a new look at a link, of those of all deeds. */
const newRule = 68
const newLook = 110
const deedsMax = 120

/** A chat consents, or somebody in it opts out; or not any more. */
const agrees = Effect.fnUntraced(function* (
  world: World,
  random: Random,
  memory: Memory,
  { author, chat, chatName }: { readonly author: string; readonly chat: ChatId; readonly chatName: string }
) {
  const yes = random.chance(0.5)
  if (random.chance(0.5))
    return yield* ask(world, memory, (bus, id) =>
      Effect.asVoid(bus.request(ConsentChat, { chat, given: yes, by: "operator" }, id))
    )
  const where = yield* world.chatNamed(chatName)
  const person = yield* world.personIn(chatName, author)
  return yield* ask(world, memory, (bus, id) =>
    Effect.asVoid(bus.request(OptOutPerson, { chat: where, person, out: !yes, by: "operator" }, id))
  )
})

/** A list or a service knows more of a link than its first look did, or less. */
const looksAgain = Effect.fnUntraced(function* (world: World, random: Random, step: number) {
  const posted = world
    .events()
    .flatMap((event) => (event.type === "message.received" || event.type === "message.edited" ? [event] : []))
    .flatMap(({ data: { chat, links, sender } }) => links.map(({ link }) => ({ chat, link, sender })))
  if (posted.length === 0) return undefined
  const now = yield* world.now
  return yield* world
    .append(
      `look ${step}`,
      ScanCompleted({
        ...random.pick(posted),
        level: random.pick(["benign", "suspicious", "malicious"] as const),
        score: 0,
        ruleSet: "simulated-1",
        evidence: [],
        missing: [],
        validUntil: now + validMillis,
        found: { url: "", details: [] }
      })
    )
    .pipe(Effect.asVoid, Effect.forkScoped)
})

const deed = Effect.fnUntraced(function* (
  world: World,
  random: Random,
  memory: Memory,
  step: number,
  kind: number
) {
  const chatName = random.pick(["Family", "Club"])
  const author = random.pick(["Ada", "Ben", "Cy"])
  const now = yield* world.now
  const ingest = (id: string, who: string, where: string, text: string, change?: "edit" | "delete") =>
    ask(world, memory, (bus, request) =>
      bus
        .request(
          IngestMessages,
          {
            gateway: "sandbox",
            chatName: where,
            messages: [{ id, author: who, sentAt: now, text, ...(change === undefined ? {} : { change }) }]
          },
          request
        )
        .pipe(
          Effect.map((answer) => {
            memory.chats.add(answer.chat)
            if (answer.sequence > 0) memory.acknowledged.add(answer.sequence)
          })
        )
    )
  const text = () =>
    Array.from({ length: random.below(3) }, () => random.pick(links)).join(" and ") || "hello"
  if (kind < 45) {
    const id = `m${step}`
    memory.posted.push({ chatName, author, id })
    return yield* ingest(id, author, chatName, `look ${text()}`)
  }
  const earlier = memory.posted.length === 0 ? undefined : random.pick(memory.posted)
  const chat = memory.chats.size === 0 ? undefined : random.pick([...memory.chats])
  if (kind < 50 && earlier !== undefined)
    return yield* ingest(earlier.id, earlier.author, earlier.chatName, `look ${text()}`)
  if (kind < 58 && earlier !== undefined)
    return yield* ingest(earlier.id, earlier.author, earlier.chatName, `edited ${text()}`, "edit")
  if (kind < 62 && earlier !== undefined)
    return yield* ingest(earlier.id, earlier.author, earlier.chatName, "", "delete")
  if (chat === undefined) return
  if (kind < 65)
    return yield* ask(world, memory, (bus, id) =>
      Effect.asVoid(
        bus.request(MuteChat, { chat, until: now + random.below(60_000) + 1, by: "operator" }, id)
      )
    )
  if (kind < 66)
    return yield* ask(world, memory, (bus, id) =>
      Effect.asVoid(bus.request(UnmuteChat, { chat, by: "operator" }, id))
    )
  if (kind < 68) {
    const scope = random.chance(0.7) ? { chat } : {}
    const change = random.pick(wishes)
    return yield* ask(world, memory, (bus, id) =>
      Effect.asVoid(bus.request(SetChat, { change, by: "operator", ...scope }, id))
    )
  }
  if (kind < 74) {
    const effect = random.pick(["allow", "deny"] as const)
    const pattern = random.pick(["example.com", "paypa1-login.top", "en.wikipedia.org"])
    const expiry = random.chance(0.5) ? { expiresAt: now + 1_000 + random.below(120_000) } : {}
    const scope = random.chance(0.5) ? { chat } : {}
    return yield* ask(world, memory, (bus, id) =>
      Effect.asVoid(
        bus.request(
          SetOverride,
          {
            override: overrideId(step),
            match: "domain",
            pattern,
            effect,
            by: "operator",
            ...expiry,
            ...scope
          },
          id
        )
      )
    )
  }
  if (kind < 77)
    return yield* ask(world, memory, (bus, id) =>
      Effect.asVoid(
        bus.request(RemoveOverride, { override: overrideId(random.below(step + 1)), by: "operator" }, id)
      )
    )
  if (kind < 79) {
    const subject = yield* world.personIn(chatName, author)
    return yield* ask(world, memory, (bus, id) =>
      Effect.asVoid(bus.request(RequestErasure, { subject, by: "operator" }, id))
    )
  }
  if (kind < 90) {
    const request = `send-${step}`
    return yield* ask(world, memory, (bus, id) =>
      Effect.map(
        bus.request(
          SendMessage,
          { chat, request, text: "good morning", priority: "bulk", by: "operator" },
          id
        ),
        (answer) => {
          memory.sent.push(answer.outbox)
        }
      )
    )
  }
  if (kind >= 116) {
    const id = `c${step}`
    return yield* ingest(id, author, chatName, `!wadjet ${random.pick(["optout", "optin", "status"])}`)
  }
  if (kind >= 108) return yield* looksAgain(world, random, step)
  if (kind >= 100) return yield* agrees(world, random, memory, { chat, chatName, author })
  if (memory.sent.length === 0) return
  const outbox = random.pick(memory.sent)
  return yield* ask(world, memory, (bus, id) =>
    Effect.asVoid(bus.request(CancelMessage, { outbox, by: "operator" }, id))
  )
})

const misfortune = Effect.fnUntraced(function* (world: World, random: Random) {
  for (const name of actorNames) {
    if (world.isRunning(name)) {
      if (random.chance(0.06)) yield* world.crash(name)
    } else if (random.chance(0.5)) yield* world.start(name)
  }
})

/** Lets time pass in small pieces, so that what wakes on the way runs on the way. */
const pass = Effect.fnUntraced(function* (millis: number) {
  const pieces = 4
  for (let piece = 0; piece < pieces; piece++) yield* TestClock.adjust(Math.ceil(millis / pieces))
})

const digestsOf = (world: World) => ({
  whatsapp: world.digests("whatsapp"),
  verdict: world.digests("verdict"),
  admin: world.digests("admin")
})

export interface Report {
  readonly seed: number
  readonly breaches: ReadonlyArray<string>
  readonly steps: number
  readonly events: number
  readonly transmissions: number
  /** The log, a line an event, for whoever looks into a failing seed. */
  readonly story: () => ReadonlyArray<string>
}

/** Runs one seed. The report is the same every time. */
export const simulate = Effect.fnUntraced(function* (seed: number, steps: number) {
  const random = randomOf(seed)
  const world = yield* makeWorld(random)
  const memory: Memory = { acknowledged: new Set(), posted: [], chats: new Set(), sent: [], requests: 0 }
  const asked: Array<Fiber.Fiber<void>> = []
  const report = (breaches: ReadonlyArray<string>, at: number): Report => ({
    seed,
    breaches,
    steps: at,
    events: world.events().length,
    transmissions: world.transmissions.length,
    story: () => [
      ...world
        .events()
        .map((event) => `${event.sequence} ${event.time} ${event.type} ${JSON.stringify(event.data)}`),
      ...world.transmissions.map(
        ({ message, logLength }) => `transmitted at ${logLength}: ${JSON.stringify(message)}`
      )
    ]
  })
  for (const name of actorNames) yield* world.start(name)
  let night = 0
  for (let step = 0; step < steps; step++) {
    // After a night a new rule or a new look corrects what can be edited no more.
    const fiber = yield* deed(
      world,
      random,
      memory,
      step,
      night > 0 ? random.pick([newRule, newLook]) : random.below(deedsMax)
    )
    if (fiber !== undefined) asked.push(fiber)
    yield* misfortune(world, random)
    night = random.chance(0.05)
      ? random.pick([20, 20, 20, 20, 20, 20, 20, 20, 20, 5 * 60, 5 * 60, 50 * 60])
      : 0
    yield* pass(night === 0 ? random.pick([5, 50, 500, 2_000, 20_000]) : night * 60_000)
    const breaches = breachesAlways(world.events(), world.transmissions, world.receiver)
    if (breaches.length > 0) return report(breaches, step)
  }
  yield* world.beCalm
  for (const name of actorNames) yield* world.start(name)
  // What waits for the end of a night is decided about now.
  for (const scope of [{}, ...[...memory.chats].map((chat) => ({ chat }))])
    asked.push(
      yield* ask(world, memory, (bus, id) =>
        Effect.asVoid(
          bus.request(SetChat, { change: { "quiet-hours": "none" }, by: "operator", ...scope }, id)
        )
      )
    )
  for (let waited = 0; waited < 60; waited++) yield* pass(5_000)
  const unanswered = asked.filter((fiber) => fiber.pollUnsafe() === undefined).length
  const kept = digestsOf(world)
  for (const name of managerNames) {
    yield* world.crash(name)
    world.forgetSnapshot(name)
    yield* world.start(name)
  }
  for (let waited = 0; waited < 5; waited++) yield* pass(1_000)
  const folded = digestsOf(world)
  return report(
    [
      ...breachesAtRest(world.events(), world.transmissions, world.receiver, memory.acknowledged),
      ...overridesMissed(world.events(), world.secrets()),
      ...(unanswered > 0 ? [`${unanswered} requests were never answered`] : []),
      ...managerNames.flatMap((name) => [
        ...(kept[name].kept === folded[name].kept
          ? []
          : [`law 5: the snapshot of ${name} differs from a fresh fold`]),
        ...(kept[name].openWork === 0
          ? []
          : [`${name} never came to rest: ${kept[name].openWork} pieces of work are open`])
      ])
    ],
    steps
  )
})
