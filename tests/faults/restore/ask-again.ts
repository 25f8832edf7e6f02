/**
 * Whoever asks what is kept from answering, as by a machine that is busy with something else, asks again: what it asks
 * for leads to the same facts however often it asks.
 */
import { Effect, Schedule } from "effect"
import type { Refused } from "../../../contracts/command.ts"
import type { Unanswered } from "../../../infra/command-bus/command-bus.ts"

const isKept = (error: Refused | Unanswered): boolean =>
  error._tag === "Unanswered" || error.reason === "unavailable"

export const askAgain = <A, R>(asking: Effect.Effect<A, Refused | Unanswered, R>) =>
  Effect.retry(asking, { schedule: Schedule.spaced("50 millis"), while: isKept })
