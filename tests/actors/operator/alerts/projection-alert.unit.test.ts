import { expect, test } from "vitest"
import { activeAfter, wordsOf } from "../../../../actors/operator/alerts/alert.ts"
import {
  projectionAlertsAfter,
  type ProjectionEvent
} from "../../../../actors/operator/alerts/projection-alert.ts"
import { ProjectionChecked } from "../../../../contracts/projection.ts"

const checked = (drifted: ProjectionEvent["data"]["drifted"]) =>
  ({
    ...ProjectionChecked({ upTo: 42, at: 1_767_225_600_000, seconds: 1, drifted }),
    sequence: 43
  }) as ProjectionEvent

const row = { model: "chats", table: "chats", key: "c0example0", how: "changed" } as const

test("read models that differ are told of once, by the first row, and that they do not any more", () => {
  let active: ReadonlySet<string> = new Set()
  const told = [[], [row], [row], [], []].flatMap((drifted) => {
    const alerts = projectionAlertsAfter(checked(drifted), active)
    active = activeAfter(active, alerts)
    return alerts
  })
  expect(told.map(({ about, state }) => `${about} ${state}`)).toEqual(["drift raised", "drift over"])
  const { body, title } = wordsOf(told[0]!)
  expect(title).toBe("Wadjet: a read model needs a look")
  expect(body).toContain("Read models differ from the log at event 42: chats (chats c0example0 is changed)")
  expect(body).toContain("wadjet rebuild")
})
