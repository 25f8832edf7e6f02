import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { SetChat } from "../../../../contracts/commands.ts"
import { SettingsChanged } from "../../../../contracts/policy.ts"
import { hour, makeGroup, minute } from "./group.ts"

const bad = "http://login.paypa1-secure.example.com@203.0.113.7/login"

describe("given a group whose admin is Ada", () => {
  it.effect("a member who asks for help is told what a member may do", () =>
    Effect.gen(function* () {
      const group = yield* makeGroup()
      const [help] = yield* group.says("Bob", "!wadjet help")
      expect(help).toContain("scan LINK")
      expect(help).toContain("optout")
      expect(help).not.toContain("mute")
    })
  )

  it.effect("an admin may do more than a member, and pairs no number", () =>
    Effect.gen(function* () {
      const group = yield* makeGroup()
      const [help] = yield* group.says("Ada", "!scanner")
      expect(help).toContain("mute [2h]")
      expect(help).not.toContain("pair")
      expect(yield* group.says("Ada", "!wadjet pair")).toEqual([
        "Only the operator can do that, in a chat with nobody else."
      ])
    })
  )

  it.effect("a member who tries what only admins may is told so, and nothing happens", () =>
    Effect.gen(function* () {
      const group = yield* makeGroup()
      expect(yield* group.says("Bob", "!wadjet mute 2h")).toEqual(["Only this group's admins can do that."])
      expect(group.named("policy.muted")).toEqual([])
      expect(group.named("policy.command-answered").map(({ data }) => data.outcome)).toEqual(["not-allowed"])
    })
  )

  it.effect("a mute is obeyed by the next link, and ends when it said", () =>
    Effect.gen(function* () {
      const group = yield* makeGroup()
      expect(yield* group.says("Ada", "!wadjet mute 2h")).toEqual([
        "Muted until 1 Jan 2026, 02:00 (UTC). What would have been said is counted."
      ])
      expect(yield* group.says("Bob", `look ${bad}`)).toEqual([])
      expect(group.named("verdict.suppressed").map(({ data }) => data.reason)).toEqual(["muted"])
      expect(yield* group.says("Ada", "!wadjet unmute")).toContain("Not muted any more.")
      expect(yield* group.says("Ada", "!wadjet unmute")).toEqual(["This chat is not muted."])
    })
  )

  it.effect("an allow takes a warning back, and a deny brings one", () =>
    Effect.gen(function* () {
      const group = yield* makeGroup()
      expect(yield* group.says("Bob", "see http://harmless.example.com/a")).toEqual([])
      const said = yield* group.says("Ada", "!wadjet deny example.com spam for us")
      expect(said).toContain("Denied in this chat: example[.]com.")
      expect(said.filter((text) => text.includes("⛔")).length).toBeGreaterThan(0)
      expect(yield* group.says("Ada", "!wadjet overrides")).toEqual([
        expect.stringMatching(/^[0-9a-f]{4} · ⛔ deny example\[\.\]com — spam for us\n/u)
      ])
    })
  )

  it.effect(
    "what was denied for a time is listed with its end, and taken back by an admin under its code",
    () =>
      Effect.gen(function* () {
        const group = yield* makeGroup()
        yield* group.says("Ada", "!wadjet deny example.com for 1h")
        expect(yield* group.says("Bob", "see http://harmless.example.com/a")).toEqual([
          expect.stringContaining("⛔")
        ])
        const [list] = yield* group.says("Ada", "!wadjet overrides")
        expect(list).toContain("⛔ deny example[.]com, until 1 Jan 2026, 01:00 (UTC)\n")
        const code = list!.slice(0, 4)
        expect(yield* group.says("Bob", `!wadjet overrides remove ${code}`)).toEqual([
          "Only this group's admins can do that."
        ])
        expect(group.named("policy.override-removed")).toEqual([])
        const said = yield* group.says("Ada", `!wadjet overrides remove ${code}`)
        expect(said).toContain("No longer denied in this chat: example[.]com.")
        expect(said.some((text) => text.startsWith("edit ✅"))).toBe(true)
        expect(yield* group.says("Ada", "!wadjet overrides")).toEqual([
          "Nothing is allowed or denied in this chat."
        ])
        expect(yield* group.says("Ada", `!wadjet overrides remove ${code}`)).toEqual([
          `Nothing with the code ${code} is allowed or denied here. !wadjet overrides lists what is.`
        ])
      })
  )

  it.effect("in a time zone that this host does not know is answered in UTC", () =>
    Effect.gen(function* () {
      const group = yield* makeGroup()
      yield* group.says("Bob", "hello")
      yield* group.happened(
        SettingsChanged({ chat: group.chat(), settings: { timeZone: "Moon/Tycho" }, by: "operator" })
      )
      expect(yield* group.says("Ada", "!wadjet mute 2h")).toEqual([
        "Muted until 1 Jan 2026, 02:00 (UTC). What would have been said is counted."
      ])
    })
  )

  it.effect("a link that a member would allow is warned about, once they are told that they may not", () =>
    Effect.gen(function* () {
      const group = yield* makeGroup()
      expect(yield* group.says("Bob", `!wadjet allow ${bad}`)).toEqual([
        "Only this group's admins can do that.",
        expect.stringContaining("Suspicious link")
      ])
      expect(group.named("policy.override-set")).toEqual([])
    })
  )

  it.effect(
    "a link beside the one that an admin allows is warned about, in its reason or on a line of its own",
    () =>
      Effect.gen(function* () {
        const group = yield* makeGroup()
        expect(yield* group.says("Ada", `!wadjet allow http://harmless.example.com/a unlike ${bad}`)).toEqual(
          [expect.stringContaining("Allowed in this chat"), expect.stringContaining("Suspicious link")]
        )
        expect(yield* group.says("Ada", `!wadjet allow other.example.com\nhttp://203.0.113.7/login`)).toEqual(
          [expect.stringContaining("Allowed in this chat"), expect.stringContaining("Suspicious link")]
        )
        const denied = yield* group.says("Ada", "!wadjet deny http://harmful.example.com/a")
        expect(denied).toEqual([expect.stringContaining("Denied in this chat")])
      })
  )

  it.effect("an allow for a time ends to the second", () =>
    Effect.gen(function* () {
      const group = yield* makeGroup()
      const said = yield* group.says("Ada", "!wadjet allow example.com for 1h")
      expect(said).toEqual(["Allowed in this chat: example[.]com, until 1 Jan 2026, 01:00 (UTC)."])
      yield* group.passes(hour - minute)
      expect(group.named("policy.override-expired")).toEqual([])
      yield* group.passes(2 * minute)
      const [expired] = group.named("policy.override-expired")
      const [set] = group.named("policy.override-set")
      expect(Math.floor((expired!.time - set!.data.expiresAt!) / 1_000)).toBe(0)
    })
  )

  it.effect("what is mistyped is answered with the nearest command, or with what was expected", () =>
    Effect.gen(function* () {
      const group = yield* makeGroup()
      expect(yield* group.says("Ada", "!wadjet unmut")).toEqual([
        "There is no command unmut. Did you mean !wadjet unmute? !wadjet help lists them all."
      ])
      expect(yield* group.says("Ada", "!wadjet mute for a while")).toEqual([
        "Expected a time from 1m to 366d, such as 30m, 2h or 1d, found for a while."
      ])
    })
  )

  it.effect("nothing that was typed comes back as a link", () =>
    Effect.gen(function* () {
      const group = yield* makeGroup()
      const [answer] = yield* group.says("Ada", "!wadjet evil.example.com")
      expect(answer).toContain("evil[.]example[.]com")
      expect(answer).not.toContain("evil.example.com")
    })
  )

  it.effect("settings are shown, explained where they are wrong, and obeyed once they are set", () =>
    Effect.gen(function* () {
      const group = yield* makeGroup()
      const [all] = yield* group.says("Ada", "!wadjet settings")
      expect(all).toContain("suspicious: ")
      expect(all).not.toContain("set ")
      yield* group.says("Ada", "!wadjet settings language en")
      yield* group.ask(SetChat, { change: { suspicious: "reply" }, by: "operator" })
      const [sources] = yield* group.says("Ada", "!wadjet settings")
      expect(sources).toContain("language: en (set here)")
      expect(sources).toContain("suspicious: reply (set for all chats)")
      expect(sources!.split("\n").filter((line) => line.endsWith(")"))).toHaveLength(2)
      const [wrong] = yield* group.says("Ada", "!wadjet settings suspicious loudly")
      expect(wrong).toContain("found loudly")
      const [unknown] = yield* group.says("Ada", "!wadjet settings suspicous react")
      expect(unknown).toContain("Did you mean suspicious?")
      expect(yield* group.says("Ada", "!wadjet settings enabled off")).toEqual([
        "enabled is off from now on."
      ])
      expect(yield* group.says("Bob", `look ${bad}`)).toEqual([])
    })
  )

  it.effect("a group that reads Arabic is answered in Arabic", () =>
    Effect.gen(function* () {
      const group = yield* makeGroup()
      yield* group.says("Bob", "hello")
      yield* group.happened(
        SettingsChanged({ chat: group.chat(), settings: { language: "ar" }, by: "operator" })
      )
      const [answer] = yield* group.says("Bob", "!wadjet mute ٣٠ دقيقة")
      expect(answer).toBe("هذا لمشرفي المجموعة فقط.")
    })
  )

  it.effect("a link that is asked about is answered once, by the warning where it is dangerous", () =>
    Effect.gen(function* () {
      const group = yield* makeGroup()
      expect(yield* group.says("Bob", "!wadjet scan http://harmless.example.com/a")).toEqual([
        "✅ Nothing bad is known of harmless[.]example[.]com. Stay alert all the same."
      ])
      const said = yield* group.says("Bob", `!wadjet scan ${bad}`)
      expect(said.length).toBe(1)
      expect(said[0]).toContain("⚠️ Suspicious link")
    })
  )

  it.effect("an explanation says what was found, by which rules", () =>
    Effect.gen(function* () {
      const group = yield* makeGroup()
      const said = yield* group.says("Ada", "!wadjet explain http://203.0.113.7/a")
      const answer = said.at(-1)
      expect(answer).toContain("203[.]0[.]113[.]7")
      expect(answer).toContain("points by wadjet-")
    })
  )

  it.effect("a rescan has the link looked at anew, although a result is still valid", () =>
    Effect.gen(function* () {
      const group = yield* makeGroup()
      yield* group.says("Bob", "see http://harmless.example.com/a")
      yield* group.says("Ada", "!wadjet scan http://harmless.example.com/a")
      expect(group.named("scan.completed").length).toBe(1)
      yield* group.says("Ada", "!wadjet rescan http://harmless.example.com/a")
      expect(group.named("scan.completed").length).toBe(2)
    })
  )

  it.effect("who did what is shown to admins, without the members", () =>
    Effect.gen(function* () {
      const group = yield* makeGroup()
      expect(yield* group.says("Ada", "!wadjet governance")).toEqual([
        "No command was given in this chat so far."
      ])
      yield* group.says("Ada", "!wadjet mute 1h")
      yield* group.says("Bob", "!wadjet help")
      const [answer] = yield* group.says("Ada", "!wadjet governance 1")
      expect(answer).toContain("admin mute")
    })
  )

  it.effect("a command that is delivered twice, or whose answerer is killed, is answered once", () =>
    Effect.gen(function* () {
      const group = yield* makeGroup()
      expect((yield* group.says("Ada", "!wadjet status", { id: "once" })).length).toBe(1)
      expect(yield* group.says("Ada", "!wadjet status", { id: "once" })).toEqual([])
      expect(yield* group.restarts).toEqual([])
      expect(group.named("policy.command-answered").length).toBe(1)
    })
  )
})

describe("given a chat with one person alone", () => {
  it.effect("they may do what admins may", () =>
    Effect.gen(function* () {
      const group = yield* makeGroup([])
      expect((yield* group.says("Ada", "!wadjet mute 1h"))[0]).toContain("Muted until")
    })
  )
})
