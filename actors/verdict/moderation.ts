/** What an operator can ask about consent, and about what members report. */
import { Clock, Effect } from "effect"
import { type CommandType, type Payload, Refused } from "../../contracts/command.ts"
import {
  ConsentGiven,
  ConsentRequired,
  ConsentWithdrawn,
  OptedIn,
  OptedOut
} from "../../contracts/consent.ts"
import type { Fact } from "../../contracts/event.ts"
import type { OverrideId } from "../../contracts/ids.ts"
import type { Said } from "../../contracts/message.ts"
import {
  ConsentChat,
  OptOutPerson,
  RequireConsent,
  SettleReport
} from "../../contracts/moderation-commands.ts"
import { OverrideSet } from "../../contracts/policy.ts"
import { ReportSettled } from "../../contracts/report.ts"
import { keyOf } from "../../infra/actor/collection.ts"
import { everyLane } from "../../infra/actor/lanes.ts"
import { answer, type Reason, type Self } from "../../infra/actor/process-manager.ts"
import { Keyring } from "../../infra/keyring/keyring.ts"
import { waitingReports } from "./chat-commands/model.ts"
import { overrideIdOf } from "./chat-commands/ruling.ts"
import { standing } from "./chats.ts"
import { consentOf, hasOptedOut, isConsentRequired } from "./consent.ts"
import { overrideToken } from "./override-token.ts"
import { sightingOf } from "./sightings.ts"

export const moderationFacts = [
  ConsentRequired,
  ConsentGiven,
  ConsentWithdrawn,
  OptedOut,
  OptedIn,
  ReportSettled,
  OverrideSet
] as const
type Moderation = Fact<(typeof moderationFacts)[number]>

/** Answers when the actor itself obeys what it appended. */
const obey = Effect.fnUntraced(function* (
  self: Self<Moderation>,
  reason: Reason,
  facts: readonly [Moderation, ...ReadonlyArray<Moderation>]
) {
  const { sequence } = yield* self.append(reason, "answer", facts)
  yield* self.folded(sequence)
  return { generation: self.generation, sequence }
})

const unchanged = (self: Self<Moderation>) => Effect.succeed({ generation: self.generation, sequence: 0 })

/** It holds for all chats: nothing is decided in any of them meanwhile. */
const requireConsent = answer(
  RequireConsent,
  () => everyLane,
  (payload: Payload<typeof RequireConsent>, self: Self<Moderation>, reason: Reason) =>
    isConsentRequired(self.state) === payload.required
      ? unchanged(self)
      : obey(self, reason, [ConsentRequired(payload)])
)

const consentChat = answer(
  ConsentChat,
  ({ chat }, state) => standing(state, chat),
  ({ by, chat, given }: Payload<typeof ConsentChat>, self: Self<Moderation>, reason: Reason) =>
    consentOf(self.state, chat)?.given === given
      ? unchanged(self)
      : obey(self, reason, [given ? ConsentGiven({ chat, by }) : ConsentWithdrawn({ chat, by })])
)

const optOutPerson = answer(
  OptOutPerson,
  ({ chat }, state) => standing(state, chat),
  ({ out, ...who }: Payload<typeof OptOutPerson>, self: Self<Moderation>, reason: Reason) =>
    hasOptedOut(self.state, who.chat, who.person) === out
      ? unchanged(self)
      : obey(self, reason, [out ? OptedOut(who) : OptedIn(who)])
)

const refused = (command: CommandType, reason: Refused["reason"], message: string) =>
  new Refused({ command: command.command, reason, message })

/** The link that was reported, as anybody may still know it. */
const reportedUrl = Effect.fnUntraced(function* (
  self: Self<Moderation>,
  { chat, report }: Payload<typeof SettleReport>
) {
  const about = self.state.get(waitingReports, keyOf(chat, report))
  if (about === undefined)
    return yield* refused(SettleReport, "not-found", `there is no report ${report} that waits`)
  const words = sightingOf(self.state, { chat, ...about })?.value.words
  const event = words === undefined ? undefined : yield* self.event(words)
  const said =
    event?.type === "message.received" || event?.type === "message.edited"
      ? (yield* Keyring).open<Said>(event.data.said)
      : null
  return said?.links.find(({ link }) => link === about.link)?.url
})

/** A wrong warning is mended by allowing its link, in the chat that said so. */
const settleReport = answer(
  SettleReport,
  ({ chat }, state) => standing(state, chat),
  Effect.fnUntraced(function* (
    payload: Payload<typeof SettleReport>,
    self: Self<Moderation>,
    reason: Reason
  ) {
    const url = yield* reportedUrl(self, payload)
    if (payload.outcome === "right") return yield* obey(self, reason, [ReportSettled(payload)])
    const keys = (yield* Keyring).linkKeys([payload.chat])
    const token = url === undefined ? undefined : overrideToken(keys.current, "url", url)
    if (url === undefined || token === undefined)
      return yield* refused(
        SettleReport,
        "forgotten",
        "the link of this report was forgotten: it cannot be allowed"
      )
    const next = keys.next && overrideToken(keys.next.secret, "url", url)
    const override: OverrideId = overrideIdOf({
      at: yield* Clock.currentTimeMillis,
      message: payload.report
    })
    const placed = yield* obey(self, reason, [
      ReportSettled({ ...payload, override }),
      OverrideSet({
        override,
        chat: payload.chat,
        match: "url",
        token,
        ...(next === undefined ? {} : { next }),
        effect: "allow",
        by: payload.by,
        words: { pattern: url, reason: "reported as wrong" }
      })
    ])
    return { ...placed, override }
  })
)

export const moderationAnswers = [requireConsent, consentChat, optOutPerson, settleReport]
