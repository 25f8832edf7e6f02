/** What is put around the asking of a doomed process where a guard of cancelling is missing. */
import { Effect, Stream } from "effect"
import type { CommandType } from "../../../contracts/command.ts"
import type { OutboxId } from "../../../contracts/ids.ts"
import { OutboxCancelled } from "../../../contracts/outbox.ts"
import { CallOffMessages } from "../../../contracts/schedule-commands.ts"
import type { CommandBusService } from "../../../infra/command-bus/command-bus.ts"
import type { EventLogService } from "../../../infra/event-log/event-log.ts"
import type { Guard } from "../whatsapp/life.ts"

type Payload = typeof CallOffMessages.payload.Type
type Answer = typeof CallOffMessages.answer.Type

/** Whoever asks is answered so long before it is done. */
const laterMillis = 500

const answeredAtOnce =
  (bus: CommandBusService) =>
  (payload: Payload): Effect.Effect<Answer> =>
    Effect.as(
      Effect.forkDetach(Effect.ignore(Effect.delay(bus.request(CallOffMessages, payload), laterMillis))),
      { generation: "", sequence: 0, left: 0 }
    )

const claimedBy = Effect.fnUntraced(function* (log: EventLogService) {
  const claimed = new Set<OutboxId>()
  yield* log.read({ from: 1, events: ["outbox.claimed"] }).pipe(
    Stream.takeUntil(({ events, pending }) => {
      for (const event of events) if (event.type === "outbox.claimed") claimed.add(event.data.outbox)
      return pending === 0
    }),
    Stream.runDrain
  )
  return claimed
})

/** Calls off beside the actor that claims, and makes no mistake: it expects each chat to be as it was read. */
const byAnotherWriter =
  (log: EventLogService) =>
  ({ by, chat, outboxes }: Payload): Effect.Effect<Answer> =>
    Effect.gen(function* () {
      const expected = yield* log.lastOf("outbox", chat)
      const claimed = yield* claimedBy(log)
      const [first, ...more] = outboxes
        .filter((id) => !claimed.has(id))
        .map((outbox) => ({
          id: `called off ${outbox}`,
          fact: OutboxCancelled({ chat, outbox, reason: "requested", by })
        }))
      const left = outboxes.filter((id) => claimed.has(id)).length
      if (first === undefined) return { generation: log.generation, sequence: 0, left }
      const { sequence } = yield* log.append([{ ...first, expected }, ...more], { actor: "schedule" })
      return { generation: log.generation, sequence, left }
    }).pipe(Effect.retry({ while: ({ _tag }) => _tag === "Conflict" }), Effect.orDie)

export const aroundBus = (
  bus: CommandBusService,
  log: EventLogService,
  without: Guard | undefined
): CommandBusService => {
  if (without !== "settled-before-answer" && without !== "expected-claim") return bus
  const callOff = without === "expected-claim" ? byAnotherWriter(log) : answeredAtOnce(bus)
  return {
    ...bus,
    request: <C extends CommandType>(command: C, payload: C["payload"]["Type"], id?: string) =>
      command.command === CallOffMessages.command
        ? callOff(payload as Payload)
        : bus.request(command, payload, id)
  }
}
