/** What the WhatsApp actor answers about what a restore left open. */
import { Clock, Effect } from "effect"
import { type Payload, Refused } from "../../../contracts/command.ts"
import type { Fact } from "../../../contracts/event.ts"
import { hashOf, type OutboxId, whatsAppIdOf } from "../../../contracts/ids.ts"
import { OutboxCancelled } from "../../../contracts/outbox.ts"
import {
  DecideMessages,
  EndQuarantine,
  type HeldMessage,
  ListHeldMessages,
  OutboxReleased,
  QuarantineEnded,
  quarantinePageMax
} from "../../../contracts/quarantine.ts"
import { answer, type Reason, type Self } from "../../../infra/actor/process-manager.ts"
import { everyLane } from "../../../infra/actor/lanes.ts"
import type { StateReader } from "../../../infra/actor/state.ts"
import { outbox } from "../model.ts"
import { held, quarantineOf } from "./fold.ts"

export const quarantineFacts = [OutboxReleased, OutboxCancelled, QuarantineEnded] as const
type Decided = Fact<(typeof quarantineFacts)[number]>

const messageOf = (state: StateReader, id: string): ReadonlyArray<HeldMessage> => {
  const entry = state.get(outbox, id)
  if (entry?.held === undefined) return []
  const { chat, claim, gateway, held: how, kind, notBefore = null, outbox: own, priority } = entry
  const whatsApp = how === "claimed" && claim !== undefined ? claim.whatsApp : whatsAppIdOf(own)
  return [{ outbox: own, chat, gateway, kind, priority, state: how, whatsApp, notBefore }]
}

/** The keys behind one, as far as one answer goes, and whether there are more. */
const pageBehind = (keys: ReadonlyArray<string>, after: string | undefined) => {
  const behind = after === undefined ? keys : keys.filter((key) => key > after)
  return { page: behind.slice(0, quarantinePageMax), isLast: behind.length <= quarantinePageMax }
}

const list = answer(
  ListHeldMessages,
  () => "quarantine",
  Effect.fnUntraced(function* ({ after }: Payload<typeof ListHeldMessages>, self: Self<Decided>) {
    yield* Effect.void
    const keys = self.state.walk(held, "").map(([key]) => key)
    const { isLast, page } = pageBehind(keys, after)
    return {
      generation: self.generation,
      sequence: 0,
      restored: quarantineOf(self.state) ?? null,
      messages: page.flatMap((id) => messageOf(self.state, id)),
      next: isLast ? null : (page.at(-1) as OutboxId)
    }
  })
)

const factOf = (
  { decision, by }: Payload<typeof DecideMessages>,
  { chat, outbox: id }: HeldMessage
): Decided =>
  decision === "release"
    ? OutboxReleased({ chat, outbox: id, by })
    : OutboxCancelled({ chat, outbox: id, reason: "quarantined", by })

const decide = answer(
  DecideMessages,
  () => everyLane,
  Effect.fnUntraced(function* (payload: Payload<typeof DecideMessages>, self: Self<Decided>, reason: Reason) {
    const wanted = payload.outboxes.flatMap((id) => messageOf(self.state, id))
    const [first, ...more] = wanted.map((it) => factOf(payload, it))
    if (first === undefined) return { generation: self.generation, sequence: 0, decided: 0 }
    // By what is decided, so that a request that is asked again finds its own facts.
    const part = `${payload.decision} ${hashOf(...wanted.map(({ outbox: id }) => id))}`
    const { sequence } = yield* self.append(reason, part, [first, ...more])
    yield* self.folded(sequence)
    return { generation: self.generation, sequence, decided: wanted.length }
  })
)

const end = answer(
  EndQuarantine,
  () => everyLane,
  Effect.fnUntraced(function* ({ by }: Payload<typeof EndQuarantine>, self: Self<Decided>, reason: Reason) {
    const placed = { generation: self.generation, sequence: 0 }
    if (quarantineOf(self.state) === undefined) return placed
    const waiting = self.state.first(held, "", 1).length
    if (waiting > 0)
      return yield* new Refused({
        command: EndQuarantine.command,
        reason: "changed",
        message: "expected a decision about every message first, found some without one"
      })
    const at = yield* Clock.currentTimeMillis
    const { sequence } = yield* self.record(reason, "ended", QuarantineEnded({ at, by }))
    yield* self.folded(sequence)
    return { ...placed, sequence }
  })
)

export const quarantineAnswers = [list, decide, end]
