/** What the admin actor can be asked to do. */
import { Effect } from "effect"
import { ErasureCompleted, ErasureRequested } from "../../contracts/account.ts"
import { ActorUnparked } from "../../contracts/actor.ts"
import { type CommandType, type Payload, Refused } from "../../contracts/command.ts"
import { DropParked, RequestErasure, RetryParked } from "../../contracts/commands.ts"
import type { Fact } from "../../contracts/event.ts"
import { answer, type Reason, type Self } from "../../infra/actor/process-manager.ts"
import { Keyring } from "../../infra/keyring/keyring.ts"
import { finish, passing } from "./erase.ts"
import { erasureLane, erasures, forgotten, parkedInputs, parkedKey } from "./state.ts"

export const publishes = [ErasureRequested, ErasureCompleted, ActorUnparked] as const
type Published = Fact<(typeof publishes)[number]>

const refused = (command: CommandType, reason: Refused["reason"], message: string) =>
  new Refused({ command: command.command, reason, message })

/**
 * Answers once the keys are gone and the log says so. Killed in between, the request stands in the log and
 * is finished when the actor starts again; asking again meanwhile finishes it too.
 */
const erase = answer(
  RequestErasure,
  () => erasureLane,
  Effect.fnUntraced(function* (
    { subject, by }: Payload<typeof RequestErasure>,
    self: Self<Published>,
    reason: Reason
  ) {
    const keyring = yield* Keyring
    if (self.state.get(forgotten, subject) === true)
      return yield* refused(RequestErasure, "forgotten", `${subject} was forgotten before`)
    if (self.state.get(erasures, subject) === undefined) {
      if (keyring.formsOf(subject).length === 0)
        return yield* refused(RequestErasure, "not-found", `nobody here is known as ${subject}`)
      const { sequence } = yield* self.append(reason, "request", [ErasureRequested({ subject, by })])
      yield* self.folded(sequence)
    }
    const erasure = self.state.get(erasures, subject)
    if (erasure === undefined)
      return yield* refused(RequestErasure, "forgotten", `${subject} was forgotten before`)
    return yield* finish(erasure, self).pipe(
      Effect.catchTag(passing, (error) => refused(RequestErasure, "unavailable", error.message))
    )
  })
)

/** `actor.unparked` is about the actor concerned, which folds it; this actor only speaks for the person. */
const decide = (command: typeof RetryParked | typeof DropParked, decision: "retry" | "drop") =>
  answer(
    command,
    ({ actor, sequence }) => parkedKey(actor, sequence),
    Effect.fnUntraced(function* (
      { actor, sequence, by }: Payload<typeof command>,
      self: Self<Published>,
      reason: Reason
    ) {
      const known = self.state.get(parkedInputs, parkedKey(actor, sequence))
      if (known === undefined)
        return yield* refused(command, "not-found", `${actor} has not parked the input ${sequence}`)
      if (known === "drop") return yield* refused(command, "already-done", "it was passed over for good")
      const appended = yield* self.append(reason, "unpark", [
        ActorUnparked({ actor, sequence, decision, by })
      ])
      return { generation: self.generation, sequence: appended.sequence }
    })
  )

export const answers = [erase, decide(RetryParked, "retry"), decide(DropParked, "drop")]
