/** Finding out what was added to the log, without a reader: by a few look-ups that the leader answers. */
import { JetStreamApiError } from "@nats-io/jetstream"
import { type EventName, eventTypeOf } from "../../contracts/catalogue.ts"
import type { AccountId } from "../../contracts/ids.ts"
import { contextFilter, eventFilter } from "../../contracts/subjects.ts"
import { eventStream } from "../../contracts/streams.ts"
import type { NatsService } from "../nats/connection.ts"
import { messageNotFound } from "./jetstream-append.ts"

/**
 * The first sequence from one on under a subject filter. A direct look-up is answered by any replica, which may not
 * have yet what the leader has acknowledged.
 */
const findNext = async ({ manager }: NatsService, filter: string, from: number) => {
  try {
    // The client's type of what the leader is asked does not know this, which the server takes.
    const wanted = { seq: from, next_by_subj: filter }
    return (await manager.streams.getMessage(eventStream.name, wanted))?.seq
  } catch (cause) {
    if (cause instanceof JetStreamApiError && cause.code === messageNotFound) return undefined
    throw cause
  }
}

/** Steps from one to the next: from the newest there is none. */
const findLast = async (nats: NatsService, filter: string, from: number): Promise<number> => {
  let last = 0
  for (;;) {
    const next = await findNext(nats, filter, Math.max(from, last + 1))
    if (next === undefined) return last
    last = next
  }
}

/** `lastAmong` of the event log. */
export const findLastAmong = async (
  nats: NatsService,
  account: AccountId,
  events: ReadonlyArray<EventName>,
  from: number
): Promise<number> => {
  const types = events.map((name) => eventTypeOf(name)!)
  const contexts = [...new Set(types.map(({ context }) => context))]
  const firsts = await Promise.all(contexts.map((it) => findNext(nats, contextFilter(account, it), from)))
  const added = contexts.filter((_, index) => firsts[index] !== undefined)
  const lasts = await Promise.all(
    types
      .filter(({ context }) => added.includes(context))
      .map(({ context, event }) => findLast(nats, eventFilter(account, context, event), from))
  )
  return Math.max(0, ...lasts)
}
