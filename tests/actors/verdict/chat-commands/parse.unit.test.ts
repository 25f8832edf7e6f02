import { describe, expect, it } from "@effect/vitest"
import fc from "fast-check"
import { parseDuration } from "../../../../actors/verdict/chat-commands/duration.ts"
import { parseCommand } from "../../../../actors/verdict/chat-commands/parse.ts"
import { commandsFor, mayGive, roleOf } from "../../../../actors/verdict/chat-commands/permission.ts"
import { nearest } from "../../../../actors/verdict/chat-commands/spelling.ts"
import { arabic } from "../../../../actors/verdict/chat-commands/words/arabic.ts"
import { english } from "../../../../actors/verdict/chat-commands/words/english.ts"
import { commandIn, commandNames, commandRules } from "../../../../contracts/chat-command.ts"

const hour = 3_600_000
const day = 24 * hour

describe("what begins like a command", () => {
  it("is one, by either prefix, in any case, behind marks that nobody sees", () => {
    expect(commandIn("!wadjet mute 2h")).toBe("mute")
    expect(commandIn("!scanner rescan http://a.example")).toBe("rescan")
    expect(commandIn("  \u200f!WadJet\u200e STATUS")).toBe("status")
    expect(commandIn("!wadjet")).toBe("help")
    expect(commandIn("!wadjet dance")).toBe("unknown")
  })

  it("is none where the prefix stands within the text, or is the beginning of another word", () => {
    expect(commandIn("write !wadjet help")).toBeUndefined()
    expect(commandIn("!wadjets help")).toBeUndefined()
    expect(commandIn("")).toBeUndefined()
  })

  it("is never of a name that objects have anyway", () => {
    expect(commandIn("!wadjet constructor")).toBe("unknown")
    expect(commandIn("!wadjet __proto__")).toBe("unknown")
    expect(parseCommand("!wadjet toString")).toMatchObject({ is: "unknown" })
  })
})

describe("a command", () => {
  it("is read with its arguments", () => {
    expect(parseCommand("!wadjet mute")).toEqual({ command: "mute", millis: hour })
    expect(parseCommand("!wadjet mute 1h30m")).toEqual({ command: "mute", millis: 1.5 * hour })
    expect(parseCommand("!wadjet mute 2 days")).toEqual({ command: "mute", millis: 2 * day })
    expect(parseCommand("!wadjet governance 5")).toEqual({ command: "governance", count: 5 })
    expect(parseCommand("!wadjet consent no")).toEqual({ command: "consent", given: false })
    expect(parseCommand("!wadjet settings suspicious react")).toEqual({
      command: "settings",
      key: "suspicious",
      value: "react"
    })
    expect(parseCommand("!wadjet overrides")).toEqual({ command: "overrides", wish: "list" })
    expect(parseCommand("!wadjet overrides remove ٣F2a")).toEqual({
      command: "overrides",
      wish: "remove",
      code: "3f2a"
    })
    expect(parseCommand("!wadjet report")).toEqual({ command: "report" })
    expect(parseCommand("!wadjet report http://evil[.]example/")).toEqual({
      command: "report",
      url: "http://evil.example/"
    })
    expect(parseCommand("!wadjet approve +49 170 4567")).toEqual({
      command: "approve",
      member: "+49 170 4567"
    })
  })

  it("takes Arabic digits and units, with marks of direction around the words", () => {
    expect(parseCommand("!wadjet mute \u200f٣٠ دقيقة\u200f")).toEqual({ command: "mute", millis: hour / 2 })
    expect(parseCommand("\u2067!wadjet governance ۱۲\u2069")).toEqual({ command: "governance", count: 12 })
  })

  it("knows a domain from a URL, a defanged one too, and a time and a reason behind it", () => {
    expect(parseCommand("!wadjet allow example.com for 2h our own shop")).toEqual({
      command: "allow",
      match: "domain",
      pattern: "example.com",
      millis: 2 * hour,
      reason: "our own shop"
    })
    expect(parseCommand("!wadjet deny hxxp://evil[.]example[.]com/login")).toMatchObject({
      command: "deny",
      match: "url",
      pattern: "http://evil.example.com/login"
    })
    expect(parseCommand("!wadjet deny host login.example.com")).toEqual({
      command: "deny",
      match: "host",
      pattern: "login.example.com"
    })
  })

  it("ends with its line: what a phone shows of a link is no part of it", () => {
    expect(parseCommand("!wadjet unmute\nhttps://example.com\nAn example")).toEqual({ command: "unmute" })
  })

  it("that is none is answered with the nearest one", () => {
    expect(parseCommand("!wadjet unmtue")).toEqual({ is: "unknown", found: "unmtue", nearest: "unmute" })
    expect(nearest("hlep", ["mute", "help"])).toBe("help")
  })

  it("says what it expected, and what it found", () => {
    const expected = (text: string) => {
      const parsed = parseCommand(text)
      return "is" in parsed && parsed.is === "unexpected" ? [parsed.expected, parsed.found] : parsed
    }
    expect(expected("!wadjet mute soon")).toEqual(["duration", "soon"])
    expect(expected("!wadjet mute 0h")).toEqual(["duration", "0h"])
    expect(expected("!wadjet mute 400d")).toEqual(["duration", "400d"])
    expect(expected("!wadjet scan hello")).toEqual(["link", "hello"])
    expect(expected("!wadjet allow nonsense")).toEqual(["link-or-domain", "nonsense"])
    expect(expected("!wadjet allow example.com for ever")).toEqual(["duration", "ever"])
    expect(expected("!wadjet governance 26")).toEqual(["count", "26"])
    expect(expected("!wadjet status now")).toEqual(["nothing", "now"])
    expect(expected("!wadjet consent perhaps")).toEqual(["yes-or-no", "perhaps"])
    expect(expected("!wadjet overrides all")).toEqual(["nothing", "all"])
    expect(expected("!wadjet overrides remove it")).toEqual(["code", "it"])
    expect(expected("!wadjet report it")).toEqual(["link", "it"])
  })

  it("never breaks on anything that is typed, and says little of it again", () => {
    const word = fc.oneof(
      fc.constantFrom(...commandNames, "for", "url", "host", "2h", "all", "yes", "٣", "\u200f", "a.b"),
      fc.string({ unit: "grapheme", maxLength: 200 }),
      fc.webUrl()
    )
    fc.assert(
      fc.property(
        fc.constantFrom("!wadjet", "!SCANNER "),
        fc.array(word, { maxLength: 8 }),
        (prefix, words) => {
          const text = `${prefix} ${words.join(" ")}`
          const parsed = parseCommand(text)
          expect("command" in parsed ? parsed.command : "unknown").toBe(commandIn(text))
          expect([...("found" in parsed ? parsed.found : "")].length).toBeLessThanOrEqual(61)
        }
      ),
      { numRuns: 500 }
    )
  })

  it("names a duration that is within its bounds, or none", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const millis = parseDuration(text) ?? day
        expect(millis >= 60_000 && millis <= 366 * day).toBe(true)
      })
    )
    expect(parseDuration("1constructor")).toBeUndefined()
  })
})

describe("who may do what", () => {
  it("is as the table says: members little, admins the rest, pairing the operator alone", () => {
    const member = roleOf({ isAdmin: false, isOperator: false })
    expect(commandsFor(member)).toEqual(["help", "scan", "report", "optout", "optin"])
    const admin = roleOf({ isAdmin: true, isOperator: false })
    expect(commandNames.filter((name) => !mayGive(admin, name))).toEqual([
      "pair",
      "pair-status",
      "pair-reset"
    ])
    const operator = roleOf({ isAdmin: false, isOperator: true })
    expect(commandNames.every((name) => mayGive(operator, name))).toBe(true)
  })

  it("has words for every command in every language", () => {
    for (const words of [english, arabic])
      for (const name of Object.keys(commandRules) as ReadonlyArray<keyof typeof commandRules>) {
        expect(words.usage[name]).toContain(name)
        expect(words.about[name].length).toBeGreaterThan(3)
      }
  })
})
