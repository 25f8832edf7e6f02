/** What the log says of the session: one state, folded from its facts. */
import type { Recorded } from "../../../contracts/event.ts"
import {
  SessionClosed,
  SessionDegraded,
  SessionLinkBegan,
  SessionLinked,
  SessionLinkEnded,
  SessionLoggedOut,
  SessionOpened,
  SessionRecovered,
  SessionRefused,
  type SessionState
} from "../../../contracts/session.ts"
import { collection } from "../../../infra/actor/collection.ts"
import type { State, StateReader } from "../../../infra/actor/state.ts"

export const sessionEvents = [
  SessionLinkBegan,
  SessionLinkEnded,
  SessionLinked,
  SessionOpened,
  SessionDegraded,
  SessionRecovered,
  SessionClosed,
  SessionLoggedOut,
  SessionRefused
] as const

export type SessionEvent = Recorded<(typeof sessionEvents)[number]>

/** The state after a fact, whatever was before. */
export const stateAfter = (event: SessionEvent): SessionState => {
  const since = event.time
  switch (event.type) {
    case "session.link-began":
      return { state: "linking", since, method: event.data.method }
    case "session.link-ended":
      return { state: "unlinked", since }
    case "session.linked":
      return { state: "connecting", since, attempt: 1 }
    case "session.opened":
    case "session.recovered":
      return { state: "open", since }
    case "session.degraded":
      return { state: "degraded", since, ...event.data }
    case "session.closed":
      return { state: "closed", since, ...event.data }
    case "session.logged-out":
      return event.data.by === "operator"
        ? { state: "unlinked", since }
        : { state: "logged-out", since, code: event.data.code ?? 0 }
    case "session.refused":
      return { state: "refused", since, ...event.data }
  }
}

/** The session of the account: its one entry is `main`. */
const session = collection<SessionState>("session")
/** Until when people may not be written to who never wrote: its one entry is `main`. */
const reachOutLimit = collection<number>("reach-out-limit")

/** How long a limit is remembered of which WhatsApp did not say how long it lasts. */
const unstatedLimitMillis = 24 * 60 * 60_000

const foldLimit = (state: State, event: SessionEvent): void => {
  if (event.type === "session.degraded" && event.data.reason === "reach-out-limited")
    state.put(reachOutLimit, "main", event.data.until ?? event.time + unstatedLimitMillis)
  const isOver = event.type === "session.recovered" && event.data.reason === "reach-out-limited"
  if (isOver || event.type === "session.logged-out") state.drop(reachOutLimit, "main")
}

export const foldSession = (state: State, event: SessionEvent): void => {
  state.put(session, "main", stateAfter(event))
  foldLimit(state, event)
}

/** Until when first messages rest, in milliseconds since the epoch; 0 where the log tells of no limit. */
export const reachOutLimitedUntil = (state: StateReader): number => state.get(reachOutLimit, "main") ?? 0

/** The state that the log tells of; `undefined` where it says nothing. */
export const rememberedSession = (state: StateReader): SessionState | undefined => state.get(session, "main")
