import { describe, expect, it } from "@effect/vitest"
import { Effect, Exit } from "effect"
import { hashOf, MessageKey, PersonId } from "../../../../contracts/ids.ts"
import { MessageReceived, type Said } from "../../../../contracts/message.ts"
import { OptOutPerson, SettleReport } from "../../../../contracts/moderation-commands.ts"
import { reportsAnsweredPerHour } from "../../../../contracts/report.ts"
import { makeGroup } from "./group.ts"

const bad = "http://203.0.113.7/login"

/** A group that was warned of one link. */
const warned = Effect.fnUntraced(function* () {
  const group = yield* makeGroup()
  yield* group.says("Bob", `look ${bad}`)
  return { group, warning: group.last() }
})

describe("given a warning", () => {
  it.effect("a member says that it is wrong by replying to it, once, and it waits for the operator", () =>
    Effect.gen(function* () {
      const { group, warning } = yield* warned()
      expect(yield* group.says("Cem", "!wadjet report", { answers: warning })).toEqual([
        "Thank you. The operator will look at it."
      ])
      expect(yield* group.says("Cem", "!wadjet report", { answers: warning })).toEqual([
        "You have reported this one already."
      ])
      const [report, ...more] = group.named("policy.reported")
      expect(more).toEqual([])
      expect(report!.data.level).toBe("suspicious")
    })
  )

  it.effect("a report that is no reply to one is told how to do it", () =>
    Effect.gen(function* () {
      const { group } = yield* warned()
      expect(yield* group.says("Cem", "!wadjet report")).toEqual([
        expect.stringContaining("Reply with !wadjet report to the warning that you mean")
      ])
      expect(group.named("policy.reported")).toEqual([])
    })
  )

  it.effect(
    "a reaction, which nobody can reply to, is reported by its link, or in reply to what it is on",
    () =>
      Effect.gen(function* () {
        const group = yield* makeGroup()
        yield* group.says("Ada", "!wadjet settings suspicious react")
        expect(yield* group.says("Bob", `look ${bad}`)).toEqual(["reaction ⚠️"])
        const thanks = "Thank you. The operator will look at it."
        const posted = group.named("verdict.decided").at(-1)!.data
        expect(yield* group.says("Cem", `!wadjet report ${bad}`)).toContain(thanks)

        const said = group.named("message.received").find(({ data }) => data.message === posted.message)!
        const { links, text } = group.keyring.open<Said>(said.data.said)!
        const answers = yield* group.happened(
          MessageReceived({
            chat: group.chat(),
            message: MessageKey.make(hashOf("message", "a reply")),
            sender: PersonId.make("pdan000000"),
            gateway: "sandbox",
            arrival: "live",
            sentAt: 0,
            links: [],
            command: "report",
            said: { text: "!wadjet report", whatsAppId: "3A00", links: [], quoted: { text, links } },
            who: { name: "Dan" }
          })
        )
        expect(answers).toEqual([thanks])
        const about = ({ data: { link, message } }: { data: { link: string; message: string } }) => [
          link,
          message
        ]
        expect(group.named("policy.reported").map(about)).toEqual([
          [posted.link, posted.message],
          [posted.link, posted.message]
        ])
        expect(yield* group.says("Cem", `!wadjet report ${bad}`)).toContain(
          "You have reported this one already."
        )
        expect(yield* group.says("Cem", "!wadjet report http://harmless.example.com/")).toEqual([
          expect.stringContaining("or write the link behind it")
        ])
      })
  )

  it.effect("whoever reports very much is not answered any more, and nothing of it is lost", () =>
    Effect.gen(function* () {
      const group = yield* makeGroup()
      const answers: Array<string> = []
      for (let index = 0; index <= reportsAnsweredPerHour; index++) {
        yield* group.says("Bob", `look http://203.0.113.7/${index}`)
        answers.push(...(yield* group.says("Cem", "!wadjet report", { answers: group.last() })))
      }
      expect(answers.length).toBe(reportsAnsweredPerHour)
      const reports = group.named("policy.reported")
      expect(reports.length).toBe(reportsAnsweredPerHour + 1)
      expect(reports.at(-1)!.data.unanswered).toBe(true)
    })
  )

  it.effect("one that was wrong is corrected, and its link is not warned about any more", () =>
    Effect.gen(function* () {
      const { group, warning } = yield* warned()
      yield* group.says("Cem", "!wadjet report", { answers: warning })
      const { chat, report } = group.named("policy.reported")[0]!.data
      const { override } = yield* group.ask(SettleReport, { chat, report, outcome: "wrong", by: "operator" })
      expect(group.named("policy.override-set").map(({ data }) => data.override)).toEqual([override])
      expect((yield* group.passes(1_000)).join()).toContain("no longer held to be")
      expect(yield* group.says("Dan", `again ${bad}`)).toEqual([])
      const again = yield* Effect.exit(
        group.ask(SettleReport, { chat, report, outcome: "right", by: "operator" })
      )
      expect(Exit.isFailure(again)).toBe(true)
    })
  )

  it.effect("one that was right stays as it is", () =>
    Effect.gen(function* () {
      const { group, warning } = yield* warned()
      yield* group.says("Cem", "!wadjet report", { answers: warning })
      const { chat, report } = group.named("policy.reported")[0]!.data
      yield* group.ask(SettleReport, { chat, report, outcome: "right", by: "operator" })
      expect(group.named("policy.override-set")).toEqual([])
      expect(yield* group.passes(1_000)).toEqual([])
    })
  )
})

describe("given an operator who has somebody opted out", () => {
  it.effect("it is obeyed by every decision after its answer, of what was said before, too", () =>
    Effect.gen(function* () {
      const group = yield* makeGroup()
      yield* group.says("Bob", "hello")
      const { chat, sender } = group.named("message.received")[0]!.data
      const answer = yield* group.ask(OptOutPerson, { chat, person: sender, out: true, by: "operator" })
      expect(answer.sequence).toBeGreaterThan(0)
      expect(yield* group.says("Bob", `look ${bad}`)).toEqual([])
      expect(
        yield* group.ask(OptOutPerson, { chat, person: sender, out: true, by: "operator" })
      ).toMatchObject({
        sequence: 0
      })
    })
  )
})
