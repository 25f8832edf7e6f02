/** The same over WhatsApp: the real client among a loopback server, the real actors behind it. */
import { describe, expect, it } from "vitest"
import { temporaryFolder } from "../../whatsapp/session/whole.ts"
import { linkHeld } from "./link-held.ts"
import { patience, startGroup } from "./whatsapp-group.ts"

describe("a group on WhatsApp", () => {
  it(
    "answers a command of its admin, and of nobody else, each once, as a reply",
    async () => {
      using folder = temporaryFolder()
      const { ana, bob, family, reads, shown } = await startGroup(folder.path, 71, false)
      const asked = await ana.say("!wadjet status", { in: family })
      expect((await reads("Links are watched.")).quoted).toBe(asked)
      await bob.say("!wadjet mute 2h", { in: family })
      await reads("Only this group's admins can do that.")
      expect(shown().length).toBe(2)
    },
    patience
  )

  it(
    "has a dangerous message deleted for everyone where the account is an admin",
    async () => {
      using folder = temporaryFolder()
      const { ana, bob, family, reads, world } = await startGroup(folder.path, 72, true)
      await ana.say("!wadjet settings delete-malicious on", { in: family })
      await reads("delete-malicious is on")
      await ana.say("!wadjet deny host harmless.example.com", { in: family })
      await reads("Denied in this chat")
      const id = await bob.say("look http://harmless.example.com/a", { in: family })
      const gone = await world.until("it is deleted", () =>
        ana.screen(family).find((it) => it.id === id && it.revoked)
      )
      expect(gone.revocations.map(({ outcome }) => outcome)).toEqual(["applied"])
    },
    patience
  )

  it(
    "has its admins' phones ring for a dangerous link where they want that, and names nobody",
    async () => {
      using folder = temporaryFolder()
      const { ana, bob, family, reads } = await startGroup(folder.path, 75, true)
      await ana.say("!wadjet settings notify-admins on", { in: family })
      await reads("notify-admins is on")
      await ana.say("!wadjet deny host harmless.example.com", { in: family })
      await reads("Denied in this chat")
      await bob.say("look http://harmless.example.com/a", { in: family })
      const warning = await reads("The group's admins are notified.")
      // The account administers the group as well, and needs no telling.
      expect(warning.message.extendedTextMessage?.contextInfo?.mentionedJid).toEqual([ana.lid])
      expect(warning.text).not.toContain("5511")
    },
    patience
  )

  it(
    "lists who asks to join by the end of their numbers, and lets in whom its admin approves",
    async () => {
      using folder = temporaryFolder()
      const { ana, family, reads, world } = await startGroup(folder.path, 73, true)
      const dora = world.whatsApp.contact({ number: "5511966665555", name: "Dora" })
      const emil = world.whatsApp.contact({ number: "5511966664444", name: "Emil" })
      for (const who of [dora, emil])
        family.change(who, { kind: "request", person: who.person, method: "invite_link" })
      await ana.say("!wadjet approve", { in: family })
      const list = await reads("These ask to join")
      expect(list.text).toContain("…5555")
      expect(list.text).not.toContain("551196666")
      await ana.say("!wadjet approve 5555", { in: family })
      await world.until("Dora is in", () => family.group.members.has(dora.person))
      expect(family.group.members.has(emil.person)).toBe(false)
      await ana.say("!wadjet approve https://evil.example/in", { in: family })
      const mistyped = await reads("Expected the number of somebody")
      expect(mistyped.text).not.toContain("evil.example")
      await ana.say("!wadjet approve all", { in: family })
      await world.until("Emil is in", () => family.group.members.has(emil.person))
      await world.until(
        "both are told of",
        () => world.named("outbox.sent").filter(({ data }) => data.wire === "admit").length === 2
      )
      const claims = world.named("outbox.claimed").filter(({ data }) => data.wire === "admit")
      expect(claims.length).toBe(2)
    },
    patience
  )

  it(
    "obeys the operator's own number, warns of no link that it allows, and never sends what pairs a number to a group",
    async () => {
      using folder = temporaryFolder()
      const { family, reads, shown, world } = await startGroup(folder.path, 74, false)
      const operator = world.whatsApp.contact({ number: "5511977776666", name: "Operator" })
      family.change(operator, { kind: "add", people: [operator.person] })
      // Until then nobody can say whether whoever allows a link may, and it is warned about meanwhile.
      await world.until("its admins are known", () => world.named("message.admins-changed")[0])
      const bad = linkHeld("malicious")
      const allowed = await operator.say(`!wadjet allow ${bad}`, { in: family })
      await reads("Allowed in this chat")
      await world.until("the link is decided about", () => world.named("verdict.decided")[0])
      expect(world.named("verdict.decided").map(({ data }) => [data.level, data.action])).toEqual([
        ["benign", "none"]
      ])
      expect(shown().filter(({ quoted }) => quoted === allowed)).toHaveLength(1)
      await operator.say("!wadjet mute 2h", { in: family })
      await reads("Muted until")
      await operator.say("!wadjet pair-status", { in: family })
      await reads("in a chat with nobody else")
      await operator.say("!wadjet pair-status")
      const told = await world.until("the state is told", () =>
        operator.screen().find(({ text }) => text.includes("The connection is"))
      )
      expect(told.text).toBe("The connection is open.")
      expect(world.named("policy.muted").map(({ data }) => data.by.split(":")[0])).toEqual(["operator"])
    },
    patience
  )
})
