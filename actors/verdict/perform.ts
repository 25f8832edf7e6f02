/** Doing what the verdict actor's state asks for: a verdict and its notice stand or fall together. */
import { Clock, Effect } from "effect"
import type { Fact } from "../../contracts/event.ts"
import { OutboxQueued } from "../../contracts/outbox.ts"
import { OverrideExpired } from "../../contracts/policy.ts"
import {
  VerdictDecided,
  VerdictRevised,
  VerdictSuppressed,
  VerdictWithdrawn
} from "../../contracts/verdict.ts"
import { keyOf } from "../../infra/actor/collection.ts"
import type { Performed, Reason, Self } from "../../infra/actor/process-manager.ts"
import type { Work } from "../../infra/actor/state.ts"
import { Keyring, type KeyringService } from "../../infra/keyring/keyring.ts"
import type { Plan } from "./decide.ts"
import { expireWork } from "./evolve.ts"
import { messages, type Message, overrides, type Scan, scans, type Sighting, sightings } from "./model.ts"
import { openWords, queued, type Words } from "./notice.ts"
import { planFor } from "./state.ts"

export const publishes = [
  VerdictDecided,
  VerdictSuppressed,
  VerdictRevised,
  VerdictWithdrawn,
  OutboxQueued,
  OverrideExpired
] as const

export type Said = Fact<(typeof publishes)[number]>
type Facts = readonly [Said, ...ReadonlyArray<Said>]

const noticeKind = (plan: Plan): "text" | "reaction" | "correction" | "retraction" | undefined => {
  if (plan.do === "suppress") return undefined
  if (plan.do === "withdraw") return "retraction"
  if (plan.do === "revise" && plan.corrects) return "correction"
  if (plan.action === "none") return undefined
  return plan.action === "reply" ? "text" : "reaction"
}

interface Subject {
  readonly sighting: Sighting
  readonly message: Message
  readonly scan: Scan | undefined
}

/** The facts that carry out a plan. */
const factsOf = (cause: string, plan: Plan, subject: Subject, words: Words): Facts => {
  const { sighting, message, scan } = subject
  const about = {
    chat: sighting.chat,
    message: sighting.message,
    link: sighting.link,
    sender: sighting.sender
  }
  if (plan.do === "suppress")
    return [VerdictSuppressed({ ...about, level: plan.level, reason: plan.reason, basis: plan.basis })]
  const kind = noticeKind(plan)
  const level = plan.do === "revise" ? plan.to : plan.level
  const overridden = plan.do !== "withdraw" && plan.basis.override !== undefined
  const say =
    kind === undefined
      ? undefined
      : queued(cause, { kind, level, overridden }, sighting, message, words, scan)
  const notice = say === undefined ? {} : { notice: say.data.outbox }
  const rest = say === undefined ? [] : [say]
  switch (plan.do) {
    case "decide":
      return [VerdictDecided({ ...about, level, action: plan.action, basis: plan.basis, ...notice }), ...rest]
    case "revise":
      return [
        VerdictRevised({
          ...about,
          from: plan.from,
          to: level,
          action: plan.action,
          basis: plan.basis,
          ...notice
        }),
        ...rest
      ]
    case "withdraw":
      return [VerdictWithdrawn({ ...about, level, reason: plan.reason, ...notice }), ...rest]
  }
}

/** Words that were forgotten before a verdict was spoken leave a message that is as good as gone. */
const withoutWords = (plan: Plan, { sighting }: Subject): Facts => {
  const { chat, message, link, sender } = sighting
  const about = { chat, message, link, sender }
  // Nothing can be addressed to the forgotten, not even that a notice is taken back.
  if (plan.do === "withdraw") return [VerdictWithdrawn({ ...about, level: plan.level, reason: plan.reason })]
  const level = plan.do === "revise" ? plan.to : plan.level
  return [VerdictSuppressed({ ...about, level, reason: "message-gone", basis: plan.basis })]
}

const settle = Effect.fnUntraced(function* (work: Work, self: Self<Said>, keyring: KeyringService) {
  const now = yield* Clock.currentTimeMillis
  const sighting = self.state.get(sightings, work.key)
  const message = sighting && self.state.get(messages, keyOf(sighting.chat, sighting.message))
  const plan = sighting && planFor(self.state, sighting, now)
  if (sighting === undefined || message === undefined || plan === undefined) return undefined
  const subject = { sighting, message, scan: self.state.get(scans, sighting.link) }
  const words = openWords(keyring, message, subject.scan)
  const facts = words === undefined ? withoutWords(plan, subject) : factsOf(work.cause, plan, subject, words)
  yield* self.append(reasonOf(work), `settle:${work.key}`, facts)
  return undefined
})

const reasonOf = (work: Work): Reason => ({ cause: work.cause, correlation: work.correlation })

const expire = Effect.fnUntraced(function* (work: Work, self: Self<Said>) {
  const override = self.state.get(overrides, work.key.split("/")[1]!)
  if (override === undefined) return undefined
  const scope = override.chat === undefined ? {} : { chat: override.chat }
  yield* self.append(reasonOf(work), work.key, [OverrideExpired({ override: override.override, ...scope })])
  return undefined
})

export const perform = Effect.fnUntraced(function* (work: Work, self: Self<Said>) {
  const keyring = yield* Keyring
  const done: Performed = yield* work.kind === expireWork ? expire(work, self) : settle(work, self, keyring)
  return done
})
