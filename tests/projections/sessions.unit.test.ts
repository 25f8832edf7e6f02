import { expect, it } from "vitest"
import type { AnyFact } from "../../contracts/catalogue.ts"
import {
  SessionClosed,
  SessionDegraded,
  SessionLinked,
  SessionLoggedOut,
  SessionOpened,
  SessionRecovered,
  SessionRefused
} from "../../contracts/session.ts"
import { emptyModels, given, inOrder, startMillis } from "./given.ts"

const linked = SessionLinked({ method: "qr", at: 7 })
const opened = SessionOpened({ epoch: 1, attempts: 1, downMillis: 0 })
const closed = SessionClosed({ cause: "rate-limited", code: 429, retryAt: 9 })
const unlinked = SessionLoggedOut({ by: "whatsapp", code: 401 })
const timeOf = (sequence: number) => startMillis + sequence * 1_000

it("is how the connection is: since when, why, and when that is over", () => {
  const last = (...facts: ReadonlyArray<AnyFact>) => given(linked, ...facts).queries.sessions()[0]
  expect(last()).toMatchObject({ method: "qr", linkedAt: 7, state: "linked", openings: 0, openedAt: null })
  expect(last(opened)).toMatchObject({ state: "open", since: timeOf(2), openings: 1, openedAt: timeOf(2) })
  expect(last(opened, SessionDegraded({ reason: "deaf" }))).toMatchObject({
    state: "degraded",
    reason: "deaf"
  })
  expect(
    last(opened, SessionDegraded({ reason: "deaf" }), SessionRecovered({ reason: "deaf" }))
  ).toMatchObject({
    state: "open",
    reason: null,
    openings: 1
  })
  expect(last(opened, closed)).toMatchObject({ state: "closed", reason: "rate-limited", code: 429, until: 9 })
  expect(last(opened, closed, opened)).toMatchObject({ state: "open", code: null, until: null, openings: 2 })
  expect(last(SessionRefused({ reason: "banned", code: 403 }))).toMatchObject({ state: "refused", code: 403 })
})

it("a number that is unlinked and linked again is another session", () => {
  const { sessions } = given(linked, opened, unlinked, linked, opened, linked).queries
  expect(sessions()).toMatchObject([
    { cursor: 6, state: "linked", endedAt: null },
    { cursor: 4, state: "ended", reason: "linked-anew", endedAt: timeOf(6) },
    { cursor: 1, state: "ended", reason: "whatsapp", code: 401, openings: 1, endedAt: timeOf(3) }
  ])
  expect(sessions({ oldestFirst: true, limit: 1 })).toMatchObject([{ cursor: 1 }])
})

it("one that was linked before this log begins with what is told of it first", () => {
  expect(given(closed, opened).queries.sessions()).toMatchObject([
    { cursor: 1, method: null, linkedAt: null, state: "open", openings: 1 }
  ])
})

it("what is told again, at once or after the end, changes nothing", () => {
  const log = inOrder([opened, closed, unlinked, linked, opened, unlinked])
  const once = emptyModels()
  once.apply(log)
  const again = emptyModels()
  for (const event of log) again.apply([event, ...log.slice(0, event.sequence)])
  again.apply(log)
  expect(again.queries.sessions()).toEqual(once.queries.sessions())
})
