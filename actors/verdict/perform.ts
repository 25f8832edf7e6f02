/** Doing what the verdict actor's state asks for: each verdict is one fact, which carries its notice. */
import { Clock, Effect } from "effect"
import { ConsentAsked, WordsExpired } from "../../contracts/consent.ts"
import { DeletionDecided } from "../../contracts/deletion.ts"
import type { Fact } from "../../contracts/event.ts"
import { mentionsMax } from "../../contracts/outbox.ts"
import { OverrideExpired } from "../../contracts/policy.ts"
import {
  VerdictDecided,
  VerdictDeferred,
  VerdictRevised,
  VerdictSummarised,
  VerdictSuppressed,
  VerdictWithdrawn
} from "../../contracts/verdict.ts"
import type { Performed, Reason, Self } from "../../infra/actor/process-manager.ts"
import type { Work } from "../../infra/actor/state.ts"
import { LogUnavailable } from "../../infra/event-log/event-log.ts"
import { Keyring } from "../../infra/keyring/keyring.ts"
import { askConsent } from "./ask-consent.ts"
import { commandPublishes } from "./chat-commands/asked.ts"
import { admins, commandWork } from "./chat-commands/model.ts"
import { performCommand } from "./chat-commands/perform.ts"
import { policyOf } from "./chats.ts"
import { consentWork } from "./consent.ts"
import { deletionWork, performDeletion } from "./deletion.ts"
import type { Plan } from "./decide.ts"
import { keepWork, performKeeping } from "./keep-for.ts"
import { overrides, parseSightingKey, type Sighting } from "./model.ts"
import { summaryWork } from "./open-summary.ts"
import { expireWork } from "./override-fold.ts"
import { openWords, type Sources, type Telling, tellingOf, type Wanted } from "./notice.ts"
import { overdueOn, runOut } from "./run-out.ts"
import { isBelated } from "./belated.ts"
import { scanOf } from "./scans.ts"
import { sightingOf } from "./sightings.ts"
import { slotOf } from "./slot.ts"
import { summarise } from "./summary.ts"
import { planFor } from "./state.ts"
import { callOff, callOffWork } from "./unsent.ts"

export const publishes = [
  VerdictDecided,
  VerdictSuppressed,
  VerdictDeferred,
  VerdictRevised,
  VerdictWithdrawn,
  VerdictSummarised,
  OverrideExpired,
  ConsentAsked,
  DeletionDecided,
  WordsExpired,
  ...commandPublishes
] as const

export type Said = Fact<(typeof publishes)[number]>

/** A plan that is carried out by saying something, if only to the log. */
type Saying = Exclude<Plan, { readonly do: "wait" }>

const asOf = { reply: "reply", short: "short", react: "reaction" } as const

/** What is to be said to carry out a plan, or `undefined` where a fact says it all. */
const wantedOf = (plan: Saying, isBelated: boolean): Wanted | undefined => {
  switch (plan.do) {
    case "suppress":
    case "defer":
      return undefined
    case "withdraw":
      return { as: "unsaying", isGone: true, level: plan.level, overridden: false, isBelated }
    case "decide":
    case "revise": {
      const level = plan.do === "revise" ? plan.to : plan.level
      const overridden = plan.basis.override !== undefined
      const about = { isGone: false, level, overridden, isBelated }
      if (plan.action !== "none") return { as: asOf[plan.action], ...about }
      return plan.do === "revise" && plan.corrects ? { as: "unsaying", ...about } : undefined
    }
  }
}

const aboutOf = ({ chat, link, message, sender }: Sighting) => ({ chat, message, link, sender })

/** The fact that carries out a plan, with the notice that tells of it. */
const factOf = (plan: Saying, sighting: Sighting, telling: Telling | undefined): Said => {
  const about = aboutOf(sighting)
  switch (plan.do) {
    case "suppress": {
      const { basis, level, reason, would } = plan
      return VerdictSuppressed({ ...about, level, reason, basis, ...(would === undefined ? {} : { would }) })
    }
    case "defer":
      return VerdictDeferred({ ...about, level: plan.level, until: plan.until, basis: plan.basis })
    case "decide":
      return VerdictDecided({
        ...about,
        level: plan.level,
        action: plan.action,
        basis: plan.basis,
        ...telling
      })
    case "revise": {
      const { action, basis, from, to } = plan
      return VerdictRevised({ ...about, from, to, action, basis, ...telling })
    }
    case "withdraw":
      return VerdictWithdrawn({ ...about, level: plan.level, reason: plan.reason, ...telling })
  }
}

/** Words that were forgotten before a verdict was spoken leave a message that is as good as gone. */
const withoutWords = (plan: Saying, sighting: Sighting): Said => {
  const about = aboutOf(sighting)
  // Nothing can be addressed to the forgotten, not even that a notice is taken back.
  if (plan.do === "withdraw") return VerdictWithdrawn({ ...about, level: plan.level, reason: plan.reason })
  const level = plan.do === "revise" ? plan.to : plan.level
  return VerdictSuppressed({ ...about, level, reason: "message-gone", basis: plan.basis })
}

/** The events that a notice is made from. */
const sourcesOf = Effect.fnUntraced(function* (self: Self<Said>, { link, words }: Sighting) {
  const scan = scanOf(self.state, link)
  const [message, scanned] = yield* Effect.all(
    [self.event(words), scan === undefined ? Effect.undefined : self.event(scan.sequence)],
    { concurrency: "unbounded" }
  )
  if (message?.type !== "message.received" && message?.type !== "message.edited")
    return yield* new LogUnavailable({
      operation: "show the words of a message",
      message: `expected a message at ${words} of the log, found ${message?.type ?? "nothing"}`
    })
  return { message, scan: scanned?.type === "scan.completed" ? scanned : undefined } satisfies Sources
})

/** The fact that says what is to be said; the words are fetched, and opened, only where there is a need of them. */
const speak = Effect.fnUntraced(function* (
  cause: string,
  plan: Saying,
  sighting: Sighting,
  now: number,
  self: Self<Said>
) {
  const wanted = wantedOf(plan, isBelated(self.state, sighting, now))
  if (wanted === undefined) return factOf(plan, sighting, undefined)
  const words = openWords(yield* Keyring, yield* sourcesOf(self, sighting))
  const { language, notifyAdmins } = policyOf(self.state, sighting.chat).settings
  return words === undefined
    ? withoutWords(plan, sighting)
    : factOf(
        plan,
        sighting,
        tellingOf(
          cause,
          wanted,
          sighting,
          words,
          slotOf(self.state, sighting),
          language,
          notifyAdmins ? (self.state.get(admins, sighting.chat) ?? []).slice(0, mentionsMax) : []
        )
      )
})

const settle = Effect.fnUntraced(function* (work: Work, self: Self<Said>) {
  const now = yield* Clock.currentTimeMillis
  const sighting = sightingOf(self.state, parseSightingKey(work.key))?.value
  if (sighting === undefined) return undefined
  const overdue = overdueOn(self.state, sighting, now)
  if (overdue !== undefined) return yield* runOut(overdue, self)
  const plan = planFor(self.state, sighting, now)
  if (plan === undefined || plan.do === "wait") return undefined
  const fact = yield* speak(work.cause, plan, sighting, now, self)
  yield* self.append(reasonOf(work), `settle:${work.key}`, [fact])
  return undefined
})

const reasonOf = (work: Work): Reason => ({ cause: work.cause, correlation: work.correlation })

const expire = Effect.fnUntraced(function* (work: Work, self: Self<Said>) {
  const override = self.state.get(overrides, work.key.split("/")[1]!)
  return override === undefined ? undefined : yield* runOut(override, self)
})

export const perform = Effect.fnUntraced(function* (work: Work, self: Self<Said>) {
  if (work.kind === commandWork) return yield* performCommand(work, self)
  if (work.kind === deletionWork) return yield* performDeletion(work, self)
  if (work.kind === keepWork) return yield* performKeeping(work, self)
  if (work.kind === consentWork) return yield* askConsent(work, self)
  if (work.kind === summaryWork) return yield* summarise(work, self)
  if (work.kind === callOffWork) return yield* callOff(work, self)
  const done: Performed = yield* work.kind === expireWork ? expire(work, self) : settle(work, self)
  return done
})
