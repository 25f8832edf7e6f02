/** What admins have said in their chat at a time, by `!wadjet schedule`. */
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { schedule } from "../../../../actors/schedule/actor.ts"
import { SettingsChanged } from "../../../../contracts/policy.ts"
import { hour, makeGroup, minute } from "./group.ts"

const scheduling = Effect.fnUntraced(function* () {
  const group = yield* makeGroup(["Ada"])
  const actor = yield* group.startBeside(schedule)
  yield* actor.ready
  return group
})

const codeIn = (text: string | undefined): string => /cancel ([0-9a-f]{4})/u.exec(text ?? "")?.[1] ?? "none"

describe("an admin", () => {
  it.effect("has something said in the chat at a time on its own clock, once", () =>
    Effect.gen(function* () {
      const group = yield* scheduling()
      yield* group.says("Ada", "!wadjet settings time-zone Europe/Berlin")
      // It is one o'clock there.
      const [answer] = yield* group.says("Ada", "!wadjet schedule ٠١:٣٠ dinner is at eight")
      expect(answer).toContain("1 Jan 2026, 01:30 (Europe/Berlin): dinner is at eight")
      expect(yield* group.passes(29 * minute)).toEqual([])
      expect(yield* group.passes(2 * minute)).toEqual(["dinner is at eight"])
      expect(yield* group.passes(hour)).toEqual([])
      expect(yield* group.says("Ada", "!wadjet schedule")).toEqual([
        "Nothing is to be said here. !wadjet schedule 23:59 TEXT has it said."
      ])
      expect(group.named("schedule.created")[0]!.data).toMatchObject({ origin: "chat", parts: 1 })
    })
  )

  it.effect("has it said by the clocks of UTC, where this host does not know the chat's time zone", () =>
    Effect.gen(function* () {
      const group = yield* scheduling()
      yield* group.says("Ada", "hello")
      yield* group.happened(
        SettingsChanged({ chat: group.chat(), settings: { timeZone: "Moon/Tycho" }, by: "operator" })
      )
      const [answer] = yield* group.says("Ada", "!wadjet schedule 00:30 dinner is at eight")
      expect(answer).toContain("1 Jan 2026, 00:30 (UTC): dinner is at eight")
      expect(yield* group.passes(31 * minute)).toEqual(["dinner is at eight"])
    })
  )

  it.effect("sees what is scheduled there, and calls it off by its code", () =>
    Effect.gen(function* () {
      const group = yield* scheduling()
      const [later] = yield* group.says("Ada", "!wadjet schedule 31.12.2026 23:59 happy new year")
      yield* group.says("Ada", "!wadjet schedule 00:10 soon")
      const [list] = yield* group.says("Ada", "!wadjet schedule")
      const lines = (list ?? "").split("\n")
      expect(lines.map((line) => line.split(" · ").at(-1))).toEqual([
        "soon",
        "happy new year",
        "!wadjet schedule cancel CODE calls one off."
      ])
      const code = codeIn(later)
      expect(lines[1]).toContain(code)
      expect(yield* group.says("Ada", `!wadjet schedule cancel ${code}`)).toEqual([
        "Called off: happy new year"
      ])
      expect(yield* group.says("Ada", `!wadjet schedule cancel ${code}`)).toEqual([
        `There is nothing with the code ${code} here. !wadjet schedule lists what there is.`
      ])
      expect(yield* group.passes(11 * minute)).toEqual(["soon"])
    })
  )

  it.effect("is told what was expected, and nothing is scheduled", () =>
    Effect.gen(function* () {
      const group = yield* scheduling()
      const told = Effect.fnUntraced(function* (text: string) {
        const [answer] = yield* group.says("Ada", `!wadjet schedule ${text}`)
        return answer
      })
      expect(yield* told("soon hello")).toBe(
        "Expected a time after schedule, such as 23:59 or 2026-12-31 23:59, found soon hello."
      )
      expect(yield* told("09:00")).toContain("Expected what is to be said")
      expect(yield* told("09:00 !wadjet pair")).toContain("and no command")
      expect(yield* told("cancel it")).toContain("Expected a code")
      expect(yield* told("2025-12-31 09:00 late")).toContain("That time has passed")
      expect(yield* told("30.02.2026 09:00 never")).toContain("there is no such day")
      expect(group.named("schedule.created")).toEqual([])
    })
  )
})

describe("a member", () => {
  it.effect("may not have anything said, nor see what is to be said", () =>
    Effect.gen(function* () {
      const group = yield* scheduling()
      expect(yield* group.says("Bea", "!wadjet schedule 00:10 hello")).toEqual([
        "Only this group's admins can do that."
      ])
      expect(yield* group.says("Bea", "!wadjet schedule")).toEqual(["Only this group's admins can do that."])
      expect(group.named("schedule.created")).toEqual([])
    })
  )
})
