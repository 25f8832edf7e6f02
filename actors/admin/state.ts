/** What the admin actor keeps of the log: who is to be forgotten, who was, and what is parked. */
import {
  Asked,
  CredentialsChanged,
  ErasureCompleted,
  ErasureRequested,
  KeyIssued,
  KeyRevoked,
  PassIssued,
  SignedIn,
  SignedOut,
  UserAdded,
  UserChanged,
  UserLocked,
  type ErasureSubject
} from "../../contracts/account.ts"
import { webhookFacts } from "../../contracts/webhook.ts"
import { ActorParked, ActorUnparked } from "../../contracts/actor.ts"
import type { Recorded } from "../../contracts/event.ts"
import { collection, keyOf } from "../../infra/actor/collection.ts"
import type { State } from "../../infra/actor/state.ts"

/** A request that was begun, and what its facts are caused by. */
export interface Erasure {
  readonly subject: ErasureSubject
  /** The id of the event that requested it, and of the first of its chain. */
  readonly cause: string
  readonly correlation: string
}

/** By subject: requested and not yet completed. */
export const erasures = collection<Erasure>("erasure")
/** By subject: forgotten for ever. */
export const forgotten = collection<true>("forgotten")
/** By actor and sequence: what a person last decided about an input that was parked, `waiting` for nothing yet. */
export const parkedInputs = collection<"waiting" | "retry" | "drop">("parked")

export const parkedKey = (actor: string, sequence: number): string => keyOf(actor, sequence)

export const eraseWork = "erase"
/** One at a time: erasures share one boundary of the log. */
export const erasureLane = "erasure"

/** Facts about accounts are its own and need no folding beyond knowing how far its boundary goes. */
export const accountFacts = [
  KeyIssued,
  KeyRevoked,
  PassIssued,
  UserAdded,
  UserChanged,
  CredentialsChanged,
  SignedIn,
  SignedOut,
  UserLocked,
  Asked,
  ...webhookFacts
] as const

export const listens = [
  ErasureRequested,
  ErasureCompleted,
  ...accountFacts,
  ActorParked,
  ActorUnparked
] as const

export type Heard = Recorded<(typeof listens)[number]>

const workOf = (subject: ErasureSubject) => keyOf(eraseWork, subject)

/** A request without its completion is open work, whatever became of the process that took it. */
export const evolve = (state: State, event: Heard): void => {
  switch (event.type) {
    case "erasure.requested": {
      const { subject } = event.data
      const chain = { cause: event.id, correlation: event.correlation ?? event.id }
      state.put(erasures, subject, { subject, ...chain })
      return state.open({
        key: workOf(subject),
        kind: eraseWork,
        priority: 0,
        lane: erasureLane,
        due: 0,
        ...chain
      })
    }
    case "erasure.completed":
      state.drop(erasures, event.data.subject)
      state.put(forgotten, event.data.subject, true)
      return state.close(workOf(event.data.subject))
    case "actor.parked":
      return state.put(parkedInputs, parkedKey(event.data.actor, event.data.sequence), "waiting")
    case "actor.unparked":
      return state.put(parkedInputs, parkedKey(event.data.actor, event.data.sequence), event.data.decision)
    case "account.key-issued":
    case "account.key-revoked":
    case "account.pass-issued":
    case "account.user-added":
    case "account.user-changed":
    case "account.credentials-changed":
    case "account.signed-in":
    case "account.signed-out":
    case "account.user-locked":
    case "account.asked":
    case "account.webhook-added":
    case "account.webhook-changed":
    case "account.webhook-switched":
    case "account.webhook-replayed":
    case "account.webhook-secret-replaced":
    case "account.webhook-removed":
      return undefined
  }
}
