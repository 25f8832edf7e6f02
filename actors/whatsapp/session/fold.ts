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

export const foldSession = (state: State, event: SessionEvent): void =>
  state.put(session, "main", stateAfter(event))

/** The state that the log tells of; `undefined` where it says nothing. */
export const rememberedSession = (state: StateReader): SessionState | undefined => state.get(session, "main")
