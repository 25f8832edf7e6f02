import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { hashOf, HostId, LinkId, MessageKey, OverrideId, PersonId } from "../../../../contracts/ids.ts"
import { MessageReceived } from "../../../../contracts/message.ts"
import { OverrideSet } from "../../../../contracts/policy.ts"
import { makeGroup } from "./group.ts"

const bad = "http://harmless.example.com/a"

/** A group that wants dangerous messages deleted, and holds one link to be dangerous. */
const strict = Effect.fnUntraced(function* (admins: ReadonlyArray<string>) {
  const group = yield* makeGroup(admins)
  yield* group.says("Ada", "!wadjet settings delete-malicious on")
  yield* group.says("Ada", "!wadjet deny host harmless.example.com")
  return group
})

describe("given a group that wants dangerous messages deleted", () => {
  it.effect("a dangerous message is warned about, and deleted once where the account is an admin", () =>
    Effect.gen(function* () {
      const group = yield* strict(["Ada", "Wadjet"])
      const said = yield* group.says("Bob", `look ${bad}`)
      expect(said.some((text) => text.includes("⛔"))).toBe(true)
      expect(said.filter((text) => text === "delete").length).toBe(1)
      expect(yield* group.restarts).toEqual([])
      const deletions = group.transmissions.filter(({ message }) => message.wire === "delete")
      expect(deletions.at(-1)!.message.quotes).toMatch(/^m\d+$/u)
      expect(deletions.at(-1)!.last).toBe("outbox.claimed")
    })
  )

  it.effect("it is said once, and never again, where the account is no admin", () =>
    Effect.gen(function* () {
      const group = yield* strict(["Ada"])
      // The command that denied it holds the link, too, and stays.
      expect(group.named("verdict.deletion-decided")).toEqual([])
      yield* group.says("Bob", `look ${bad}`)
      expect(group.named("verdict.deletion-decided").map(({ data }) => data.outcome)).toEqual([
        "not-an-admin"
      ])
      expect(group.texts().filter((text) => text.includes("not an admin")).length).toBe(1)
      yield* group.says("Cem", `look ${bad}`)
      expect(group.texts().filter((text) => text.includes("not an admin")).length).toBe(1)
      expect(group.transmissions.filter(({ message }) => message.wire === "delete")).toEqual([])
    })
  )

  it.effect("a name that holds a dangerous link is none that could be deleted, and the log says so", () =>
    Effect.gen(function* () {
      const group = yield* strict(["Ada", "Wadjet"])
      const sighting = { link: LinkId.make(hashOf("link", bad)), host: HostId.make(hashOf("host", bad)) }
      yield* group.happened(
        MessageReceived({
          chat: group.chat(),
          message: MessageKey.make(hashOf("message", "a name")),
          sender: PersonId.make("pbob000000"),
          gateway: "sandbox",
          arrival: "live",
          sentAt: 0,
          place: "name",
          links: [{ ...sighting, domains: [] }],
          said: { text: bad, whatsAppId: "", links: [] },
          who: { name: "Bob" }
        })
      )
      yield* group.happened(
        OverrideSet({
          override: OverrideId.make("01941f29-7c00-7000-8000-000000000001"),
          match: "url",
          token: sighting.link,
          effect: "deny",
          by: "operator",
          words: { pattern: bad }
        })
      )
      expect(group.named("verdict.deletion-decided").map(({ data }) => data.outcome)).toEqual(["no-message"])
      expect(group.transmissions.filter(({ message }) => message.wire === "delete")).toEqual([])
    })
  )

  it.effect("what is harmless stays, and so does everything once it is muted", () =>
    Effect.gen(function* () {
      const group = yield* strict(["Ada", "Wadjet"])
      yield* group.says("Bob", "see http://other.example.org/")
      yield* group.says("Ada", "!wadjet mute 1h")
      const before = group.transmissions.filter(({ message }) => message.wire === "delete").length
      yield* group.says("Bob", `look ${bad}`)
      expect(group.transmissions.filter(({ message }) => message.wire === "delete").length).toBe(before)
    })
  )
})

describe("given a group in which only admins may give commands", () => {
  it.effect("a member is told so, and may opt out all the same", () =>
    Effect.gen(function* () {
      const group = yield* makeGroup()
      yield* group.says("Ada", "!wadjet settings admins-only-commands on")
      expect(yield* group.says("Bob", "!wadjet help")).toEqual(["Only this group's admins can do that."])
      expect((yield* group.says("Bob", "!wadjet optout"))[0]).toContain("not read")
    })
  )
})
