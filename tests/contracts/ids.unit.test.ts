import { describe, expect, it } from "@effect/vitest"
import { Schema } from "effect"
import * as fc from "fast-check"
import {
  AccountId,
  ChatId,
  eventId,
  hashOf,
  MessageKey,
  messageKey,
  OutboxId,
  outboxId,
  OverrideId,
  PersonId,
  WhatsAppId,
  whatsAppIdOf
} from "../../contracts/ids.ts"

const account = AccountId.make("aexample0")
const chat = ChatId.make("c0example0")
const sender = PersonId.make("p0example0")
const parts = fc.array(fc.string({ unit: "grapheme" }), { maxLength: 5 })

describe("a hash of parts", () => {
  it("tells every list of parts from every other one", () => {
    fc.assert(
      fc.property(parts, parts, (a, b) => {
        expect(hashOf(...a) === hashOf(...b)).toBe(JSON.stringify(a) === JSON.stringify(b))
      })
    )
  })

  it("is not fooled by where one part ends and the next begins", () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), fc.nat(), (text, at) => {
        const cut = 1 + (at % text.length)
        expect(hashOf(text.slice(0, cut), text.slice(cut))).not.toBe(hashOf(text))
      })
    )
    expect(hashOf("ab", "c")).not.toBe(hashOf("a", "bc"))
    expect(hashOf("1:a")).not.toBe(hashOf("", "a"))
    expect(hashOf("a", "")).not.toBe(hashOf("a"))
    expect(hashOf()).not.toBe(hashOf(""))
  })

  it("is the same on every machine and in every year", () => {
    expect(hashOf("message", 1, "ä")).toBe("0ef533c47463dcdffcac86ba85eb51e011e564d8")
    expect(hashOf(1)).toBe(hashOf("1"))
  })
})

describe("an id", () => {
  it("of a message depends on everything that makes it one: senders choose message ids", () => {
    const key = messageKey(account, chat, sender, "3A01")
    expect(Schema.is(MessageKey)(key)).toBe(true)
    expect(messageKey(account, chat, sender, "3A01")).toBe(key)
    const others = [
      messageKey(AccountId.make("aexample1"), chat, sender, "3A01"),
      messageKey(account, ChatId.make("c0example1"), sender, "3A01"),
      messageKey(account, chat, PersonId.make("p0example1"), "3A01"),
      messageKey(account, chat, sender, "3A02")
    ]
    expect(new Set([key, ...others]).size).toBe(5)
  })

  it("of an outgoing message is one per cause, recipient and part, and so is what WhatsApp sees", () => {
    fc.assert(
      fc.property(fc.string(), fc.nat(), (cause, part) => {
        const id = outboxId(cause, chat, part)
        expect(Schema.is(OutboxId)(id)).toBe(true)
        expect(id).toBe(outboxId(cause, chat, part))
        expect(id).not.toBe(outboxId(cause, chat, part + 1))
        expect(id).not.toBe(outboxId(`${cause}x`, chat, part))
        expect(Schema.is(WhatsAppId)(whatsAppIdOf(id))).toBe(true)
        expect(whatsAppIdOf(id)).toBe(whatsAppIdOf(outboxId(cause, chat, part)))
      })
    )
    expect(whatsAppIdOf(OutboxId.make("da39a3ee5e6b4b0d3255bfef95601890afd80709"))).toBe(
      "3EB0DA39A3EE5E6B4B0D"
    )
  })

  it("of an event is one per cause, actor and ordinal", () => {
    const ids = [
      eventId("c", "scan", 0),
      eventId("c", "scan", 1),
      eventId("c", "verdict", 0),
      eventId("d", "scan", 0),
      hashOf("c", "scan", 0)
    ]
    expect(new Set(ids).size).toBe(ids.length)
    expect(eventId("c", "scan", 0)).toBe(eventId("c", "scan", "0"))
  })

  it.each(["x0example0", "c0EXAMPLE", "c.dots.in", "c", "c0example0\n", `c${"0".repeat(40)}`, " c0example0"])(
    "%j is no chat",
    (text) => {
      expect(Schema.is(ChatId)(text)).toBe(false)
    }
  )

  it("of an override is a UUID of version 7", () => {
    fc.assert(fc.property(fc.uuid({ version: 7 }), (id) => void expect(Schema.is(OverrideId)(id)).toBe(true)))
    fc.assert(
      fc.property(fc.uuid({ version: 4 }), (id) => void expect(Schema.is(OverrideId)(id)).toBe(false))
    )
  })
})
