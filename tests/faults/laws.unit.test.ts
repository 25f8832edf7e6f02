/** The law itself: one first word on a link, and another only where the notice of the one before was called off. */
import { expect, it } from "vitest"
import type { AnyFact, AnyRecorded } from "../../contracts/catalogue.ts"
import { OutboxCancelled } from "../../contracts/outbox.ts"
import { VerdictSuppressed } from "../../contracts/verdict.ts"
import { about, basis, decided } from "../actors/verdict/speaking-facts.ts"
import { breachesOf, isSettled } from "./laws.ts"

const silent = VerdictSuppressed({ ...about, level: "malicious", reason: "muted", basis })
const { outbox } = decided.data.notice!
const calledOff = OutboxCancelled({ chat: about.chat, outbox, reason: "requested", by: "system" })
const superseded = OutboxCancelled({ chat: about.chat, outbox, reason: "superseded", by: "system" })

const posted = [{ chat: about.chat, message: about.message, text: "", links: [about.link] }]
const logOf = (facts: ReadonlyArray<AnyFact>) =>
  facts.map((fact, index) => ({ ...fact, id: String(index), sequence: index + 1 }) as AnyRecorded)

const firstWordBreaches = (...facts: ReadonlyArray<AnyFact>) =>
  breachesOf({ events: logOf(facts), unreadable: [], transmissions: [], posted, open: () => null }).filter(
    (breach) => breach.includes("first verdicts") || breach.includes("has no verdict")
  )

it("a link has one first word", () => {
  expect(firstWordBreaches(decided)).toEqual([])
  expect(firstWordBreaches(silent)).toEqual([])
  expect(firstWordBreaches()).toHaveLength(1)
  expect(firstWordBreaches(decided, decided)).toHaveLength(1)
  expect(firstWordBreaches(decided, silent)).toEqual([
    expect.stringContaining(
      "has 2 first verdicts: 1 verdict.decided malicious, 2 verdict.suppressed malicious (muted)"
    )
  ])
})

it("what was called off before it had left is decided about anew, once", () => {
  expect(firstWordBreaches(decided, calledOff, silent)).toEqual([])
  expect(firstWordBreaches(decided, calledOff, decided)).toEqual([])
  expect(firstWordBreaches(decided, calledOff, silent, silent)).toHaveLength(1)
  expect(firstWordBreaches(decided, silent, calledOff)).toHaveLength(1)
  expect(firstWordBreaches(decided, superseded, silent)).toHaveLength(1)
})

it("nothing is settled before what was called off is decided about", () => {
  const isAtRest = (...facts: ReadonlyArray<AnyFact>) => isSettled(logOf(facts), posted)
  expect(isAtRest(decided)).toBe(false)
  expect(isAtRest(decided, calledOff)).toBe(false)
  expect(isAtRest(decided, calledOff, silent)).toBe(true)
  expect(isAtRest(silent)).toBe(true)
})
