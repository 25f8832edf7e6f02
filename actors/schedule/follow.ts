/** What follows from a firing: the rest of a long occurrence is queued, what was called off is cancelled, an end is told. */
import { Clock, Effect } from "effect"
import { CallOffMessages, calledOffMax } from "../../contracts/schedule-commands.ts"
import type { Refused } from "../../contracts/command.ts"
import type { Fact } from "../../contracts/event.ts"
import type { ChatId, JobId, OutboxId } from "../../contracts/ids.ts"
import type { OutboxQueued } from "../../contracts/outbox.ts"
import {
  JobCompleted,
  occurrenceCause,
  OccurrenceFinished,
  OccurrenceHandedOver
} from "../../contracts/schedule.ts"
import { CommandBus, type Unanswered } from "../../infra/command-bus/command-bus.ts"
import type { Caused, Reason, Self } from "../../infra/actor/process-manager.ts"
import type { StateReader, Work } from "../../infra/actor/state.ts"
import { Keyring } from "../../infra/keyring/keyring.ts"
import { makeCommits } from "./commits.ts"
import { occurrenceIn } from "./fold-occurrences.ts"
import { messagesPerCommit } from "./fire.ts"
import { messagesOf } from "./messages-of.ts"
import { ended, firedFor, jobs, type Occurrence, running, sendings } from "./model.ts"
import { hasRetries } from "./open.ts"
import { isOptedOut } from "./opt-outs.ts"
import { isTriedAgain } from "./retry.ts"
import { partsBetween } from "./sendings.ts"

export const followPublishes = [OccurrenceHandedOver, OccurrenceFinished, JobCompleted] as const
export type Following = Fact<(typeof followPublishes)[number] | typeof OutboxQueued>

/** How many chats are asked about at once when a job is called off. */
const chatsAtOnce = 32

/** After how long a calling off that nobody answered is tried again. */
const askAgainMillis = 2_000

const reasonOf = (work: Work): Reason => ({ cause: work.cause, correlation: work.correlation })

/**
 * The next piece is queued in one commit with the fact that says so, which expects the job not to be called off.
 * Whoever opted out meanwhile gets nothing of it.
 */
export const handOver = Effect.fnUntraced(function* (work: Work, self: Self<Following>) {
  const key = occurrenceIn(work.key)
  const it = self.state.get(running, key)
  if (it === undefined) return undefined
  const { job, planned } = it
  const queued = Math.min(it.total, it.queued + messagesPerCommit)
  const recipients = self.state.get(firedFor, key) ?? []
  const keyring = yield* Keyring
  const optedOut = partsBetween(it, recipients, it.queued, queued).flatMap(({ recipient }, index) =>
    isOptedOut(self.state, keyring.pseudonymsOf(recipient.chat)) ? [it.queued + index] : []
  )
  const fact = OccurrenceHandedOver({
    job,
    planned,
    queued,
    ...(optedOut.length === 0 ? {} : { optedOut })
  })
  const messages = messagesOf(self.state, keyring, it, recipients, it.queued, queued)
  yield* self.appendEach(reasonOf(work), [
    { cause: occurrenceCause(job, planned), part: `handed-over:${queued}`, fact },
    ...messages.filter((_, index) => !optedOut.includes(it.queued + index))
  ])
  return undefined
})

/** Occurrences whose end is told in one piece of work. */
const endedAtOnce = 500

/** The facts by which an occurrence ends, and its job with it where it was the last. */
const endOf = (state: StateReader, it: Occurrence): ReadonlyArray<Caused<Following>> => {
  const { cancelled, failed, job, planned, sent } = it
  const known = state.get(jobs, job)
  const cause = occurrenceCause(job, planned)
  const fact = OccurrenceFinished({ job, planned, sent, failed, cancelled })
  const isLast =
    known?.status === "active" &&
    known.next === null &&
    state.first(running, `${job}/`, 2).length === 1 &&
    !isTriedAgain(known.policies, it) &&
    !hasRetries(state, job)
  return [
    { cause, part: "finished", fact },
    ...(isLast ? [{ cause, part: "completed", fact: JobCompleted({ job }) }] : [])
  ]
}

/** Says of the occurrences that ended that they did: of each job one at a time, so that the last one is known. */
export const makeFinish = () => {
  const commit = makeCommits<Following>()
  return Effect.fnUntraced(function* (work: Work, self: Self<Following>) {
    const { state } = self
    const byJob = new Map<JobId, Occurrence>()
    for (const [key] of state.first(ended, "", endedAtOnce)) {
      const it = state.get(running, key)
      if (it !== undefined && !byJob.has(it.job)) byJob.set(it.job, it)
    }
    yield* commit(
      self,
      reasonOf(work),
      [...byJob.values()].map((it) => endOf(state, it))
    )
    return undefined
  })
}

interface Waiting {
  readonly chat: ChatId
  readonly outboxes: ReadonlyArray<OutboxId>
  readonly after: number
}

/** The messages of an occurrence that no outcome is known of, by chat. */
const waitingOf = (state: StateReader, key: string, it: Occurrence): ReadonlyArray<Waiting> => {
  const byChat = new Map<ChatId, Array<OutboxId>>()
  for (const { outbox, recipient } of partsBetween(it, state.get(firedFor, key) ?? [], 0, it.queued)) {
    const sending = state.get(sendings, outbox)
    if (sending === undefined || sending.ended === true) continue
    byChat.set(recipient.chat, [...(byChat.get(recipient.chat) ?? []), outbox])
  }
  return [...byChat].flatMap(([chat, outboxes]) =>
    Array.from({ length: Math.ceil(outboxes.length / calledOffMax) }, (_, piece) => ({
      chat,
      outboxes: outboxes.slice(piece * calledOffMax, (piece + 1) * calledOffMax),
      after: it.queuedBy
    }))
  )
}

export interface CalledOff {
  /** How many messages had left, of how many that were queued. */
  readonly left: number
  readonly of: number
}

/**
 * Has whatever waits of the occurrences that were called off be cancelled by the one who would claim it. When this
 * succeeds, each message of theirs is settled: it had left, or never will.
 */
export const callOffAll = Effect.fnUntraced(function* (
  state: StateReader,
  job: JobId,
  by: string
): Effect.fn.Return<CalledOff, Unanswered | Refused, CommandBus> {
  const bus = yield* CommandBus
  const before = state.get(jobs, job)?.calledOff ?? { left: 0, of: 0 }
  const under = state.walk(running, `${job}/`).filter(([, it]) => it.calledOff === true)
  const known = under.reduce((sum, [, it]) => sum + it.sent, before.left)
  const of = under.reduce((sum, [, it]) => sum + it.total, before.of)
  const waiting = under.flatMap(([key, it]) => waitingOf(state, key, it))
  const answers = yield* Effect.forEach(waiting, (it) => bus.request(CallOffMessages, { ...it, by }), {
    concurrency: chatsAtOnce
  })
  return { left: answers.reduce((sum, { left }) => sum + left, known), of }
})

/** Whoever asked may have gone before it was done: it is done all the same. */
export const callOff = Effect.fnUntraced(function* (work: Work, self: Self<Following>) {
  const it = self.state.get(running, occurrenceIn(work.key))
  if (it === undefined) return undefined
  const done = yield* Effect.result(callOffAll(self.state, it.job, "system"))
  // The facts by which its entries end close this work.
  if (done._tag === "Success") return undefined
  yield* Effect.logWarning("what was called off is not settled yet", { error: done.failure.message })
  return { later: (yield* Clock.currentTimeMillis) + askAgainMillis }
})
