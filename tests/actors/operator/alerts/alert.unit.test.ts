import { expect, test } from "vitest"
import {
  activeAfter,
  type Alert,
  alertsAfter,
  type SessionEvent,
  wordsOf
} from "../../../../actors/operator/alerts/alert.ts"

/** What is told of each fact, one after the other. */
const told = (...facts: ReadonlyArray<Pick<SessionEvent, "type" | "data">>): ReadonlyArray<string> => {
  let active: ReadonlySet<string> = new Set()
  return facts.flatMap((fact, index) => {
    const alerts: ReadonlyArray<Alert> = alertsAfter({ ...fact, time: index } as SessionEvent, active)
    active = activeAfter(active, alerts)
    return alerts.map(({ about, state }) => `${about} ${state}`)
  })
}

const opened = { type: "session.opened", data: { epoch: 1, attempts: 1, downMillis: 0 } } as const
const loggedOut = (by: "operator" | "whatsapp") =>
  ({ type: "session.logged-out", data: { by, code: 401 } }) as const
const closed = { type: "session.closed", data: { cause: "transient", code: 408 } } as const
const banned = { type: "session.refused", data: { reason: "banned", code: 403 } } as const
const degraded = (reason: "deaf" | "undecryptable") =>
  ({ type: "session.degraded", data: { reason } }) as const
const recovered = (reason: "deaf" | "undecryptable") =>
  ({ type: "session.recovered", data: { reason } }) as const

test("a connection that is gone is told once, and once that it is back", () => {
  expect(told(opened, closed, closed, banned, opened, opened)).toEqual([
    "connection raised",
    "connection over"
  ])
})

test("a log-out by WhatsApp is told, one by the operator is not", () => {
  expect(told(opened, loggedOut("operator"))).toEqual([])
  expect(told(opened, loggedOut("whatsapp"))).toEqual(["connection raised"])
})

test("deafness is over when it is found out: it is told, and there is no all-clear", () => {
  expect(told(degraded("deaf"), recovered("deaf"))).toEqual(["deaf notice"])
})

test("an ailment is told, and that it is over", () => {
  expect(told(degraded("undecryptable"), degraded("undecryptable"), recovered("undecryptable"))).toEqual([
    "undecryptable raised",
    "undecryptable over"
  ])
})

test("an alert says what, when, and what to do", () => {
  expect(wordsOf({ about: "connection", state: "raised", text: "logged out", at: 0 })).toEqual({
    title: "Wadjet: WhatsApp needs a look",
    body: "Logged out (1970-01-01T00:00:00.000Z)."
  })
})
