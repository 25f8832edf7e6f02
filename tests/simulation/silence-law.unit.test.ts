/** The law itself: it finds what breaks it, and nothing else. */
import { describe, expect, it } from "vitest"
import type { AnyFact, AnyRecorded } from "../../contracts/catalogue.ts"
import { ConsentGiven, ConsentWithdrawn, OptedOut } from "../../contracts/consent.ts"
import { MessageEdited, MessageReceived, MessageRevoked } from "../../contracts/message.ts"
import { Muted, SettingsChanged, Unmuted } from "../../contracts/policy.ts"
import { type SuppressionReason, VerdictSuppressed } from "../../contracts/verdict.ts"
import { about, basis, decided, revised, summarised } from "../actors/verdict/speaking-facts.ts"
import { here, host, minute, sender } from "../actors/verdict/story.ts"
import { silenceBroken } from "./silence-law.ts"

const start = 1_767_225_600_000
const by = "operator"
const suppressed = (reason: SuppressionReason) =>
  VerdictSuppressed({ ...about, level: "malicious", reason, basis })

const muted = Muted({ chat: here, until: start + 10 * minute, by })
const set = (settings: ReturnType<typeof SettingsChanged>["data"]["settings"]) =>
  SettingsChanged({ chat: here, settings, by })

const where = { chat: here, message: about.message, sender, gateway: "sandbox" } as const

/** One fact in ten seconds. */
const breaches = (...facts: ReadonlyArray<AnyFact>) =>
  silenceBroken(
    facts.map(
      (fact, index) => ({ ...fact, sequence: index + 1, time: start + index * 10_000 }) as AnyRecorded
    )
  )

describe("a verdict that speaks", () => {
  it.each([
    ["where nothing forbids it", [decided, revised("suspicious", "malicious", "correction")]],
    ["after a mute was taken back", [muted, Unmuted({ chat: here, by }), decided]],
    ["to calm", [decided, muted, revised("malicious", "suspicious", "correction")]],
    [
      "by a reaction in place of another, in a muted chat",
      [muted, revised("suspicious", "malicious", "reaction")]
    ],
    [
      "after consent was given again",
      [ConsentWithdrawn({ chat: here, by }), ConsentGiven({ chat: here, by }), decided]
    ]
  ] as const)("may, %s", (_name, facts) => {
    expect(breaches(...facts)).toEqual([])
  })

  it.each([
    ["in a muted chat", [muted, decided]],
    ["of something worse in a muted chat", [muted, revised("suspicious", "malicious", "correction")]],
    [
      "by a worse reaction in a chat that is off",
      [set({ enabled: false }), revised("suspicious", "malicious", "reaction")]
    ],
    ["without consent", [ConsentWithdrawn({ chat: here, by }), decided]],
    ["of whoever opted out", [OptedOut({ chat: here, person: sender, by }), decided]],
    [
      "even to calm where all is tried out",
      [set({ simulate: ["all"] }), revised("malicious", "benign", "correction")]
    ],
    ["as a summary, in a chat that was muted again", [muted, summarised]]
  ] as const)("may not, %s", (_name, facts) => {
    expect(breaches(...facts)).toHaveLength(1)
  })
})

describe("a verdict that stays silent", () => {
  it.each([
    ["muted", muted],
    ["chat-off", set({ enabled: false })],
    ["no-consent", ConsentWithdrawn({ chat: here, by })],
    ["opted-out", OptedOut({ chat: here, person: sender, by })],
    ["simulated", set({ simulate: ["malicious"] })],
    ["message-gone", MessageRevoked({ chat: here, message: about.message, sender, revokedAt: start })]
  ] as const)("has to have its reason: %s", (reason, fact) => {
    expect(breaches(fact, suppressed(reason))).toEqual([])
    expect(breaches(suppressed(reason))).toHaveLength(1)
  })

  it("may, of a link that an edit had taken away before it was heard", () => {
    const edited = MessageEdited({
      ...where,
      editedAt: start + minute,
      links: [],
      said: { text: "", whatsAppId: "3A01", links: [] }
    })
    const received = (links: ReturnType<typeof MessageReceived>["data"]["links"]) =>
      MessageReceived({
        ...where,
        arrival: "live",
        sentAt: start,
        links,
        said: { text: "", whatsAppId: "3A00", links: [] },
        who: { name: "" }
      })
    const held = [{ link: about.link, host: host("bad.example"), domains: [host("bad.example")] }]
    expect(breaches(edited, received(held), suppressed("message-gone"))).toEqual([])
    expect(breaches(edited, received([]), suppressed("message-gone"))).toHaveLength(1)
  })
})
