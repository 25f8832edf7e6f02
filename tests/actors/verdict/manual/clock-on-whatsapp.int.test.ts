/** What the manual says of nights, of where and for how long something is denied, and of trying things out, on WhatsApp. */
import { Effect } from "effect"
import { describe, expect, it } from "vitest"
import { SetOverride } from "../../../../contracts/commands.ts"
import { OverrideId } from "../../../../contracts/ids.ts"
import { temporaryFolder } from "../../whatsapp/session/whole.ts"
import { linkHeld } from "./link-held.ts"
import { patience, startGroup } from "./whatsapp-group.ts"

const doubtful = linkHeld("suspicious")
const bad = "http://evil.example/x"
const dangerous = "⛔ Dangerous link: evil[.]example"
const second = 1_000
const minute = 60 * second

const nights = [
  {
    night: "in which the clocks are put forward",
    seed: 91,
    // 22:30 in Berlin.
    evening: Date.UTC(2026, 2, 28, 21, 30),
    morning: Date.UTC(2026, 2, 29, 5)
  },
  {
    night: "in which they are put back",
    seed: 92,
    evening: Date.UTC(2026, 9, 24, 20, 30),
    morning: Date.UTC(2026, 9, 25, 6)
  }
] as const

describe("a group on WhatsApp whose admin wants quiet from 22 to 7 by the clocks of Berlin", () => {
  it.each(nights)(
    "hears of a doubtful link at the end of a night $night, and of a dangerous one at once",
    async ({ evening, morning, seed }) => {
      using folder = temporaryFolder()
      const { ana, bob, family, goOnFrom, reads, shown, standAt, world } = await startGroup(
        folder.path,
        seed,
        false,
        evening
      )
      await ana.say("!wadjet settings quiet-hours 22-7", { in: family })
      await reads("22:00-07:00")
      await ana.say("!wadjet settings time-zone Europe/Berlin", { in: family })
      await reads("Europe/Berlin")
      await ana.say("!wadjet deny evil.example", { in: family })
      await reads("Denied in this chat")
      const waiting = await bob.say(`look ${doubtful}`, { in: family })
      const deferred = await world.until("it is put off", () => world.named("verdict.deferred")[0])
      expect(deferred.data.until).toBe(morning)
      await bob.say(`look ${bad}`, { in: family })
      await reads(dangerous)
      // Past midnight, and up to the last second of the night, it is still one night.
      standAt(morning - second)
      await bob.say("good morning", { in: family })
      await world.until("that is heard", () => world.named("message.received").length === 6)
      expect(shown().filter(({ quoted }) => quoted === waiting)).toEqual([])
      goOnFrom(morning)
      expect((await reads("⚠️ Suspicious link")).quoted).toBe(waiting)
      const told = world.named("verdict.decided").find(({ data }) => data.level === "suspicious")
      expect(told!.time).toBeGreaterThanOrEqual(morning)
    },
    patience
  )
})

describe("a group on WhatsApp whose admin Ana denies a domain", () => {
  it(
    "is warned for as long as she said, to the second",
    async () => {
      using folder = temporaryFolder()
      const begins = Date.UTC(2026, 4, 1, 12)
      const { ana, bob, family, goOnFrom, reads, shown, standAt, world } = await startGroup(
        folder.path,
        93,
        false,
        begins
      )
      await ana.say("!wadjet deny evil.example for 10m", { in: family })
      await reads("Denied in this chat")
      const ends = world.named("policy.override-set")[0]!.data.expiresAt!
      expect(ends).toBeGreaterThanOrEqual(begins + 10 * minute)
      goOnFrom(ends - minute)
      const message = await bob.say(`look ${bad}`, { in: family })
      const warning = await reads(dangerous)
      expect(warning.quoted).toBe(message)
      expect(world.named("policy.override-expired")).toEqual([])
      standAt(ends)
      const expired = await world.until("it has run out", () => world.named("policy.override-expired")[0])
      expect(expired.time).toBe(ends)
      goOnFrom(ends)
      await world.until("the warning says so", () => warning.text.includes("no longer held to be dangerous"))
      const later = await bob.say(`again ${bad}`, { in: family })
      await ana.say("!wadjet status", { in: family })
      await reads("Links are watched.")
      expect(shown().filter(({ quoted }) => quoted === later)).toEqual([])
    },
    patience
  )

  it(
    "is no other group's concern, where something is denied everywhere is everybody's",
    async () => {
      using folder = temporaryFolder()
      const { ana, bob, family, reads, world } = await startGroup(folder.path, 94, false)
      const village = world.whatsApp.group({
        subject: "Village",
        members: [world.me, ana, bob],
        admins: [bob]
      })
      const inVillage = (words: string) =>
        ana.screen(village).find(({ id, text }) => id.startsWith("3EB0") && text.includes(words))
      await ana.say("!wadjet deny evil.example", { in: family })
      await reads("Denied in this chat")
      await bob.say(`look ${bad}`, { in: village })
      await bob.say("!wadjet overrides", { in: village })
      await world.until("the village is answered", () => inVillage("Nothing is allowed or denied"))
      expect(inVillage(dangerous)).toBeUndefined()
      const deny = {
        override: OverrideId.make("01941f29-7c00-7000-8000-000000000001"),
        match: "domain",
        pattern: "evil.example",
        effect: "deny",
        by: "operator"
      } as const
      await Effect.runPromise(world.bus.request(SetOverride, deny))
      await world.until("the village is warned of what was posted before", () => inVillage(dangerous))
      // A group's own word goes before the general one.
      await bob.say("!wadjet allow evil.example", { in: village })
      await world.until("the village's warning is taken back", () => inVillage("no longer held to be"))
      await bob.say(`look ${bad}`, { in: family })
      await reads(dangerous)
    },
    patience
  )
})

describe("a group on WhatsApp whose admin tries warnings out", () => {
  it(
    "hears nothing, and what it would have heard is recorded",
    async () => {
      using folder = temporaryFolder()
      const { ana, bob, family, reads, shown, world } = await startGroup(folder.path, 95, false)
      await ana.say("!wadjet deny evil.example", { in: family })
      await reads("Denied in this chat")
      await ana.say("!wadjet settings simulate all", { in: family })
      await reads("simulate is all from now on")
      const message = await bob.say(`look ${bad}`, { in: family })
      const silent = await world.until("it is decided", () => world.named("verdict.suppressed")[0])
      expect([silent.data.reason, silent.data.would]).toEqual(["simulated", "reply"])
      await ana.say("!wadjet settings simulate none", { in: family })
      await reads("simulate is none from now on")
      expect(shown().filter(({ quoted }) => quoted === message)).toEqual([])
      await bob.say(`again ${bad}`, { in: family })
      await reads(dangerous)
    },
    patience
  )
})
