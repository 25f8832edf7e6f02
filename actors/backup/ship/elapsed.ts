/** A time that only ever goes on: how long something took or waits is not told by the time of day, which is set. */
import { Clock, Effect } from "effect"

const nanosPerMilli = 1_000_000n

/** Milliseconds since some moment of this process. */
export const elapsedMillis = Effect.map(Clock.monotonicTimeNanos, (nanos) => Number(nanos / nanosPerMilli))
