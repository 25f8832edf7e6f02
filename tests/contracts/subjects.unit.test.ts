import { describe, expect, it } from "@effect/vitest"
import * as fc from "fast-check"
import { type Context, contexts } from "../../contracts/contexts.ts"
import { AccountId } from "../../contracts/ids.ts"
import {
  boundarySubject,
  commandSubject,
  eventFilter,
  eventSubject,
  parseEventSubject
} from "../../contracts/subjects.ts"

const account = AccountId.make("aexample0")
const tokenCharacters = [..."abcdefghijklmnopqrstuvwxyz0123456789_-"]
const token = fc.string({ unit: fc.constantFrom(...tokenCharacters), minLength: 1, maxLength: 40 })
const context = fc.constantFrom(...(Object.keys(contexts) as ReadonlyArray<Context>))

describe("a subject", () => {
  it("is parsed into what it was built from", () => {
    fc.assert(
      fc.property(context, token, token, (context, boundary, event) => {
        const subject = eventSubject(account, context, boundary, event)
        expect(parseEventSubject(subject)).toEqual({ account, context, boundary, event })
      })
    )
  })

  it("lies within its boundary and passes the filter of its name, as NATS matches them", () => {
    fc.assert(
      fc.property(context, token, token, token, (context, boundary, event, other) => {
        const subject = eventSubject(account, context, boundary, event)
        expect(matches(boundarySubject(account, context, boundary), subject)).toBe(true)
        expect(matches(eventFilter(account, context, event), subject)).toBe(true)
        expect(matches(boundarySubject(account, context, other), subject)).toBe(other === boundary)
        expect(matches(eventFilter(account, context, other), subject)).toBe(other === event)
      })
    )
  })

  it.each(["", "A", "a.b", "a b", "*", ">", "a>", "ä", "a\n", "a/b", "x".repeat(41), "x".repeat(5_000)])(
    "refuses %j as a token",
    (bad) => {
      const expected = /expected 1 to 40 characters/
      expect(() => eventSubject(account, "policy", bad, "muted")).toThrow(expected)
      expect(() => eventSubject(account, "policy", "all", bad)).toThrow(expected)
      expect(() => eventSubject(bad as AccountId, "policy", "all", "muted")).toThrow(expected)
      expect(() => boundarySubject(account, "policy", bad)).toThrow(expected)
      expect(() => eventFilter(account, "policy", bad)).toThrow(expected)
      expect(() => commandSubject(account, "chat", bad)).toThrow(expected)
    }
  )

  it("takes anything else for no event's subject", () => {
    for (const other of [
      "",
      "evt",
      "evt.a.policy.all",
      "evt.a.policy.all.muted.more",
      "cmd.aexample0.policy.all.muted",
      "evt.a.constructor.all.muted",
      "evt.a.nothing.all.muted"
    ])
      expect(parseEventSubject(other)).toBeUndefined()
    fc.assert(fc.property(fc.string(), (text) => parseEventSubject(text) === undefined))
  })

  it("of a command names its context and its verb", () => {
    expect(commandSubject(account, "chat", "mute")).toBe("cmd.aexample0.chat.mute")
  })
})

/** Matching as NATS does it: `*` is one token, `>` is one or more at the end. */
const matches = (filter: string, subject: string): boolean => {
  const wanted = filter.split(".")
  const found = subject.split(".")
  return wanted.at(-1) === ">"
    ? found.length >= wanted.length &&
        wanted.slice(0, -1).every((part, index) => part === "*" || part === found[index])
    : found.length === wanted.length && wanted.every((part, index) => part === "*" || part === found[index])
}
