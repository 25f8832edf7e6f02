/** What the admin actor can be asked to do. */
import { Effect, Schema } from "effect"
import { ErasureCompleted, ErasureRequested, type ErasureSubject } from "../../contracts/account.ts"
import { ActorParked, ActorUnparked } from "../../contracts/actor.ts"
import { type CommandType, type Payload, Refused } from "../../contracts/command.ts"
import { DropParked, RequestErasure, RetryParked } from "../../contracts/commands.ts"
import type { Fact } from "../../contracts/event.ts"
import { PersonId } from "../../contracts/ids.ts"
import type { By } from "../../contracts/policy.ts"
import { answer, type Reason, type Self } from "../../infra/actor/process-manager.ts"
import { Keyring, type KeyringService } from "../../infra/keyring/keyring.ts"
import { finish, passing } from "./erase.ts"
import { erasureLane, erasures, forgotten, parkedInputs, parkedKey } from "./state.ts"

export const publishes = [ErasureRequested, ErasureCompleted, ActorUnparked] as const
type Published = Fact<(typeof publishes)[number]>

const refused = (command: CommandType, reason: Refused["reason"], message: string) =>
  new Refused({ command: command.command, reason, message })

const isPerson = Schema.is(PersonId)

/** The chats with a person alone are known by that person's number, and are forgotten with them. */
const withDirectChats = (keyring: KeyringService, subject: ErasureSubject): ReadonlyArray<ErasureSubject> =>
  isPerson(subject) ? [subject, ...keyring.pseudonymsOf(subject).flatMap(keyring.directChatsOf)] : [subject]

type Finished = Effect.Success<ReturnType<typeof finish>>

const together = (one: Finished, other: Finished): Finished => ({
  ...other,
  keysDestroyed: one.keysDestroyed + other.keysDestroyed,
  mappingsDestroyed: one.mappingsDestroyed + other.mappingsDestroyed
})

/** Requests the erasures that nobody requested before, in one append, so that no crash forgets half of them. */
const request = Effect.fnUntraced(function* (
  subjects: ReadonlyArray<ErasureSubject>,
  by: typeof By.Type,
  self: Self<Published>,
  reason: Reason
) {
  const isNew = (subject: ErasureSubject) =>
    self.state.get(forgotten, subject) !== true && self.state.get(erasures, subject) === undefined
  const [first, ...rest] = subjects.filter(isNew).map((subject) => ErasureRequested({ subject, by }))
  if (first === undefined) return
  const { sequence } = yield* self.append(reason, "request", [first, ...rest])
  yield* self.folded(sequence)
})

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
    const isKnown = keyring.pseudonymsOf(subject).some((one) => keyring.formsOf(one).length > 0)
    if (self.state.get(erasures, subject) === undefined && !isKnown)
      return yield* refused(RequestErasure, "not-found", `nobody here is known as ${subject}`)
    const subjects = withDirectChats(keyring, subject)
    yield* request(subjects, by, self, reason)
    const requested = subjects.flatMap((one) => self.state.get(erasures, one) ?? [])
    const [first, ...rest] = yield* Effect.forEach(requested, (erasure) => finish(erasure, self)).pipe(
      Effect.catchTag(passing, (error) => refused(RequestErasure, "unavailable", error.message))
    )
    if (first === undefined)
      return yield* refused(RequestErasure, "forgotten", `${subject} was forgotten before`)
    return rest.reduce(together, first)
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
      const key = parkedKey(actor, sequence)
      // Whoever asks may have seen it before it was folded here.
      if (self.state.get(parkedInputs, key) === undefined) yield* self.upToDate([ActorParked.type])
      const known = self.state.get(parkedInputs, key)
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
