/** Asking an actor to do something, and answering. Commands are not facts: an unanswered one left no trace. */
import { Context, type Effect, Schema, type Scope } from "effect"
import type { CommandType, Refused } from "../../contracts/command.ts"

/** Nobody answered. The actor may not be running, or is still folding the log. */
export class Unanswered extends Schema.TaggedError<Unanswered>()("Unanswered", {
  command: Schema.String,
  message: Schema.String
}) {}

export interface Request<C extends CommandType> {
  readonly payload: C["payload"]["Type"]
  /** Random, made by who asks; repeated when the same request is sent again. */
  readonly id: string
}

export interface CommandBusService {
  /** Answers a command until the scope closes. Requests are handled side by side. */
  readonly serve: <C extends CommandType>(
    command: C,
    handle: (request: Request<C>) => Effect.Effect<C["answer"]["Type"], Refused>
  ) => Effect.Effect<void, never, Scope.Scope>
  /** Asks, and waits for the answer. */
  readonly request: <C extends CommandType>(
    command: C,
    payload: C["payload"]["Type"],
    id?: string
  ) => Effect.Effect<C["answer"]["Type"], Refused | Unanswered>
}

export class CommandBus extends Context.Service<CommandBus, CommandBusService>()("wadjet/infra/CommandBus") {}
