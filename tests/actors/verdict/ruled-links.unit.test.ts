/** The links in a message that allows or denies: that it denies one is told by its answer, and all else is judged. */
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { overrideIdOf } from "../../../actors/verdict/chat-commands/ruling.ts"
import { sightingKey } from "../../../actors/verdict/model.ts"
import { CommandAnswered, type CommandOutcome } from "../../../contracts/chat-command.ts"
import { PersonId } from "../../../contracts/ids.ts"
import { AdminsChanged } from "../../../contracts/membership.ts"
import { MessageReceived } from "../../../contracts/message.ts"
import { bad, here, host, link, makeStory, message, minute, other, override, sender } from "./story.ts"

type Story = Effect.Success<ReturnType<typeof makeStory>>

const cem = PersonId.make("pcem000000")
const command = message("command")
const sightings = [
  { link: link(bad), host: host("login.bad.example"), domains: [host("bad.example")] },
  { link: link(other), host: host("other.example"), domains: [host("other.example")] }
]
const said = { text: `!wadjet deny ${bad}\n${other}`, whatsAppId: "3A00", links: [] }

/** An admin names `bad` in a command, and `other` beside it. */
const commanded = (story: Story, effect: "allow" | "deny", change: { own?: true } = {}) => {
  if (change.own === undefined)
    story.happened(AdminsChanged({ chat: here, added: [sender], removed: [], at: story.now() }))
  story.happened(
    MessageReceived({
      chat: here,
      message: command,
      sender,
      gateway: "sandbox",
      arrival: "live",
      sentAt: story.now(),
      links: sightings,
      command: effect,
      ...change,
      said,
      who: { name: "Ada" }
    })
  )
}

const answered = (story: Story, given: "allow" | "deny", outcome: CommandOutcome) =>
  story.happened(
    CommandAnswered({ chat: here, message: command, sender, role: "admin", command: given, outcome })
  )

/** The command was obeyed: what it rules is set in the same commit. */
const obeyed = (story: Story, effect: "allow" | "deny", change: { expiresAt?: number } = {}) => {
  const own = overrideIdOf({ at: story.now(), message: command })
  answered(story, effect, "done")
  story.overridden(1, effect, { override: own, chat: here, match: "url", token: link(bad), ...change })
  return own
}

const decided = (facts: Effect.Success<Story["settle"]>) =>
  facts.flatMap((fact) => (fact.type === "verdict.decided" ? [[fact.data.link, fact.data.level]] : []))

describe("the links of a message that allows or denies", () => {
  it.effect("wait until its command is answered", () =>
    Effect.gen(function* () {
      for (const change of [{}, { own: true }] as const) {
        const story = yield* makeStory()
        commanded(story, "allow", change)
        for (const url of [bad, other]) story.scanned(url, "malicious")
        for (const url of [bad, other])
          expect(story.work.has(sightingKey({ chat: here, message: command, link: link(url) }))).toBe(false)
      }
    })
  )

  it.effect.each(["not-understood", "not-allowed", "refused", "too-many"] as const)(
    "are all judged where it is %s",
    (outcome) =>
      Effect.gen(function* () {
        for (const effect of ["allow", "deny"] as const) {
          const story = yield* makeStory()
          commanded(story, effect)
          for (const url of [bad, other]) story.scanned(url, "malicious")
          answered(story, effect, outcome)
          expect(decided(yield* story.settle)).toEqual([
            [link(bad), "malicious"],
            [link(other), "malicious"]
          ])
        }
      })
  )

  it.effect("are judged where they stand beside the one that it rules", () =>
    Effect.gen(function* () {
      for (const [effect, ...ruled] of [["allow", [link(bad), "benign"]], ["deny"]] as const) {
        const story = yield* makeStory()
        commanded(story, effect)
        for (const url of [bad, other]) story.scanned(url, "malicious")
        obeyed(story, effect)
        const facts = decided(yield* story.settle)
        expect(facts).toHaveLength(1 + ruled.length)
        expect(facts).toEqual(expect.arrayContaining([...ruled, [link(other), "malicious"]]))
        expect(story.work.size()).toBe(0)
      }
    })
  )

  it.effect("are not judged twice where somebody else rules the same of them", () =>
    Effect.gen(function* () {
      const story = yield* makeStory()
      commanded(story, "deny")
      obeyed(story, "deny")
      story.overridden(2, "deny", { chat: here, match: "url", token: link(bad), by: `admin:${cem}` })
      expect(decided(yield* story.settle)).toEqual([])
    })
  )

  it.effect("are judged once what it ruled holds no more, or gives way to something else", () =>
    Effect.gen(function* () {
      const ended = yield* makeStory()
      commanded(ended, "deny")
      ended.scanned(bad, "malicious")
      obeyed(ended, "deny", { expiresAt: ended.now() + minute })
      expect(yield* ended.words).toEqual([])
      yield* ended.pass(minute)
      expect(yield* ended.words).toEqual([
        "override expired",
        "decided malicious reply",
        "queued text warning"
      ])

      const outdone = yield* makeStory()
      commanded(outdone, "allow")
      obeyed(outdone, "allow")
      outdone.overridden(2, "deny", { override: override(2), chat: here, match: "url", token: link(bad) })
      expect(yield* outdone.words).toEqual(["decided malicious reply", "queued text warning"])
    })
  )
})
