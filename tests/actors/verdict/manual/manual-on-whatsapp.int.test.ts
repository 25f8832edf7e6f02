/** What the manual says of warnings, their corrections and consent, as a group on WhatsApp sees it. */
import { describe, expect, it } from "vitest"
import { temporaryFolder } from "../../whatsapp/session/whole.ts"
import { patience, startGroup } from "./whatsapp-group.ts"

const bad = "http://evil.example/x"
const dangerous = "⛔ Dangerous link: evil[.]example"

describe("a group on WhatsApp whose admin Ana denied a domain", () => {
  it(
    "reads one warning of a link that twenty post, and sees a reaction on the nineteen others",
    async () => {
      using folder = temporaryFolder()
      const { ana, bob, family, reads, shown, world } = await startGroup(folder.path, 81, false)
      await ana.say("!wadjet deny evil.example", { in: family })
      await reads("Denied in this chat")
      const first = await bob.say(`look ${bad}`, { in: family })
      expect((await reads(dangerous)).quoted).toBe(first)
      const more = Array.from({ length: 18 }, (_, count) =>
        world.whatsApp.contact({ number: `55119777700${10 + count}`, name: `Member ${count}` })
      )
      family.change(ana, { kind: "add", people: more.map(({ person }) => person) })
      const others: Array<string> = []
      for (const [count, one] of [ana, ...more].entries())
        others.push(await one.say(`${count} ${bad}`, { in: family }))
      const reactionsOn = (id: string) => [
        ...(ana
          .screen(family)
          .find((it) => it.id === id)
          ?.reactions.values() ?? [])
      ]
      await world.until("each of the others has its reaction", () =>
        others.every((id) => reactionsOn(id).join() === "⛔")
      )
      expect(others).toHaveLength(19)
      expect(shown().filter(({ text }) => text.includes(dangerous))).toHaveLength(1)
    },
    patience
  )

  it(
    "sees a warning change when its message does, and when an admin allows the link",
    async () => {
      using folder = temporaryFolder()
      const { ana, bob, family, reads, shown, world } = await startGroup(folder.path, 82, false)
      await ana.say("!wadjet deny evil.example", { in: family })
      await reads("Denied in this chat")
      const message = await bob.say(`look ${bad}`, { in: family })
      const warning = await reads(dangerous)
      // The link is edited away: the warning is taken back, and stands nowhere any more.
      await bob.edit(message, "never mind", { in: family })
      await world.until("the warning is taken back", () => warning.revoked)
      // Put back, it is warned about anew, and once.
      await bob.edit(message, `look again ${bad}`, { in: family })
      const again = await world.until("it is warned about again", () =>
        shown().find((it) => it.text.includes(dangerous) && !it.revoked)
      )
      await ana.say("!wadjet allow evil.example", { in: family })
      await world.until("the warning says so", () => again.text.includes("no longer held to be dangerous"))
      expect(shown().filter((it) => it.text.includes(dangerous) && !it.revoked)).toEqual([])
      // Posted from now on it is nobody's concern; deleted, nothing is left to be said.
      const other = await bob.say(`once more ${bad}`, { in: family })
      await bob.revoke(other, { in: family })
      await ana.say("!wadjet status", { in: family })
      await reads("Links are watched.")
      expect(shown().filter((it) => it.quoted === other)).toEqual([])
    },
    patience
  )

  it(
    "reads after a mute what it missed, and what is deleted by then is not missed",
    async () => {
      using folder = temporaryFolder()
      const { ana, bob, family, reads, shown, world } = await startGroup(folder.path, 83, false)
      await ana.say("!wadjet deny evil.example", { in: family })
      await reads("Denied in this chat")
      await ana.say("!wadjet mute 2h", { in: family })
      await reads("Muted until")
      await bob.say(`look ${bad}`, { in: family })
      const gone = await bob.say(`look http://also.evil.example/y`, { in: family })
      await world.until("both are silenced", () => world.named("verdict.suppressed").length === 2)
      await bob.revoke(gone, { in: family })
      await world.until("it is known to be gone", () => world.named("message.revoked").length === 1)
      expect(shown().filter(({ text }) => text.includes("⛔"))).toEqual([])
      await ana.say("!wadjet unmute", { in: family })
      const summary = await reads("While Wadjet was muted")
      expect(summary.text).toContain("1 dangerous link went by without a word")
      expect(summary.text).toContain("evil[.]example")
      expect(summary.text).not.toContain("also.evil")
    },
    patience
  )

  it(
    "is not read once its admin takes consent back, nor is a member who opts out",
    async () => {
      using folder = temporaryFolder()
      const { ana, bob, family, reads, shown, world } = await startGroup(folder.path, 84, false)
      await ana.say("!wadjet deny evil.example", { in: family })
      await reads("Denied in this chat")
      await bob.say("!wadjet consent no", { in: family })
      await reads("Only this group's admins can do that.")
      await ana.say("!wadjet consent no", { in: family })
      await reads("nothing in this chat is read from now on")
      await bob.say(`a secret ${bad}`, { in: family })
      await world.until("it is counted", () => world.named("message.unconsented").length === 1)
      await ana.say("!wadjet consent yes", { in: family })
      await reads("Consent is given")
      await bob.say("!wadjet optout", { in: family })
      await reads("your messages in this chat are not read")
      await bob.say(`another secret ${bad}`, { in: family })
      await world.until("it is counted, too", () => world.named("message.unconsented").length === 2)
      const posted = await ana.say(`look ${bad}`, { in: family })
      expect((await reads(dangerous)).quoted).toBe(posted)
      expect(world.named("message.unconsented").map(({ data }) => data.reason)).toEqual([
        "no-consent",
        "opted-out"
      ])
      expect(shown().filter(({ text }) => text.includes(dangerous))).toHaveLength(1)
    },
    patience
  )
})
