import { expect, it } from "@effect/vitest"
import Database from "better-sqlite3"
import { Clock, Effect, type Fiber, Layer, Logger } from "effect"
import { TestClock } from "effect/testing"
import fc from "fast-check"
import { verdict } from "../../../actors/verdict/actor.ts"
import type { AnyFact, AnyRecorded } from "../../../contracts/catalogue.ts"
import type { CommandType } from "../../../contracts/command.ts"
import { MuteChat, SetChat, SetOverride, UnmuteChat } from "../../../contracts/commands.ts"
import { hashOf, HostId, LinkId } from "../../../contracts/ids.ts"
import { linkId } from "../../../contracts/link/link-id.ts"
import type { Level } from "../../../contracts/level.ts"
import { MessageReceived } from "../../../contracts/message.ts"
import { ScanCompleted } from "../../../contracts/scan.ts"
import { CommandBus } from "../../../infra/command-bus/command-bus.ts"
import { Keyring } from "../../../infra/keyring/keyring.ts"
import { makeWorld, pass, until } from "../../infra/actor/world.ts"
import { ringsPhones, speaksUp } from "./speaks-up.ts"
import { here, message, override, sender, there } from "./story.ts"

const quiet = Layer.merge(TestClock.layer(), Logger.layer([]))
const by = "operator"
const yearMillis = 365 * 86_400_000

/** What a chat may be told to do, and which of its later verdicts would disobey. */
const wishes = {
  off: { change: { enabled: "off" }, disobeys: speaksUp },
  on: { change: { enabled: "on" }, disobeys: (it: AnyRecorded) => reasonOf(it) === "chat-off" },
  trial: {
    change: { simulate: "all" },
    disobeys: (it: AnyRecorded) =>
      speaksUp(it) || (it.type === "verdict.revised" && it.data.notice !== undefined)
  },
  real: { change: { simulate: "none" }, disobeys: (it: AnyRecorded) => reasonOf(it) === "simulated" },
  mute: { change: undefined, disobeys: ringsPhones },
  unmute: { change: undefined, disobeys: (it: AnyRecorded) => reasonOf(it) === "muted" },
  allow: {
    change: undefined,
    disobeys: (it: AnyRecorded) => it.type === "verdict.decided" && it.data.level === "malicious"
  }
} as const
type Wish = keyof typeof wishes

/** A later wish takes back what an earlier one asked for. */
const takenBackBy: { readonly [W in Wish]?: Wish } = {
  off: "on",
  on: "off",
  trial: "real",
  real: "trial",
  mute: "unmute",
  unmute: "mute"
}

/** What was asked for: how long the log was when it was, and when it was acknowledged. */
interface Wished {
  readonly wish: Wish
  readonly asked: number
  acknowledged?: number
}

const reasonOf = (it: AnyRecorded) => (it.type === "verdict.suppressed" ? it.data.reason : undefined)

const deeds = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.constant("post" as const) },
    { weight: 2, arbitrary: fc.constantFrom(...(Object.keys(wishes) as Array<Wish>)) },
    // What is known of the link turns better or worse.
    { weight: 2, arbitrary: fc.constantFrom("suspicious" as const, "malicious" as const) },
    { weight: 1, arbitrary: fc.constant("kill" as const) }
  ),
  { minLength: 10, maxLength: 40 }
)

type Deed = typeof deeds extends fc.Arbitrary<Array<infer D>> ? D : never

const live = Effect.fnUntraced(function* (all: ReadonlyArray<Deed>) {
  const world = yield* makeWorld()
  const key = (yield* Keyring.pipe(Effect.provideContext(world.services))).linkKeys([]).current
  const disk = new Database(":memory:")
  let running = yield* world.start(verdict, { disk })
  yield* running.ready
  const now = yield* Clock.currentTimeMillis
  const wished: Array<Wished> = []
  const asked: Array<Fiber.Fiber<void>> = []
  const url = "http://bad.example/x"
  const host = HostId.make(linkId(key, "bad.example"))
  const link = LinkId.make(linkId(key, url))
  const request = <C extends CommandType>(command: C, payload: C["payload"]["Type"]) =>
    CommandBus.use((bus) => bus.request(command, payload)).pipe(Effect.provideContext(world.services))
  const requestFor = (wish: Wish) => {
    if (wish === "mute") return request(MuteChat, { chat: here, until: now + yearMillis, by })
    if (wish === "unmute") return request(UnmuteChat, { chat: here, by })
    if (wish === "allow")
      return request(SetOverride, {
        override: override(1),
        chat: here,
        match: "host",
        pattern: "bad.example",
        effect: "allow",
        by
      })
    return request(SetChat, { chat: here, change: wishes[wish].change, by })
  }
  const append = (...facts: ReadonlyArray<AnyFact>) => Effect.forEach(facts, (fact) => world.append(fact))
  const scanned = (level: Level) =>
    append(
      ScanCompleted({
        link,
        chat: there,
        sender,
        level,
        score: 30,
        ruleSet: "test-1",
        evidence: [],
        missing: [],
        validUntil: now + yearMillis,
        found: { url, details: [] }
      })
    )
  yield* scanned("suspicious")
  for (const [step, deed] of all.entries()) {
    if (deed === "kill") {
      yield* running.kill
      running = yield* world.start(verdict, { disk })
    } else if (deed === "suspicious" || deed === "malicious") yield* scanned(deed)
    else if (deed === "post")
      yield* append(
        MessageReceived({
          chat: here,
          message: message(`m${step}`),
          sender,
          gateway: "sandbox",
          arrival: "live",
          sentAt: 0,
          links: [{ link, host, domains: [host] }],
          said: {
            text: url,
            whatsAppId: hashOf("id", step),
            links: [{ link, url, raw: url, start: 0, end: url.length, defanged: false }]
          },
          who: { name: "Ada" }
        })
      )
    else {
      const wish: Wished = { wish: deed, asked: world.events().length }
      wished.push(wish)
      asked.push(
        yield* requestFor(deed).pipe(
          Effect.tap(() => Effect.sync(() => (wish.acknowledged = world.events().length))),
          Effect.ignore,
          Effect.forkScoped
        )
      )
    }
    // Some of it happens at once, some of it one after the other.
    if (step % 3 === 0) yield* pass(20)
  }
  yield* until("all is answered", () => asked.every((fiber) => fiber.pollUnsafe() !== undefined), 500)
  yield* pass(2_000)
  const events = world.events()
  return wished.flatMap(({ acknowledged, wish }, index) => {
    const others = wished.filter((it) => it.wish === takenBackBy[wish])
    // Of two that contradict each other and are asked for at once, nobody knows which comes first.
    const isContested = others.some(
      (it) =>
        it.asked <= (acknowledged ?? 0) &&
        (wished.indexOf(it) > index || (it.acknowledged ?? Infinity) >= wished[index]!.asked)
    )
    if (acknowledged === undefined || isContested) return []
    const end = Math.min(events.length, ...others.map((it) => it.asked).filter((at) => at > acknowledged))
    return events
      .slice(acknowledged, end)
      .filter((it) => wishes[wish].disobeys(it))
      .map((it) => `${wish} was acknowledged at ${acknowledged}, and ${it.type} of ${it.sequence} disobeys`)
  })
})

it("what was acknowledged is obeyed by every later decision, while links are posted and the actor is killed", async () => {
  await fc.assert(
    fc.asyncProperty(deeds, async (all) => {
      expect(await Effect.runPromise(live(all).pipe(Effect.scoped, Effect.provide(quiet)))).toEqual([])
    }),
    { numRuns: 25 }
  )
}, 120_000)
