/** What becomes of notices that stand, or that have not left, in a chat in which nothing new may be said. */
import { describe, expect, it } from "@effect/vitest"
import { Effect, Layer, Logger } from "effect"
import { TestClock } from "effect/testing"
import fc from "fast-check"
import type { Said } from "../../../actors/verdict/perform.ts"
import { ConsentGiven, ConsentWithdrawn, OptedIn, OptedOut } from "../../../contracts/consent.ts"
import { entryQueuedBy } from "../../../contracts/queued-entry.ts"
import { ringsPhones, speaksUp } from "./speaks-up.ts"
import { bad, here, inWords, makeStory, minute, other, sender } from "./story.ts"

type Story = Effect.Success<ReturnType<typeof makeStory>>

const who = { chat: here, person: sender, by: "operator" } as const

/** Each way in which a chat falls silent, and speaks again. */
const silences = {
  muted: [(story: Story) => story.muted(story.now() + 600 * minute), (story: Story) => story.unmuted()],
  "chat-off": [
    (story: Story) => story.set({ enabled: false }),
    (story: Story) => story.set({ enabled: true })
  ],
  "no-consent": [
    (story: Story) => story.happened(ConsentWithdrawn({ chat: here, by: "operator" })),
    (story: Story) => story.happened(ConsentGiven({ chat: here, by: "operator" }))
  ],
  "opted-out": [
    (story: Story) => story.happened(OptedOut(who)),
    (story: Story) => story.happened(OptedIn(who))
  ],
  simulated: [
    (story: Story) => story.set({ simulate: ["all"] }),
    (story: Story) => story.set({ simulate: [] })
  ]
} as const
type Silence = keyof typeof silences
const reasons = Object.keys(silences) as ReadonlyArray<Silence>
const silent = (story: Story, reason: Silence) => silences[reason][0](story)
const speaking = (story: Story, reason: Silence) => silences[reason][1](story)

const told = Effect.fnUntraced(function* (level: "suspicious" | "malicious", as: "words" | "reaction") {
  const story = yield* makeStory()
  if (as === "reaction") story.set({ suspicious: "react", malicious: "react" }, "all")
  story.posted("m", [bad])
  story.scanned(bad, level)
  const [notice] = yield* story.queued
  if (as === "reaction") story.set({ malicious: "reply" }, "all")
  return { story, notice: notice!.outbox }
})

describe("a notice that stands in a chat that fell silent", () => {
  it.effect.each(reasons)("is left as it is where its link turns out to be worse: %s", (reason) =>
    Effect.gen(function* () {
      const { story } = yield* told("suspicious", "words")
      silent(story, reason)
      story.scanned(bad, "malicious")
      expect(yield* story.words).toEqual([`suppressed malicious ${reason}`])
      story.scanned(bad, "malicious")
      expect(yield* story.words).toEqual([])
    })
  )

  it.effect.each(reasons.filter((reason) => reason !== "muted"))(
    "is left as it is where it is a reaction, too: %s",
    (reason) =>
      Effect.gen(function* () {
        const { story } = yield* told("suspicious", "reaction")
        silent(story, reason)
        story.scanned(bad, "malicious")
        expect(yield* story.words).toEqual([`suppressed malicious ${reason}`])
      })
  )

  it.effect("gives way to a worse reaction where it is one and phones are not to ring", () =>
    Effect.gen(function* () {
      const { notice, story } = yield* told("suspicious", "reaction")
      silent(story, "muted")
      story.scanned(bad, "malicious")
      const [fact] = yield* story.settle
      expect(fact).toMatchObject({ type: "verdict.revised", data: { action: "react" } })
      expect(entryQueuedBy(fact!)).toMatchObject({
        kind: "reaction",
        target: notice,
        body: { text: "⛔" }
      })
    })
  )

  it.effect.each(reasons.filter((reason) => reason !== "simulated"))("is calmed all the same: %s", (reason) =>
    Effect.gen(function* () {
      for (const to of ["suspicious", "benign"] as const) {
        const { notice, story } = yield* told("malicious", "words")
        silent(story, reason)
        story.scanned(bad, to)
        expect(yield* story.queued).toMatchObject([{ kind: "correction", target: notice }])
      }
    })
  )

  it.effect("is not even calmed where all is only tried out, and is as soon as that ends", () =>
    Effect.gen(function* () {
      const { notice, story } = yield* told("malicious", "words")
      silent(story, "simulated")
      story.scanned(bad, "benign")
      expect(yield* story.words).toEqual(["suppressed benign simulated"])
      speaking(story, "simulated")
      expect(yield* story.queued).toMatchObject([{ kind: "correction", target: notice, standalone: false }])
    })
  )

  it.effect("is corrected later, whatever was kept back in between", () =>
    Effect.gen(function* () {
      const { notice, story } = yield* told("suspicious", "words")
      silent(story, "chat-off")
      story.scanned(bad, "malicious")
      yield* story.settle
      // What stands is right again, and needs no word.
      story.scanned(bad, "suspicious")
      expect(yield* story.words).toEqual(["revised malicious to suspicious"])
      story.scanned(bad, "malicious")
      yield* story.settle
      story.scanned(bad, "benign")
      expect(yield* story.queued).toMatchObject([{ kind: "correction", target: notice }])
    })
  )

  it.effect("is taken back where its message goes, though more was kept back", () =>
    Effect.gen(function* () {
      const { notice, story } = yield* told("suspicious", "words")
      silent(story, "no-consent")
      story.scanned(bad, "malicious")
      yield* story.settle
      story.deleted("m")
      expect(yield* story.queued).toMatchObject([{ kind: "retraction", target: notice }])
    })
  )

  it.effect("has what a mute kept back of it counted at its end", () =>
    Effect.gen(function* () {
      const { story } = yield* told("suspicious", "words")
      story.muted(story.now() + 10 * minute)
      story.scanned(bad, "malicious")
      yield* story.settle
      yield* story.pass(10 * minute)
      expect(yield* story.words).toEqual(["summarised 1 malicious, 0 suspicious", "queued text notice"])
      expect(yield* story.words).toEqual([])
    })
  )
})

describe("a notice that has not left when its chat falls silent", () => {
  it.effect.each(reasons)("is called off, and its link decided about as it is now: %s", (reason) =>
    Effect.gen(function* () {
      const story = yield* makeStory()
      story.connected(false)
      story.posted("m", [bad])
      story.scanned(bad, "malicious")
      yield* story.settle
      silent(story, reason)
      expect(yield* story.words).toEqual([`suppressed malicious ${reason}`])
      expect(story.work.size()).toBe(reason === "muted" ? 1 : 0)
    })
  )

  it.effect("is said where it had left", () =>
    Effect.gen(function* () {
      const { story } = yield* told("malicious", "words")
      for (const reason of reasons) {
        silent(story, reason)
        expect(yield* story.words).toEqual([])
        speaking(story, reason)
        expect(yield* story.words).toEqual([])
      }
    })
  )

  it.effect("leaves what it was to make worse as it stands, and finds it later", () =>
    Effect.gen(function* () {
      const { story } = yield* told("suspicious", "words")
      story.connected(false)
      story.scanned(bad, "malicious")
      const [worse] = yield* story.queued
      silent(story, "chat-off")
      expect(yield* story.words).toEqual(["suppressed malicious chat-off"])
      // By way of what was called off the one that stands is found.
      story.scanned(bad, "benign")
      expect(yield* story.queued).toMatchObject([{ kind: "correction", target: worse!.outbox }])
    })
  )

  it.effect("is called off with the reaction that speaks of another link as well", () =>
    Effect.gen(function* () {
      const story = yield* makeStory()
      story.set({ suspicious: "react", malicious: "react" })
      story.connected(false)
      story.posted("m", [bad, other])
      story.scanned(bad, "malicious")
      yield* story.settle
      story.scanned(other, "suspicious")
      yield* story.settle
      silent(story, "no-consent")
      expect((yield* story.words).toSorted()).toEqual([
        "suppressed malicious no-consent",
        "suppressed suspicious no-consent"
      ])
    })
  )

  it.effect("leaves all the same where it only calms", () =>
    Effect.gen(function* () {
      const { story } = yield* told("malicious", "words")
      story.connected(false)
      story.scanned(bad, "benign")
      expect(yield* story.words).toEqual(["revised malicious to benign", "queued correction notice"])
      silent(story, "muted")
      expect(yield* story.words).toEqual([])
    })
  )
})

describe("a summary", () => {
  const night = { quietHours: "22:00-07:00" } as const
  const hour = 60 * minute

  it.effect(
    "of what is only suspicious waits for the end of quiet hours, and is silenced by another mute",
    () =>
      Effect.gen(function* () {
        const story = yield* makeStory()
        story.muted(story.now() + hour)
        story.posted("m", [bad])
        story.scanned(bad, "suspicious")
        yield* story.settle
        story.set(night)
        yield* story.pass(2 * hour)
        expect(yield* story.words).toEqual([])
        story.muted(story.now() + 8 * hour)
        yield* story.pass(5 * hour)
        expect(yield* story.words).toEqual([])
        yield* story.pass(3 * hour)
        expect(yield* story.words).toEqual(["summarised 0 malicious, 1 suspicious", "queued text notice"])
      })
  )

  it.effect("tells at once of what is dangerous, and at once where quiet hours are given up", () =>
    Effect.gen(function* () {
      for (const level of ["malicious", "suspicious"] as const) {
        const story = yield* makeStory()
        story.set(night)
        story.muted(story.now() + hour)
        story.posted("m", [bad])
        story.scanned(bad, level)
        yield* story.settle
        yield* story.pass(hour)
        if (level === "suspicious") {
          expect(yield* story.words).toEqual([])
          story.set({ quietHours: "none" })
        }
        const counts = level === "malicious" ? "1 malicious, 0 suspicious" : "0 malicious, 1 suspicious"
        expect(yield* story.words).toEqual([`summarised ${counts}`, "queued text notice"])
      }
    })
  )

  it.effect.each(["no-consent", "opted-out"] as const)("says nothing of whom it may not: %s", (reason) =>
    Effect.gen(function* () {
      const story = yield* makeStory()
      story.muted(story.now() + hour)
      story.posted("m", [bad])
      story.scanned(bad, "malicious")
      yield* story.settle
      silent(story, reason)
      yield* story.pass(hour)
      expect(yield* story.words).toEqual(["summarised 0 malicious, 0 suspicious"])
    })
  )
})

const deeds = fc.array(
  fc.oneof(
    fc.record({
      what: fc.constant("scan" as const),
      to: fc.constantFrom("benign", "suspicious", "malicious")
    }),
    fc.record({
      what: fc.constantFrom("silent" as const, "speaking" as const),
      to: fc.constantFrom(...reasons)
    }),
    fc.record({ what: fc.constant("connected" as const), to: fc.constantFrom("yes", "no") }),
    fc.record({ what: fc.constant("ways" as const), to: fc.constantFrom("react", "reply", "short") })
  ),
  { minLength: 4, maxLength: 30 }
)
type Deed = typeof deeds extends fc.Arbitrary<Array<infer D>> ? D : never

/** What a chat hears that it must not, and what it was never told or spared of. */
const breaches = Effect.fnUntraced(function* (all: ReadonlyArray<Deed>) {
  const story = yield* makeStory()
  const now = new Set<Silence>()
  const found: Array<string> = []
  story.posted("m", [bad])
  let level = "unknown"
  let last: Said | undefined
  for (const { to, what } of all) {
    if (what === "scan") story.scanned(bad, (level = to) as "benign")
    else if (what === "connected") story.connected(to === "yes")
    else if (what === "ways") story.set({ suspicious: to, malicious: to } as never, "all")
    else {
      if (what === "silent") now.add(to)
      else now.delete(to)
      // What is set takes the place of all that was set.
      if (to === "chat-off" || to === "simulated")
        story.set({ enabled: !now.has("chat-off"), simulate: now.has("simulated") ? ["all"] : [] })
      else silences[to][what === "silent" ? 0 : 1](story)
    }
    for (const fact of yield* story.settle) {
      if (fact.type.startsWith("verdict.") && "link" in fact.data) last = fact
      const isSpoken = "notice" in fact.data && fact.data.notice !== undefined
      const disobeys = now.has("simulated")
        ? isSpoken
        : [...now].every((reason) => reason === "muted")
          ? now.size > 0 && ringsPhones(fact)
          : speaksUp(fact)
      if (disobeys) found.push(`${inWords(fact).join(", ")} while ${[...now].join(" and ")}`)
    }
    yield* story.pass(1_000)
  }
  const held =
    last === undefined
      ? "unknown"
      : "to" in last.data
        ? last.data.to
        : "level" in last.data
          ? last.data.level
          : "?"
  return held === level ? found : [...found, `the last word is ${held}, and it is ${level}`]
})

it("whatever happens to a link, a silent chat hears nothing new and nothing worse, and the log says what it is", async () => {
  const quiet = Layer.merge(TestClock.layer(), Logger.layer([]))
  await fc.assert(
    fc.asyncProperty(deeds, async (all) => {
      expect(await Effect.runPromise(breaches(all).pipe(Effect.provide(quiet)))).toEqual([])
    }),
    { numRuns: 200 }
  )
})
