/** The law itself: a silent chat hears nothing new and nothing worse, of whatever kind the verdict is. */
import { expect, it } from "vitest"
import type { AnyFact, AnyRecorded } from "../../contracts/catalogue.ts"
import { ConsentWithdrawn, OptedOut } from "../../contracts/consent.ts"
import { Muted, SettingsChanged } from "../../contracts/policy.ts"
import { decided, revised, summarised } from "../actors/verdict/speaking-facts.ts"
import { here, sender } from "../actors/verdict/story.ts"
import { policyBreachesOf } from "./policy-laws.ts"

const by = "operator"
const speaking = [decided, revised("suspicious", "malicious", "correction"), summarised]
const calmed = revised("malicious", "benign", "correction")

const breaches = (...facts: ReadonlyArray<AnyFact>) =>
  policyBreachesOf({
    events: facts.map((fact, index) => ({ ...fact, sequence: index + 1 }) as AnyRecorded),
    withheld: [],
    denied: []
  })

it.each([
  ["muted", Muted({ chat: here, until: 1, by })],
  ["off", SettingsChanged({ chat: here, settings: { enabled: false }, by })],
  ["without consent", ConsentWithdrawn({ chat: here, by })]
] as const)("a chat that is %s is not spoken to, but to calm", (_name, silence) => {
  for (const verdict of speaking) {
    expect(breaches(verdict)).toEqual([])
    expect(breaches(silence, verdict)).toHaveLength(1)
  }
  expect(breaches(silence, calmed)).toEqual([])
})

it("nobody is warned of what somebody says who opted out", () => {
  const out = OptedOut({ chat: here, person: sender, by })
  expect(breaches(out, decided)).toHaveLength(1)
  expect(breaches(out, revised("suspicious", "malicious", "correction"))).toHaveLength(1)
  expect(breaches(out, calmed)).toEqual([])
})
