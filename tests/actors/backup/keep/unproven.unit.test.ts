import Database from "better-sqlite3"
import { describe, expect, it } from "vitest"
import { unprovenSince } from "../../../../actors/backup/keep/due.ts"
import { evolve, type Heard, keptAt, listens } from "../../../../actors/backup/state.ts"
import {
  BackupPointMade,
  BackupShipped,
  BackupUnverified,
  BackupVerified
} from "../../../../contracts/backup.ts"
import type { Recorded } from "../../../../contracts/event.ts"
import { openStateStore } from "../../../../infra/actor/state-store.ts"
import { recorded } from "../../../projections/given.ts"

const hour = 3_600_000
const here = { place: "disk", generation: "0123456789ab" }
const pointMade = (at: number) => BackupPointMade({ ...here, at, sequence: 5, files: 7, bytes: 4_000 })
const shippedAt = (at: number) => BackupShipped({ ...here, upTo: 5, segment: 5, segments: 1, bytes: 900, at })
const verified = (at: number, problems: ReadonlyArray<string> = []) =>
  BackupVerified({ ...here, at, upTo: 7, opened: true, points: [], problems, seconds: 1 })
const unverified = (at: number, since: number) => BackupUnverified({ place: "disk", at, since })

const isHeard = (event: { readonly type: string }): event is Recorded<(typeof listens)[number]> =>
  listens.some(({ type }) => type === event.type)

/** Since when the place is unproven at an hour, after facts of earlier hours. */
const after = (...facts: ReadonlyArray<Parameters<typeof recorded>[0]>) => {
  const { state } = openStateStore(new Database(":memory:"), here.generation, 1)
  facts.forEach((fact, index) => {
    const event = recorded(fact, index + 1)
    if (isHeard(event)) evolve(state, event satisfies Heard)
  })
  return (now: number) => unprovenSince(keptAt(state, here.place, here.generation), now * hour)
}

describe("a place that nobody found to be good", () => {
  it("is unproven since something was first shipped to it, whether a point was ever made or not", () => {
    const since = after(shippedAt(hour), shippedAt(9 * hour), pointMade(20 * hour))
    expect(since(26)).toBeUndefined()
    expect(since(27)).toBe(hour)
    expect(after(shippedAt(hour))(27)).toBe(hour)
    expect(after(shippedAt(hour), unverified(27 * hour, hour))(28)).toBeUndefined()
  })

  it("is unproven since its first point, though another one is made every hour", () => {
    const hourly = Array.from({ length: 30 }, (_, index) => pointMade((1 + index) * hour))
    const since = after(...hourly, verified(20 * hour, ["keyring: gone"]))
    expect(since(26)).toBeUndefined()
    expect(since(27)).toBe(hour)
  })

  it("is unproven since it was last found to be good, and that is said once", () => {
    const facts = [pointMade(hour), verified(2 * hour), pointMade(3 * hour)]
    expect(after(...facts)(27)).toBeUndefined()
    expect(after(...facts)(28)).toBe(2 * hour)
    const said = after(...facts, unverified(28 * hour, 2 * hour))
    expect(said(29)).toBeUndefined()
    expect(after(...facts, unverified(28 * hour, 2 * hour), verified(30 * hour))(56)).toBe(30 * hour)
  })

  it("is not spoken of before there is anything to prove", () => {
    expect(after()(1_000)).toBeUndefined()
  })
})
