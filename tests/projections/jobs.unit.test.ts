import { describe, expect, it } from "vitest"
import { given } from "./given.ts"
import { jobCreated, jobDecided } from "./story.ts"

const created = jobCreated()
const { job } = created.data
const next = created.data.next! + 86_400_000

describe("a job", () => {
  it("that a restore held happens next when the decision about it says", () => {
    const { queries } = given(created, jobDecided({ job, decision: "drop", next }))
    expect(queries.jobs.get(job)).toMatchObject({ status: "active", next })
    expect(queries.jobs.upcoming(next, 10)).toHaveLength(1)
  })
})
