/**
 * What a restore leaves open, as the WhatsApp actor folds it. What was claimed or waited at the end of the copy may
 * have left since, and so may whatever follows from what was said before the restore: all of it is held, each under
 * its own id, until a person has decided. What is said from then on is told of as ever.
 */
import type { RecordedOf } from "../../../contracts/catalogue.ts"
import type { OutboxId } from "../../../contracts/ids.ts"
import type { HeldState } from "../../../contracts/quarantine.ts"
import type { Queueing } from "../../../contracts/queued-entry.ts"
import { collection, keyOf } from "../../../infra/actor/collection.ts"
import type { State, StateReader } from "../../../infra/actor/state.ts"
import { known, outbox, type OutboxEntry } from "../model.ts"

export interface Restored {
  readonly from: string
  readonly upTo: number
  readonly place: string
  /** In milliseconds since the epoch. */
  readonly at: number
}

/** One entry, while the quarantine of a restore is open. */
const restored = collection<Restored>("restored")
/** One entry, once a log was restored, for ever. */
const everRestored = collection<true>("ever-restored")
/** By outbox id: what waits for a decision. */
export const held = collection<HeldState>("held")
/** By chat and message: said before the restore, although it is in the log after it. */
const saidBefore = collection<true>("said-before")

export const quarantineOf = (state: StateReader): Restored | undefined => state.get(restored, "")

const hold = (state: State, entry: OutboxEntry, how: HeldState) => {
  state.put(outbox, entry.outbox, { ...entry, held: how })
  state.put(held, entry.outbox, how)
  state.close(entry.outbox)
}

/** Is held no more, whatever is decided about it. */
export const unhold = (state: State, id: OutboxId) => state.drop(held, id)

/** As many parts as the outbox is gone through in, so that never all of it is in memory. */
const parts = Array.from({ length: 256 }, (_, part) => part.toString(16).padStart(2, "0"))

export const foldRestored = (state: State, { data }: RecordedOf<"backup.restored">): void => {
  state.put(restored, "", data)
  state.put(everRestored, "", true)
  for (const part of parts)
    for (const [, entry] of state.walk(outbox, part)) {
      if (entry.status === "claimed") hold(state, entry, "claimed")
      if (entry.status === "queued")
        hold(state, entry, (entry.notBefore ?? 0) > data.at ? "later" : "waiting")
    }
}

/** A message that is heard only now may have been heard, and warned about, in the moments that were lost. */
export const foldSaidBefore = (state: State, { data }: RecordedOf<"message.received">): void => {
  const open = quarantineOf(state)
  if (open !== undefined && data.sentAt <= open.at)
    state.put(saidBefore, keyOf(data.chat, data.message), true)
}

const isFromBefore = (state: StateReader, { upTo }: Restored, { chat, message }: OutboxEntry): boolean => {
  if (message === undefined) return false
  const key = keyOf(chat, message)
  const it = state.get(known, key)
  const newest = Math.max(it?.sequence ?? 0, it?.edit?.sequence ?? 0)
  return newest <= upTo || state.get(saidBefore, key) === true
}

/** Nothing tells when what a verdict's actor says of no message began. Jobs are held by the schedule. */
const isUndated = ({ source, type }: Queueing, { message }: OutboxEntry): boolean =>
  message === undefined && (type !== "outbox.queued" || source.endsWith("/verdict"))

/**
 * What a job says may be of an occurrence from before, which fires when somebody has decided about the job: it has the
 * id that it left under, if it left.
 */
export const mayHaveLeft = (state: StateReader, { type }: Queueing): boolean =>
  type === "outbox.queued" && state.get(everRestored, "") === true

/** Holds an entry that was just queued, where it may have left before the restore, and answers whether it did. */
export const holdQueued = (state: State, event: Queueing, entry: OutboxEntry): boolean => {
  const open = quarantineOf(state)
  if (open === undefined || !(isFromBefore(state, open, entry) || isUndated(event, entry))) return false
  hold(state, entry, "waiting")
  return true
}

export const foldEnded = (state: State): void => {
  state.drop(restored, "")
  for (const [key] of state.walk(saidBefore, "")) state.drop(saidBefore, key)
}
