/** All that a restore left open, page by page, and the decision about it. */
import { Effect } from "effect"
import type { JobId, OutboxId } from "../../../contracts/ids.ts"
import {
  DecideJobs,
  DecideMessages,
  EndQuarantine,
  type HeldJob,
  type HeldMessage,
  ListHeldJobs,
  ListHeldMessages,
  type QuarantineDecision,
  quarantinePageMax
} from "../../../contracts/quarantine.ts"
import { CommandBus } from "../../../infra/command-bus/command-bus.ts"
import { askAgain } from "./ask-again.ts"

export const heldNow = Effect.gen(function* () {
  const bus = yield* CommandBus
  const messages: Array<HeldMessage> = []
  let behindMessage: { readonly after?: OutboxId } | undefined = {}
  while (behindMessage !== undefined) {
    const page: (typeof ListHeldMessages)["answer"]["Type"] = yield* askAgain(
      bus.request(ListHeldMessages, behindMessage)
    )
    messages.push(...page.messages)
    behindMessage = page.next === null ? undefined : { after: page.next }
  }
  const jobs: Array<HeldJob> = []
  let behindJob: { readonly after?: JobId } | undefined = {}
  while (behindJob !== undefined) {
    const page: (typeof ListHeldJobs)["answer"]["Type"] = yield* askAgain(
      bus.request(ListHeldJobs, behindJob)
    )
    jobs.push(...page.jobs)
    behindJob = page.next === null ? undefined : { after: page.next }
  }
  return { messages, jobs }
})

/** In pages of so many at most. */
const pagesOf = <A>(items: ReadonlyArray<A>, max: number): ReadonlyArray<ReadonlyArray<A>> =>
  Array.from({ length: Math.ceil(items.length / max) }, (_, page) =>
    items.slice(page * max, (page + 1) * max)
  )

/** Decides about all that is held, and ends the quarantine. */
export const decideAll = Effect.fnUntraced(function* (
  decision: QuarantineDecision,
  { jobs, messages }: Effect.Success<typeof heldNow>
) {
  const bus = yield* CommandBus
  const by = "operator"
  for (const page of pagesOf(messages, quarantinePageMax))
    yield* askAgain(bus.request(DecideMessages, { decision, outboxes: page.map(({ outbox }) => outbox), by }))
  for (const page of pagesOf(jobs, quarantinePageMax))
    yield* askAgain(bus.request(DecideJobs, { decision, jobs: page.map(({ job }) => job), by }))
  yield* askAgain(bus.request(EndQuarantine, { by }))
})
