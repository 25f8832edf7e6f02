/** Leases: which process owns an actor. One at a time; the others wait. */
import { Context, type Effect, Schema, type Scope } from "effect"

/** The lease went to somebody else, or could not be renewed in time. What was begun must not be finished. */
export class LeaseLost extends Schema.TaggedError<LeaseLost>()("LeaseLost", {
  name: Schema.String,
  message: Schema.String
}) {}

export interface Lease {
  /** Grows with every change of owner. */
  readonly epoch: number
  /** Whether it is certainly still ours: a process that was paused finds out before it acts. */
  readonly isHeld: () => boolean
  /** Fails when the lease is lost, and never succeeds. */
  readonly lost: Effect.Effect<never, LeaseLost>
}

export interface LeasesService {
  /** Waits until the lease is ours, renews it, and gives it back when the scope closes. */
  readonly hold: (name: string) => Effect.Effect<Lease, never, Scope.Scope>
}

export class Leases extends Context.Service<Leases, LeasesService>()("wadjet/infra/Leases") {}
