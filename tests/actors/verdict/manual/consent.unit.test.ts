import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { ConsentRequired } from "../../../../contracts/consent.ts"
import { ChatJoined } from "../../../../contracts/membership.ts"
import type { Said } from "../../../../contracts/message.ts"
import { makeGroup } from "./group.ts"

const bad = "http://203.0.113.7/login"

type Group = Effect.Success<ReturnType<typeof makeGroup>>

/** Every word that is in the log and can be read. */
const wordsKept = (group: Group) =>
  group.named("message.received").map(({ data }) => group.keyring.open<Said>(data.said)?.text)

const unread = (group: Group) => group.named("message.unconsented").map(({ data }) => data.reason)

const required = ConsentRequired({ required: true, by: "operator" })

describe("given an operator who requires consent", () => {
  it.effect("nothing is read before a group consents, and what was said meanwhile is counted", () =>
    Effect.gen(function* () {
      const group = yield* makeGroup()
      yield* group.happened(required)
      expect(yield* group.says("Bob", `look ${bad}`)).toEqual([])
      expect(yield* group.says("Cem", "and nothing else")).toEqual([])
      expect(wordsKept(group)).toEqual([])
      expect(unread(group)).toEqual(["no-consent", "no-consent"])
    })
  )

  it.effect("a member cannot consent for the group, an admin can, and then it is read", () =>
    Effect.gen(function* () {
      const group = yield* makeGroup()
      yield* group.happened(required)
      expect(yield* group.says("Bob", "!wadjet consent")).toEqual(["Only this group's admins can do that."])
      expect((yield* group.says("Ada", "!wadjet consentstatus"))[0]).toBe(
        "Consent is required and not given."
      )
      expect((yield* group.says("Ada", "!wadjet consent"))[0]).toContain("Consent is given")
      expect((yield* group.says("Bob", `look ${bad}`))[0]).toContain("Suspicious link")
    })
  )

  it.effect("what was consented to holds, whatever comes, until it is withdrawn", () =>
    Effect.gen(function* () {
      const group = yield* makeGroup()
      yield* group.happened(required)
      yield* group.says("Ada", "!wadjet consent")
      yield* group.isAwayFor(400 * 24 * 3_600_000)
      expect((yield* group.says("Bob", `look ${bad}`))[0]).toContain("Suspicious link")
      expect((yield* group.says("Ada", "!wadjet consent no"))[0]).toContain("Consent is withdrawn")
      const before = wordsKept(group).length
      expect(yield* group.says("Bob", `again ${bad}`)).toEqual([])
      expect(wordsKept(group).length).toBe(before)
    })
  )

  it.effect("a message that is delivered twice is counted once", () =>
    Effect.gen(function* () {
      const group = yield* makeGroup()
      yield* group.happened(required)
      yield* group.says("Bob", "hello", { id: "once" })
      yield* group.says("Bob", "hello", { id: "once" })
      expect(unread(group).length).toBe(1)
    })
  )
})

describe("given a member who opts out", () => {
  it.effect("nothing that they say is read from then on, in that chat, and everybody else is", () =>
    Effect.gen(function* () {
      const group = yield* makeGroup()
      expect((yield* group.says("Bob", "!wadjet optout"))[0]).toContain("not read")
      expect(yield* group.says("Bob", `look ${bad}`)).toEqual([])
      expect(unread(group)).toEqual(["opted-out"])
      expect((yield* group.says("Cem", `look ${bad}`))[0]).toContain("Suspicious link")
    })
  )

  it.effect("they can change their mind, as often as they like", () =>
    Effect.gen(function* () {
      const group = yield* makeGroup()
      yield* group.says("Bob", "!wadjet optout")
      yield* group.says("Bob", "!wadjet optout")
      expect(group.named("policy.opted-out").length).toBe(1)
      expect((yield* group.says("Bob", "!wadjet optin"))[0]).toContain("read for links again")
      expect((yield* group.says("Bob", `look ${bad}`))[0]).toContain("Suspicious link")
    })
  )

  it.effect("they can change their mind once it is known that they are somebody who was here before", () =>
    Effect.gen(function* () {
      const group = yield* makeGroup()
      yield* group.says("Robert", "hello")
      yield* group.says("Bob", "!wadjet optout")
      const form = (author: string) => `sandbox:${group.chat()}/${author}`
      yield* group.keyring.person([form("Robert"), form("Bob")])
      expect(yield* group.says("Bob", `look ${bad}`)).toEqual([])
      expect((yield* group.says("Bob", "!wadjet optin"))[0]).toContain("read for links again")
      expect((yield* group.says("Bob", `look ${bad}`))[0]).toContain("Suspicious link")
    })
  )
})

describe("given two chats that turn out to be one", () => {
  it.effect("what was withdrawn last is not read, in whichever of them that was", () =>
    Effect.gen(function* () {
      const group = yield* makeGroup([])
      yield* group.says("Ada", "!wadjet consent")
      yield* group.ingest([{ id: "no", text: "!wadjet consent no" }], "Ada")
      yield* group.passes(1_000)
      yield* group.keyring.chat(["sandbox:Family", "sandbox:Ada"])
      expect(yield* group.says("Ada", `look ${bad}`)).toEqual([])
      expect(unread(group)).toEqual(["no-consent"])
    })
  )
})

describe("given the account comes into a group", () => {
  it.effect("the group is told once what is read and kept; another's coming tells nobody anything", () =>
    Effect.gen(function* () {
      const group = yield* makeGroup()
      yield* group.says("Bob", "hello")
      const chat = group.chat()
      const came = { chat, people: [], how: "added", at: 0 } as const
      yield* group.happened(ChatJoined({ ...came, self: false }))
      yield* group.happened(ChatJoined({ ...came, self: true, imported: true }))
      expect(group.named("policy.consent-asked")).toEqual([])
      yield* group.happened(ChatJoined({ ...came, self: true }))
      expect(group.named("policy.consent-asked").length).toBe(1)
      const [notice] = group.named("outbox.queued").slice(-1)
      expect(notice!.data).toMatchObject({ chat, gateway: "whatsapp", kind: "text" })
      expect(group.keyring.open<{ text: string }>(notice!.data.body)!.text).toContain("!wadjet optout")
    })
  )
})
