/**
 * Law 2 over any history: words that follow each other, while processes die between any two facts, answers get
 * lost, clocks differ and the server refuses. The witness is what the other side got.
 */
import type Database from "better-sqlite3"
import { expect, it } from "@effect/vitest"
import { Effect, Layer, Logger } from "effect"
import { TestClock } from "effect/testing"
import fc from "fast-check"
import { makeWhatsApp } from "../../../actors/whatsapp/actor.ts"
import { Gateways, type GatewayService, TransmitFailed } from "../../../actors/whatsapp/gateway.ts"
import { makeWorld } from "../../infra/actor/world.ts"
import { makeReceiver, type Shown } from "./receiver.ts"
import { idOf, queued, unpaced } from "./world.ts"

const second = 1_000
const minute = 60 * second
const hour = 60 * minute

const words = ["warn", "calm", "withdraw", "react"] as const
type Word = (typeof words)[number]

interface Step {
  readonly word: Word
  /** How long it takes until the next word, by the clock of this machine. */
  readonly nextAfter: number
  /** What goes wrong with what is written next. */
  readonly write: "taken" | "refused" | "lost" | "unanswered"
  /** The process dies at this point from here: an append or a write, before or after it happened. */
  readonly death: { readonly point: number; readonly when: "before" | "after" } | undefined
  readonly losesDisk: boolean
  /** How far the clock of the server is ahead. */
  readonly aheadMillis: number
  /** Whether the next word is said before this one has come to rest. */
  readonly hurried: boolean
}

const step: fc.Arbitrary<Step> = fc.record({
  word: fc.constantFrom(...words),
  nextAfter: fc.constantFrom(
    0,
    3 * second,
    5 * minute,
    14 * minute,
    16 * minute,
    10 * hour,
    47 * hour,
    50 * hour
  ),
  write: fc.constantFrom("taken", "taken", "refused", "lost", "unanswered"),
  death: fc.option(
    fc.record({ point: fc.integer({ min: 1, max: 8 }), when: fc.constantFrom("before", "after") }),
    { nil: undefined }
  ),
  losesDisk: fc.boolean(),
  aheadMillis: fc.constantFrom(0, 0, 20 * minute, -20 * minute),
  hurried: fc.boolean()
})

const kindOf = { warn: "correction", calm: "correction", withdraw: "retraction", react: "reaction" } as const

/** What is asked for: about the word before it, of which it knows nothing but that there was one. */
const entryOf = ({ word }: Step, index: number) =>
  queued(`word ${index}`, {
    kind: index === 0 && word === "warn" ? "text" : kindOf[word],
    priority: word === "warn" ? "warning" : "notice",
    standalone: word === "warn" || word === "react",
    body: { text: word === "withdraw" ? "" : `${word} ${index}`, quotes: "3A00" },
    ...(index === 0 ? {} : { target: idOf(`word ${index - 1}`) })
  })

const run = Effect.fnUntraced(function* (steps: ReadonlyArray<Step>) {
  let now = 0
  let ahead = 0
  let countdown = 0
  let dying: "before" | "after" = "before"
  let isDead = false
  let write: Step["write"] = "taken"
  const receiver = makeReceiver(
    () => now + ahead,
    () => "the link"
  )
  const isHere = () => !isDead && countdown > 0 && --countdown === 0

  const world = yield* makeWorld({
    append: ({ ids }) => {
      if (ids[0]!.startsWith("input")) return {}
      if (isDead) return { lost: "before" }
      if (!isHere()) return {}
      isDead = true
      return { lost: dying === "before" ? "before" : "answer" }
    }
  })
  const failed = (final: boolean, message: string) =>
    new TransmitFailed({ gateway: "sandbox", final, message })
  const gateway: GatewayService = {
    transmit: (message) =>
      Effect.gen(function* () {
        now = yield* Effect.clockWith((clock) => clock.currentTimeMillis)
        const dies = isHere()
        if (dies && dying === "before") isDead = true
        if (isDead) return yield* Effect.never
        const what = write
        write = "taken"
        const isStep = message.wire !== "text" && message.wire !== "reaction"
        if (what === "refused" && isStep) return yield* failed(true, receiver.refuse(message))
        if (what === "lost") return yield* failed(false, "no way")
        const refusal = receiver.take(message)
        if (dies) {
          isDead = true
          return yield* Effect.never
        }
        if (what === "unanswered") return yield* failed(false, "no answer")
        if (refusal !== undefined) return yield* failed(true, refusal)
      }),
    has: (whatsApp) => Effect.sync(() => (receiver.has(whatsApp) ? "yes" : "no"))
  }
  const start = (disk?: Database.Database) =>
    world
      .start(makeWhatsApp(unpaced), disk === undefined ? {} : { disk })
      .pipe(Effect.provideService(Gateways, { sandbox: gateway }))

  let actor = yield* start()
  const revive = Effect.fnUntraced(function* (losesDisk: boolean) {
    yield* actor.kill
    isDead = false
    countdown = 0
    actor = yield* start(losesDisk ? undefined : actor.disk)
  })
  const isAtRest = () =>
    actor.isReady() && actor.folded() === world.events().length && actor.work.size() === 0
  const settle = Effect.fnUntraced(function* (losesDisk: boolean) {
    for (let waited = 0; waited < 400; waited++) {
      if (isDead) yield* revive(losesDisk)
      if (isAtRest()) return
      yield* TestClock.adjust(100)
    }
  })

  for (const [index, it] of steps.entries()) {
    ahead = it.aheadMillis
    write = it.write
    dying = it.death?.when ?? "before"
    countdown = it.death?.point ?? 0
    yield* world.append(entryOf(it, index))
    yield* TestClock.adjust(1)
    if (!it.hurried) yield* settle(it.losesDisk)
    if (it.nextAfter < hour) yield* TestClock.adjust(it.nextAfter)
    else {
      // Nothing is awake to see a night pass.
      yield* actor.kill
      yield* TestClock.adjust(it.nextAfter)
      yield* revive(it.losesDisk)
    }
    if (isDead) yield* revive(it.losesDisk)
  }
  countdown = 0
  write = "taken"
  yield* settle(true)
  now = yield* Effect.clockWith((clock) => clock.currentTimeMillis)
  return { open: actor.work.size(), receiver, events: world.events() }
})

/** What stands though it should not: whatever says anything but the last word, and could be taken back. */
const wrong = (shown: ReadonlyArray<Shown>, last: Step, index: number) => {
  const says = `${last.word} ${index}`
  const others = shown.filter(({ stays, text }) => text !== says && !stays)
  const saying = shown.filter(({ text }) => text === says)
  const isMissing = (last.word === "warn" || last.word === "react") && saying.length === 0
  return [...others, ...saying.slice(1), ...(isMissing ? [`${says} does not stand`] : [])]
}

it.effect(
  "a chat sees one live notice about a link at every moment, and in the end the last word or nothing",
  () =>
    Effect.promise(() =>
      fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 6 }), (steps) =>
          Effect.runPromise(
            run(steps).pipe(
              Effect.tap(({ open, receiver }) =>
                Effect.sync(() => {
                  expect(open).toBe(0)
                  expect(receiver.breaches()).toEqual([])
                  const last = steps.length - 1
                  expect(wrong(receiver.shown("the link"), steps[last]!, last)).toEqual([])
                })
              ),
              Effect.asVoid,
              Effect.scoped,
              Effect.provide(Layer.merge(TestClock.layer(), Logger.layer([])))
            )
          )
        ),
        { numRuns: 150 }
      )
    ),
  120_000
)
