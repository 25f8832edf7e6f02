/** Whether a verdict comes long after the message that it is about: nobody is about to tap its link. */
import type { StateReader } from "../../infra/actor/state.ts"
import type { Sighting } from "./model.ts"
import { sightingsIn } from "./sightings.ts"

/** What is said of a message within the hour is news, and what is said later may be about thousands of them at once. */
export const newsMillis = 60 * 60_000

/** By the first link of its message, so that all that is said of one message waits alike. */
export const isBelated = (state: StateReader, { chat, message }: Sighting, now: number): boolean =>
  sightingsIn(state, { chat, message }).some(({ value }) => now - value.time > newsMillis)
