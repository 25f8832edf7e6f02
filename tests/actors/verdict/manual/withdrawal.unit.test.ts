/** Random histories of what is said, agreed, withdrawn and killed; what was withdrawn is obeyed from then on. */
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import type { AnyRecorded, RecordedOf } from "../../../../contracts/catalogue.ts"
import type { Said } from "../../../../contracts/message.ts"
import { ConsentChat, OptOutPerson } from "../../../../contracts/moderation-commands.ts"
import { SetOverride } from "../../../../contracts/commands.ts"
import { speaksUp } from "../speaks-up.ts"
import { override } from "../story.ts"
import { randomOf } from "../../../simulation/random.ts"
import { makeGroup } from "./group.ts"

const authors = ["Bob", "Cem", "Dan"]
const deeds = 40

/** Where anybody was warned although the last thing that the log says before is that it may not be. */
const breaches = (events: ReadonlyArray<AnyRecorded>): ReadonlyArray<string> => {
  let consents = true
  const out = new Set<string>()
  const found: Array<string> = []
  for (const event of events) {
    if (event.type === "policy.consent-given") consents = true
    if (event.type === "policy.consent-withdrawn") consents = false
    if (event.type === "policy.opted-out") out.add(event.data.person)
    if (event.type === "policy.opted-in") out.delete(event.data.person)
    if (!speaksUp(event)) continue
    if (!consents) found.push(`${event.sequence}: without consent`)
    if ("sender" in event.data && out.has(event.data.sender as string))
      found.push(`${event.sequence}: opted out`)
  }
  return found
}

/** Whether something could be read at any moment from where it was acknowledged to it. */
const wasReadable = (
  events: ReadonlyArray<AnyRecorded>,
  { data: { sender }, sequence }: RecordedOf<"message.received">,
  acknowledged: number
): boolean => {
  let [consents, isOut] = [true, false]
  for (const event of events.slice(0, sequence - 1)) {
    if (event.sequence > acknowledged && consents && !isOut) return true
    if (event.type === "policy.consent-given") consents = true
    if (event.type === "policy.consent-withdrawn") consents = false
    const isAboutOut = event.type === "policy.opted-out" || event.type === "policy.opted-in"
    if (isAboutOut && event.data.person === sender) isOut = event.type === "policy.opted-out"
  }
  return consents && !isOut
}

const history = Effect.fnUntraced(function* (seed: number) {
  const random = randomOf(seed)
  // What is posted, found out and agreed overtakes one another on its way.
  const group = yield* makeGroup(["Ada"], {
    append: () => ({ delayMillis: random.below(60) }),
    heldBackMillis: () => (random.chance(0.3) ? random.below(400) : 0),
    readDelayMillis: () => random.below(60)
  })
  for (const author of authors) yield* group.says(author, "hello")
  const chat = group.chat()
  const people = group.named("message.received").map(({ data }) => data.sender)
  let counter = 0
  let acknowledged = 0
  /** Up to which sequence it was acknowledged what may be read, when something was said. */
  const saidAfter = new Map<string, number>()
  const posts = (author: string) => {
    const text = `see http://203.0.113.7/${counter++}`
    saidAfter.set(text, acknowledged)
    return group.posts(author, text)
  }
  for (let deed = 0; deed < deeds; deed++) {
    const choice = random.next()
    if (choice < 0.6) yield* Effect.forkChild(posts(random.pick(authors)))
    else if (choice < 0.75) {
      const given = random.chance(0.5)
      const answer = yield* group.ask(ConsentChat, { chat, given, by: "operator" })
      acknowledged = Math.max(acknowledged, answer.sequence)
    } else if (choice < 0.9) {
      const who = { person: random.pick(people), out: random.chance(0.5) }
      const answer = yield* group.ask(OptOutPerson, { chat, ...who, by: "operator" })
      acknowledged = Math.max(acknowledged, answer.sequence)
    } else if (choice < 0.96) {
      // What was posted turns out to be worse than it was held to be, or harmless.
      const effect = random.pick(["allow", "deny"] as const)
      const rule = { override: override(1), match: "host", pattern: "203.0.113.7", effect } as const
      yield* group.ask(SetOverride, { ...rule, chat, by: "operator" })
    } else yield* group.restarts
  }
  yield* group.passes(10_000)
  const events = group.events()
  const kept = group.named("message.received").slice(authors.length)
  const textOf = ({ data }: (typeof kept)[number]) => group.keyring.open<Said>(data.said)!.text
  return {
    found: [
      ...breaches(events),
      ...kept.filter((it) => !wasReadable(events, it, saidAfter.get(textOf(it))!)).map(textOf)
    ],
    kept: kept.length,
    isKept: events.length >= acknowledged,
    spoken: events.filter(({ type }) => type === "verdict.decided").length,
    worsened: group
      .named("verdict.suppressed")
      .filter(({ data: { basis, level } }) => level === "malicious" && basis.override !== undefined).length,
    unread: events.filter(
      (event) =>
        event.type === "message.unconsented" ||
        (event.type === "verdict.suppressed" && ["no-consent", "opted-out"].includes(event.data.reason))
    ).length
  }
})

describe("what was withdrawn", () => {
  it.effect("is obeyed by every later decision, under load and across restarts", () =>
    Effect.gen(function* () {
      let spoken = 0
      let unread = 0
      let kept = 0
      let worsened = 0
      for (let seed = 1; seed <= 12; seed++) {
        const run = yield* history(seed)
        expect([seed, run.found, run.isKept]).toEqual([seed, [], true])
        spoken += run.spoken
        unread += run.unread
        kept += run.kept
        worsened += run.worsened
      }
      expect(spoken).toBeGreaterThan(50)
      expect(unread).toBeGreaterThan(50)
      expect(kept).toBeGreaterThan(50)
      expect(worsened).toBeGreaterThan(5)
    })
  )
})
