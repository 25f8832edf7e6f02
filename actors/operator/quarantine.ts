/** `wadjet quarantine`: what a restore left open, and a person's decisions about it. */
import { Effect } from "effect"
import { CommandBus } from "../../infra/command-bus/command-bus.ts"
import type { JobId, OutboxId } from "../../contracts/ids.ts"
import {
  DecideJobs,
  DecideMessages,
  EndQuarantine,
  type HeldJob,
  type HeldMessage,
  type HeldState,
  ListHeldJobs,
  ListHeldMessages,
  type QuarantineDecision,
  quarantinePageMax
} from "../../contracts/quarantine.ts"
import { OperatorFailed } from "./failure.ts"
import { Output } from "./output.ts"
import { withSystem } from "./with-system.ts"
import { counted } from "./words.ts"

type Restored = NonNullable<(typeof ListHeldMessages)["answer"]["Type"]["restored"]>

interface Everything {
  readonly restored: Restored | null
  readonly messages: ReadonlyArray<HeldMessage>
  readonly jobs: ReadonlyArray<HeldJob>
}

/** All that is held, page by page. */
const everything = Effect.gen(function* () {
  const bus = yield* CommandBus
  const messages: Array<HeldMessage> = []
  let restored: Restored | null = null
  let behindMessage: { readonly after?: OutboxId } | undefined = {}
  while (behindMessage !== undefined) {
    const page: (typeof ListHeldMessages)["answer"]["Type"] = yield* bus.request(
      ListHeldMessages,
      behindMessage
    )
    restored = page.restored
    messages.push(...page.messages)
    behindMessage = page.next === null ? undefined : { after: page.next }
  }
  const jobs: Array<HeldJob> = []
  let behindJob: { readonly after?: JobId } | undefined = {}
  while (behindJob !== undefined) {
    const page: (typeof ListHeldJobs)["answer"]["Type"] = yield* bus.request(ListHeldJobs, behindJob)
    jobs.push(...page.jobs)
    behindJob = page.next === null ? undefined : { after: page.next }
  }
  return { restored, messages, jobs } satisfies Everything
})

const states: Readonly<Record<HeldState, string>> = {
  claimed: "may have left",
  waiting: "waited, and may have left since",
  later: "had not come due"
}

const moment = (millis: number) => new Date(millis).toISOString().replace(/\.\d+Z$/u, "Z")

const messageLine = ({ chat, gateway, kind, notBefore, outbox, priority, state, whatsApp }: HeldMessage) =>
  `${outbox}  ${priority} ${kind} to ${chat} (${gateway}), ${states[state]}, id ${whatsApp}${notBefore === null ? "" : `, not before ${moment(notBefore)}`}`

const jobLine = ({ job, planned, refused, unqueued }: HeldJob) =>
  [
    `${job}  job`,
    ...(planned === null ? [] : [`due ${moment(planned)}`]),
    ...(unqueued === 0 ? [] : [`${counted(unqueued, "message")} not handed over`]),
    ...(refused === 0 ? [] : [`${counted(refused, "refused message")} not tried again`])
  ].join(", ")

const listAll = Effect.fnUntraced(function* (json: boolean) {
  const output = yield* Output
  const { jobs, messages, restored } = yield* everything
  if (json) {
    yield* Effect.forEach(messages, (it) => output.json({ what: "message", ...it }), { discard: true })
    return yield* Effect.forEach(jobs, (it) => output.json({ what: "job", ...it }), { discard: true })
  }
  if (restored === null && jobs.length === 0) return yield* output.line("There is no quarantine.")
  if (restored !== null)
    yield* output.line(
      `Restored from ${restored.place} up to event ${restored.upTo}, ${moment(restored.at)}. Nothing is said about what was said before, until you have decided.`
    )
  yield* Effect.forEach([...messages.map(messageLine), ...jobs.map(jobLine)], output.line, { discard: true })
  return yield* output.line(
    messages.length + jobs.length === 0
      ? "Nothing waits for a decision. End the quarantine with `wadjet quarantine drop --all`."
      : "Decide with `wadjet quarantine release ID…` or `wadjet quarantine drop ID…`; --all decides about everything, and ends it."
  )
})

/** Lists what is held. */
export const listQuarantine = ({ json }: { readonly json: boolean }) => withSystem(listAll(json))

export interface DecideInput {
  readonly decision: QuarantineDecision
  readonly ids: ReadonlyArray<string>
  readonly all: boolean
  readonly json: boolean
}

const inPages = <A>(items: ReadonlyArray<A>): ReadonlyArray<ReadonlyArray<A>> =>
  Array.from({ length: Math.ceil(items.length / quarantinePageMax) }, (_, page) =>
    items.slice(page * quarantinePageMax, (page + 1) * quarantinePageMax)
  )

const by = "operator"

const decideAbout = Effect.fnUntraced(function* (
  decision: QuarantineDecision,
  messages: ReadonlyArray<HeldMessage>,
  jobs: ReadonlyArray<HeldJob>
) {
  const bus = yield* CommandBus
  let decided = 0
  for (const page of inPages(messages.map(({ outbox }) => outbox)))
    decided += (yield* bus.request(DecideMessages, { decision, outboxes: page, by })).decided
  for (const page of inPages(jobs.map(({ job }) => job)))
    decided += (yield* bus.request(DecideJobs, { decision, jobs: page, by })).decided
  return decided
})

const decide = Effect.fnUntraced(function* ({ all, decision, ids, json }: DecideInput) {
  const output = yield* Output
  const bus = yield* CommandBus
  const { jobs, messages } = yield* everything
  const wanted: ReadonlySet<string> = new Set(ids)
  const unknown = ids.filter(
    (id) => !messages.some(({ outbox }) => outbox === id) && !jobs.some(({ job }) => job === id)
  )
  if (unknown.length > 0 || (ids.length === 0 && !all))
    return yield* new OperatorFailed({
      what: "Nothing was decided",
      why: unknown.length > 0 ? `nothing that waits has the id ${unknown.join(", ")}` : "no id was named",
      next: "`wadjet quarantine list` shows what waits; --all decides about all of it.",
      exit: "usage"
    })
  const decided = yield* decideAbout(
    decision,
    all ? messages : messages.filter(({ outbox }) => wanted.has(outbox)),
    all ? jobs : jobs.filter(({ job }) => wanted.has(job))
  )
  if (all) yield* bus.request(EndQuarantine, { by })
  if (json) return yield* output.json({ decision, decided, ended: all })
  const did = decision === "release" ? "may go on" : "will not be sent"
  return yield* output.line(
    `${counted(decided, "message or job", "messages and jobs")} ${did}.${all ? " The quarantine is over." : ""}`
  )
})

/** Decides about some of it, or about all, which ends the quarantine. */
export const decideQuarantine = (input: DecideInput) => withSystem(decide(input))
