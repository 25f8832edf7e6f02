/**
 * Calling messages off, in the lane in which they would be claimed: in the end each of them had left, or never will.
 * What was claimed and has no outcome is found out about first, and is not written again meanwhile.
 */
import { Effect } from "effect"
import { Refused } from "../../../contracts/command.ts"
import type { Payload } from "../../../contracts/command.ts"
import type { Fact } from "../../../contracts/event.ts"
import type { ChatId, OutboxId } from "../../../contracts/ids.ts"
import { OutboxCancelled } from "../../../contracts/outbox.ts"
import { CallOffMessages } from "../../../contracts/schedule-commands.ts"
import { answer, type Reason, type Self } from "../../../infra/actor/process-manager.ts"
import type { StateReader } from "../../../infra/actor/state.ts"
import { Gateways } from "../gateway.ts"
import { outbox, type OutboxEntry } from "../model.ts"

/** Who called off claims of which nobody knows yet what became of them. Who asks again, as the schedule does, fills it anew. */
export type ToBeCalledOff = Map<OutboxId, string>

const refused = (reason: Refused["reason"], message: string) =>
  new Refused({ command: CallOffMessages.command, reason, message })

/** The entries of a request, all of which are messages to that chat that the log holds. */
const entriesOf = (
  state: StateReader,
  { after, chat, outboxes }: Payload<typeof CallOffMessages>
): Effect.Effect<ReadonlyArray<OutboxEntry>, Refused> => {
  const known = outboxes.flatMap((id) => state.get(outbox, id) ?? [])
  const strange = known.find((entry) => entry.chat !== chat)
  if (known.length === outboxes.length && strange === undefined) return Effect.succeed(known)
  const found = strange === undefined ? "some that were not" : "one to another chat"
  return Effect.fail(
    refused("not-found", `expected messages to the chat ${chat} that were queued by ${after}, found ${found}`)
  )
}

type Fate = "waits" | "left" | "unknown" | "over"

const fateOf = Effect.fnUntraced(function* ({ claim, gateway: name, status }: OutboxEntry) {
  if (status === "queued" || status === "sent") return status === "queued" ? "waits" : "left"
  if (status !== "claimed" || claim === undefined) return "over"
  const gateway = (yield* Gateways)[name]
  if (gateway === undefined) return "unknown"
  const has = yield* gateway.has(claim.whatsApp).pipe(Effect.orElseSucceed(() => "unknown" as const))
  if (has === "unknown") return "unknown"
  return has === "yes" ? "left" : "waits"
})

const cancelled = (chat: ChatId, id: OutboxId, by: string) =>
  OutboxCancelled({ chat, outbox: id, reason: "requested", by })

/** The end of a claim that was called off, once it is known that the other side does not have the message. */
export const takeBack = (
  toBeCalledOff: ToBeCalledOff,
  entry: Pick<OutboxEntry, "chat" | "outbox">
): Fact<typeof OutboxCancelled> | undefined => {
  const by = toBeCalledOff.get(entry.outbox)
  return by === undefined ? undefined : cancelled(entry.chat, entry.outbox, by)
}

/** What is claimed and known to have left is counted; its outcome is for the work that is open for the claim. */
export const makeCallOff = (toBeCalledOff: ToBeCalledOff) =>
  answer(
    CallOffMessages,
    ({ chat }) => chat,
    Effect.fnUntraced(function* (
      payload: Payload<typeof CallOffMessages>,
      self: Self<Fact<typeof OutboxCancelled>>,
      reason: Reason
    ) {
      const { after, by, chat } = payload
      yield* self.folded(after)
      const entries = yield* entriesOf(self.state, payload)
      const fates = new Map<OutboxId, Fate>()
      for (const entry of entries) fates.set(entry.outbox, yield* fateOf(entry))
      const of = (fate: Fate) => [...fates.keys()].filter((id) => fates.get(id) === fate)
      for (const [id, fate] of fates)
        if (fate === "unknown") toBeCalledOff.set(id, by)
        else toBeCalledOff.delete(id)
      const [first, ...more] = of("waits").map((id) => cancelled(chat, id, by))
      let sequence = 0
      if (first !== undefined) {
        // What is refused because a claim was faster runs again on what the log holds then.
        const appended = yield* self.append(reason, `call off ${first.data.outbox}`, [first, ...more])
        sequence = appended.sequence
        yield* self.folded(sequence)
      }
      const unknown = of("unknown").length
      if (unknown > 0)
        return yield* refused(
          "unavailable",
          `${unknown} of its messages ${unknown === 1 ? "was" : "were"} being sent, and WhatsApp has not said yet whether it has ${unknown === 1 ? "it" : "them"}`
        )
      return { generation: self.generation, sequence, left: of("left").length }
    })
  )
