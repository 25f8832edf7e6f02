/** The way to a system that dies and lives again, and asking it until it answers. */
import type { Effect } from "effect"
import type { CommandBusService } from "../../infra/command-bus/command-bus.ts"
import type { KeyringService } from "../../infra/keyring/keyring.ts"

/** The way to the system while one of its lives lasts. */
export interface Line {
  readonly bus: CommandBusService
  readonly keyring: KeyringService
  readonly cut: Effect.Effect<void>
}

/** Asks until there is an answer; `undefined` where the traffic was stopped before. */
export type Ask = <A, E extends { readonly _tag: string; readonly reason?: string }>(
  request: (line: Line) => Effect.Effect<A, E>
) => Effect.Effect<A | undefined>
