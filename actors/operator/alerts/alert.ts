/** What is news that WhatsApp cannot carry, and when it is over. Pure: folds over the facts of the session and of backups. */
import type { RecordedOf } from "../../../contracts/catalogue.ts"
import type { SessionState } from "../../../contracts/session.ts"
import { sessionWords } from "../session-words.ts"

export interface Alert {
  /** What it is about; raised once until it is over. */
  readonly about:
    | "connection"
    | "deaf"
    | "undecryptable"
    | "unacknowledged"
    | "reach-out-limited"
    | `log-${string}`
    | "drift"
    | `backup-${string}`
  readonly state: "raised" | "over" | "notice"
  readonly text: string
  /** When it came to be, in milliseconds since the epoch. */
  readonly at: number
}

export type SessionEvent = RecordedOf<
  | "session.opened"
  | "session.linked"
  | "session.degraded"
  | "session.recovered"
  | "session.closed"
  | "session.logged-out"
  | "session.refused"
>

/** What is raised and not over. */
export type Active = ReadonlySet<string>

const raised = (about: Alert["about"], state: SessionState, active: Active): ReadonlyArray<Alert> =>
  active.has(about) ? [] : [{ about, state: "raised", text: sessionWords(state), at: state.since }]

const over = (about: Alert["about"], text: string, at: number, active: Active): ReadonlyArray<Alert> =>
  active.has(about) ? [{ about, state: "over", text, at }] : []

/** What has to be told after a fact, given what was told before. */
export const alertsAfter = (event: SessionEvent, active: Active): ReadonlyArray<Alert> => {
  const since = event.time
  switch (event.type) {
    case "session.opened":
      return over("connection", "the connection is open again", since, active)
    case "session.linked":
      return over("connection", "a number is linked again", since, active)
    case "session.closed":
      return raised("connection", { state: "closed", since, ...event.data }, active)
    case "session.refused":
      return raised("connection", { state: "refused", since, ...event.data }, active)
    case "session.logged-out":
      // What the operator did is no news to them.
      return event.data.by === "operator"
        ? []
        : raised("connection", { state: "logged-out", since, code: event.data.code ?? 0 }, active)
    case "session.degraded": {
      const { reason } = event.data
      const state: SessionState = { state: "degraded", since, ...event.data }
      // It was over when it was found out.
      if (reason === "deaf") return [{ about: reason, state: "notice", text: sessionWords(state), at: since }]
      return raised(reason, state, active)
    }
    case "session.recovered":
      return over(event.data.reason, "it works as it should again", since, active)
  }
}

/** What is raised after alerts were told. */
export const activeAfter = (active: Active, alerts: ReadonlyArray<Alert>): Active => {
  const after = new Set(active)
  for (const { about, state } of alerts) {
    if (state === "raised") after.add(about)
    if (state === "over") after.delete(about)
  }
  return after
}

/** What an alert is of, for its head line. */
const subjectOf = (about: Alert["about"]): string =>
  about.startsWith("log-")
    ? "the log"
    : about === "drift"
      ? "a read model"
      : about.startsWith("backup-")
        ? "a backup"
        : "WhatsApp"

const heads = { raised: "needs a look", over: "is well again", notice: "for your information" } as const

/** A line for a subject, and one for the words. */
export const wordsOf = ({ about, at, state, text }: Alert) => ({
  title: `Wadjet: ${subjectOf(about)} ${heads[state]}`,
  body: `${text.slice(0, 1).toUpperCase()}${text.slice(1)} (${new Date(at).toISOString()}).`
})
