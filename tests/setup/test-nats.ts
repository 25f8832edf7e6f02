import { type Effect, Schema } from "effect"

/** The server a test asked for does not do what it should. */
export class TestNatsFailed extends Schema.TaggedError<TestNatsFailed>()("TestNatsFailed", {
  message: Schema.String
}) {}

/** A server for one test file, and what can be done to it. Its address stays the same throughout. */
export interface TestNats {
  readonly url: string
  readonly user: string
  readonly pass: string
  /** Stops it if it runs, and starts it again on the same store; answers once it is ready. */
  readonly restart: Effect.Effect<void, TestNatsFailed>
  /** Kills it with SIGKILL; answers once it is gone. */
  readonly kill9: Effect.Effect<void, TestNatsFailed>
  /** Stops it cleanly. `restart` starts it again. */
  readonly stop: Effect.Effect<void, TestNatsFailed>
}
