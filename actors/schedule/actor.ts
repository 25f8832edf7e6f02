/** The schedule actor: jobs that fire on time, and the contacts that they name. */
import { Effect } from "effect"
import type { Fact } from "../../contracts/event.ts"
import { OutboxQueued } from "../../contracts/outbox.ts"
import {
  type ActError,
  type Performed,
  processManager,
  type Self
} from "../../infra/actor/process-manager.ts"
import type { Work } from "../../infra/actor/state.ts"
import type { CommandBus } from "../../infra/command-bus/command-bus.ts"
import type { Keyring } from "../../infra/keyring/keyring.ts"
import { fireWork } from "./arm.ts"
import { chatJobs } from "./chat-jobs.ts"
import { contactAnswers, contactFacts } from "./contact-commands.ts"
import { evolve, listens } from "./evolve.ts"
import { firePublishes, makeFireDue } from "./fire.ts"
import { callOffWork, handOverWork } from "./fold-occurrences.ts"
import { callOff, followPublishes, handOver, makeFinish } from "./follow.ts"
import { jobAnswers, jobFacts } from "./job-commands.ts"
import { occurrenceAnswers } from "./occurrence-commands.ts"
import { obeyOptOut, obeyOptOutWork } from "./opt-outs.ts"
import { put } from "./put-job.ts"
import { duplicate } from "./duplicate-job.ts"
import { quarantineAnswers, quarantineFacts } from "./quarantine/decide.ts"
import { replanAll } from "./replan.ts"
import { retry, retryWork } from "./retry.ts"

/** Work under way at once: firing, which is one piece for all jobs, and what follows from it. */
const slots = [1, 16]

const publishes = [
  ...jobFacts,
  ...contactFacts,
  ...firePublishes,
  ...followPublishes,
  ...quarantineFacts,
  OutboxQueued
] as const
type Published = Fact<(typeof publishes)[number]>

type Perform = (work: Work, self: Self<Published>) => Effect.Effect<Performed, ActError, CommandBus | Keyring>

const makePerform = (): Perform => {
  const fireDue = makeFireDue()
  const finish = makeFinish()
  return (work, self) => {
    if (work.kind === fireWork) return fireDue(work, self)
    if (work.kind === handOverWork) return handOver(work, self)
    if (work.kind === retryWork) return retry(work, self)
    if (work.kind === obeyOptOutWork) return obeyOptOut(work, self)
    return work.kind === callOffWork ? callOff(work, self) : finish(work, self)
  }
}

export const schedule = processManager({
  name: "schedule",
  version: 4,
  owns: ["schedule", "contact"],
  listens,
  publishes,
  slots,
  evolve,
  perform: makePerform(),
  answers: [
    ...jobAnswers,
    put,
    duplicate,
    chatJobs,
    ...occurrenceAnswers,
    ...contactAnswers,
    ...quarantineAnswers
  ],
  beside: replanAll
})
