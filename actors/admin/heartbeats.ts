/** What keeps a stream of events open while nothing happens, and ends it once whoever asked for it may not any more. */
import { Effect, Schedule, Stream } from "effect"
import type { KeyInUse } from "../../contracts/http/access.ts"
import type { Accounts } from "./accounts.ts"

/** Proxies close what is silent for a minute; the key, or the browser, behind a stream is looked at as often. */
const heartbeatSeconds = 15

/** A comment, which Server-Sent Events pass over. */
const heartbeat = ": still here\n\n"

/**
 * A comment at once and every 15 seconds. It ends where the key was revoked, the browser was signed out, or somebody has
 * another role by now, for which the stream may tell more than it should, or less. Whoever may still ask comes back.
 */
export const heartbeats = (accounts: Accounts, key: KeyInUse): Stream.Stream<string> =>
  Stream.fromEffectSchedule(
    Effect.orElseSucceed(accounts.isInForce(key), () => false),
    Schedule.spaced(`${heartbeatSeconds} seconds`)
  ).pipe(
    Stream.takeWhile((isInForce) => isInForce),
    Stream.map(() => heartbeat)
  )

/** Frames with heartbeats between them, until the heartbeats end. */
export const whileInForce = (
  frames: Stream.Stream<string>,
  accounts: Accounts,
  key: KeyInUse
): Stream.Stream<string> => Stream.merge(frames, heartbeats(accounts, key), { haltStrategy: "right" })
