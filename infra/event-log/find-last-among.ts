/** Finding out what was added to the log, without a reader: by a few look-ups that the leader answers. */
import { type EventName, eventTypeOf } from "../../contracts/catalogue.ts"
import type { AccountId } from "../../contracts/ids.ts"
import { contextFilter, eventFilter } from "../../contracts/subjects.ts"
import { eventStream } from "../../contracts/streams.ts"
import { type Ask, askOver } from "../nats/ask.ts"
import type { NatsService } from "../nats/connection.ts"
import { messageNotFound } from "./jetstream-append.ts"

/** How long the leader may take to answer. */
const answerTimeoutMillis = 5_000

interface Found {
  readonly message?: { readonly seq: number }
  readonly error?: { readonly err_code: number; readonly description: string }
}

/**
 * The first sequence from one on under a subject filter. A direct look-up is answered by any replica, which may not
 * have yet what the leader has acknowledged. Mostly there is none, for which the client would make an error.
 */
const findNext = async (ask: Ask, filter: string, from: number) => {
  const wanted = JSON.stringify({ seq: from, next_by_subj: filter })
  const answer = await ask(`$JS.API.STREAM.MSG.GET.${eventStream.name}`, wanted, {
    timeoutMillis: answerTimeoutMillis
  })
  const { error, message } = answer.json<Found>()
  if (error !== undefined && error.err_code !== messageNotFound) throw new Error(error.description)
  return message?.seq
}

/** Steps from one to the next: from the newest there is none. */
const findLast = async (ask: Ask, filter: string, from: number): Promise<number> => {
  let last = 0
  for (;;) {
    const next = await findNext(ask, filter, Math.max(from, last + 1))
    if (next === undefined) return last
    last = next
  }
}

/** `lastAmong` of the event log. */
export const findLastAmong = async (
  { connection }: NatsService,
  account: AccountId,
  events: ReadonlyArray<EventName>,
  from: number
): Promise<number> => {
  const ask = askOver(connection)
  const types = events.map((name) => eventTypeOf(name)!)
  const contexts = [...new Set(types.map(({ context }) => context))]
  const firsts = await Promise.all(contexts.map((it) => findNext(ask, contextFilter(account, it), from)))
  const added = contexts.filter((_, index) => firsts[index] !== undefined)
  const lasts = await Promise.all(
    types
      .filter(({ context }) => added.includes(context))
      .map(({ context, event }) => findLast(ask, eventFilter(account, context, event), from))
  )
  return Math.max(0, ...lasts)
}
