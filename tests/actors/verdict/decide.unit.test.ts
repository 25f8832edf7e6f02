import { describe, expect, it } from "@effect/vitest"
import { plan, silence } from "../../../actors/verdict/decide.ts"
import { judge } from "../../../actors/verdict/judge.ts"
import type { Override, Policy, Scan, Sighting, Told } from "../../../actors/verdict/model.ts"
import { HostId, OutboxId } from "../../../contracts/ids.ts"
import type { Level } from "../../../contracts/level.ts"
import { builtInSettings } from "../../../contracts/chat-settings.ts"
import { bad, here, host, link, message, override as id, sender } from "./story.ts"

const policy: Policy = { settings: builtInSettings, mutedUntil: 0, sequence: 0 }
const muted: Policy = { ...policy, mutedUntil: 2_000, sequence: 9 }

const scan = (level: Level): Scan => ({
  link: link(bad),
  sequence: 5,
  level,
  ruleSet: "test-1",
  validUntil: 10_000
})

const override = (number: number, change: Partial<Override> = {}): Override => ({
  override: id(number),
  match: "domain",
  tokens: ["t"],
  words: "s0:" as Override["words"],
  effect: "allow",
  sequence: number,
  ...change
})

const notice = OutboxId.make("0".repeat(40))
const told = (level: Level, said = true): Told => (said ? { level, notice, by: "text" } : { level })

const sighting = (change: Partial<Sighting> = {}): Sighting => ({
  chat: here,
  message: message("m"),
  link: link(bad),
  sender,
  gateway: "sandbox",
  host: HostId.make(host("bad.example")),
  domains: [],
  sequence: 1,
  time: 0,
  words: 1,
  ...change
})

const now = 1_000
const planOf = (
  change: Partial<Sighting>,
  level: Level | undefined,
  { gateway = "sandbox", policy: it = policy }: { gateway?: "sandbox" | "export"; policy?: Policy } = {}
) =>
  plan(sighting({ gateway, ...change }), level === undefined ? undefined : judge([], scan(level), it), {
    policy: it,
    now
  })

describe("the level that holds for a link", () => {
  it("is not known before a scan or an override says so", () => {
    expect(judge([], undefined, policy)).toBeUndefined()
  })

  it("is that of the scan, and rests on it", () => {
    expect(judge([], scan("suspicious"), { ...policy, sequence: 3 })).toEqual({
      level: "suspicious",
      basis: { scan: 5, policy: 3, ruleSet: "test-1" }
    })
  })

  it.each([
    ["deny", "malicious"],
    ["allow", "benign"]
  ] as const)("is decided by an override to %s, before any scan and against it", (effect, level) => {
    const decisive = override(8, { effect })
    expect(judge([decisive], undefined, policy)).toEqual({
      level,
      basis: { scan: 0, policy: 8, override: id(8) }
    })
    expect(judge([decisive], scan("suspicious"), policy)?.level).toBe(level)
  })

  const chat = { chat: here }
  it.each([
    ["a URL over its host", override(1, { match: "url" }), override(2, { match: "host", ...chat })],
    ["a host over its domain", override(1, { match: "host" }), override(2, { match: "domain", ...chat })],
    ["a URL over its domain", override(1, { match: "url" }), override(2, { match: "domain", ...chat })],
    ["the chat's own over the general", override(1, chat), override(2)],
    ["the newer over the older, of one kind", override(2), override(1)],
    ["the newer over the older, of one chat", override(2, chat), override(1, chat)]
  ])("follows %s", (_name, winner, loser) => {
    const winning = { ...winner, effect: "deny" as const }
    for (const both of [
      [winning, loser],
      [loser, winning]
    ])
      expect(judge(both, scan("benign"), policy)).toMatchObject({
        level: "malicious",
        basis: { override: winner.override }
      })
  })

  it("follows one override among many, in whatever order they come", () => {
    const all = [
      override(1, { match: "url", effect: "deny" }),
      override(2, { match: "url", chat: here, effect: "allow" }),
      override(3, { match: "host", chat: here, effect: "deny" }),
      override(4, { effect: "deny" })
    ]
    for (let turned = 0; turned < all.length; turned++) {
      const order = [...all.slice(turned), ...all.slice(0, turned)]
      expect(judge(order, undefined, policy)?.basis.override).toBe(id(2))
    }
  })
})

describe("a chat is silent", () => {
  const settings = (change: Partial<Policy["settings"]>): Policy => ({
    ...policy,
    settings: { ...builtInSettings, ...change }
  })
  it.each([
    ["never by default", "sandbox", policy, undefined],
    ["where it is switched off", "sandbox", settings({ enabled: false }), "chat-off"],
    ["where it only simulates", "sandbox", settings({ simulate: ["all"] }), "simulated"],
    ["where it is an export, which nobody reads", "export", policy, "simulated"],
    ["while it is muted", "sandbox", muted, "muted"],
    ["not at the moment at which its mute ends", "sandbox", { ...muted, mutedUntil: now }, undefined],
    [
      "for the weightiest of several reasons",
      "export",
      { ...settings({ enabled: false }), mutedUntil: 2_000 },
      "chat-off"
    ]
  ] as const)("%s", (_name, gateway, it, reason) => {
    expect(silence(gateway, "malicious", it, now)).toBe(reason)
  })
})

describe("the first word on a link", () => {
  it.each([
    ["malicious", "reply"],
    ["suspicious", "short"],
    ["benign", "none"]
  ] as const)("is, for a %s one: %s", (level, action) => {
    expect(planOf({}, level)).toMatchObject({ do: "decide", level, action })
  })

  it.each(["reply", "react", "none"] as const)(
    "is, for a suspicious one, what the chat set: %s",
    (suspicious) => {
      const it = { ...policy, settings: { ...builtInSettings, suspicious } }
      expect(planOf({}, "suspicious", { policy: it })).toMatchObject({ do: "decide", action: suspicious })
      expect(planOf({}, "malicious", { policy: it })).toMatchObject({ do: "decide", action: "reply" })
    }
  )

  it.each(["malicious", "suspicious"] as const)(
    "is left unsaid, with the reason, for a %s one in a muted chat",
    (level) => {
      expect(planOf({}, level, { policy: muted })).toMatchObject({ do: "suppress", level, reason: "muted" })
    }
  )

  it("is not suppressed where there is nothing to say", () => {
    expect(planOf({}, "benign", { policy: muted })).toMatchObject({
      do: "decide",
      level: "benign",
      action: "none"
    })
  })

  it("waits for the scan", () => {
    expect(planOf({}, undefined)).toBeUndefined()
  })

  it("is that the message is gone, once a scan comes after its deletion", () => {
    expect(planOf({ gone: "message-revoked" }, undefined)).toBeUndefined()
    expect(planOf({ gone: "message-revoked" }, "malicious")).toMatchObject({
      do: "suppress",
      level: "malicious",
      reason: "message-gone"
    })
  })
})

describe("a later word on a link", () => {
  it("is not needed while the level holds", () => {
    expect(planOf({ told: told("malicious") }, "malicious")).toBeUndefined()
    expect(planOf({ told: told("benign", false) }, "benign")).toBeUndefined()
    expect(planOf({ told: told("malicious", false) }, "malicious", { policy: muted })).toBeUndefined()
  })

  it.each([
    ["malicious", "benign"],
    ["suspicious", "malicious"],
    ["malicious", "suspicious"]
  ] as const)("corrects a notice that said %s, to %s", (from, to) => {
    expect(planOf({ told: told(from) }, to)).toMatchObject({ do: "revise", from, to, corrects: true })
  })

  it.each([muted, { ...policy, settings: { ...builtInSettings, enabled: false } }])(
    "corrects a notice even where nothing new may be said",
    (it) => {
      expect(planOf({ told: told("malicious") }, "benign", { policy: it })).toMatchObject({
        do: "revise",
        corrects: true
      })
    }
  )

  it("is a notice of its own where nothing was said before", () => {
    expect(planOf({ told: told("benign", false) }, "malicious")).toMatchObject({
      do: "revise",
      from: "benign",
      to: "malicious",
      action: "reply",
      corrects: false
    })
  })

  it("is suppressed where nothing was said before and the chat is silent now", () => {
    expect(planOf({ told: told("benign", false) }, "malicious", { policy: muted })).toMatchObject({
      do: "suppress",
      reason: "muted"
    })
  })

  it("needs no words where a level that was never said becomes benign", () => {
    expect(planOf({ told: told("malicious", false) }, "benign", { policy: muted })).toMatchObject({
      do: "revise",
      action: "none",
      corrects: false
    })
  })

  it.each(["message-revoked", "link-edited-away"] as const)(
    "takes a notice back when the link is gone: %s",
    (gone) => {
      expect(planOf({ told: told("malicious"), gone }, "malicious")).toMatchObject({
        do: "withdraw",
        level: "malicious",
        reason: gone
      })
    }
  )

  it("takes a notice back once, in a muted chat too, and never one that was not said", () => {
    expect(
      planOf({ told: told("malicious"), gone: "message-revoked" }, "malicious", { policy: muted })?.do
    ).toBe("withdraw")
    expect(
      planOf({ told: told("malicious"), gone: "message-revoked", withdrawn: true }, "benign")
    ).toBeUndefined()
    expect(planOf({ told: told("malicious", false), gone: "message-revoked" }, "benign")).toBeUndefined()
  })
})
