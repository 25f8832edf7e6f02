import { describe, expect, it } from "vitest"
import { MessageUnconsented } from "../../contracts/consent.ts"
import { ReportSettled, VerdictReported } from "../../contracts/report.ts"
import { given } from "./given.ts"

type DataOf<Made extends (data: never) => unknown> = Parameters<Made>[0]

describe("what may not be read", () => {
  it("is counted by reason", () => {
    const data = MessageUnconsented.example as DataOf<typeof MessageUnconsented>
    const optedOut = MessageUnconsented({ ...data, reason: "opted-out" })
    const { queries } = given(MessageUnconsented(data), MessageUnconsented(data), optedOut)
    expect(queries.overview().withheld).toEqual({ "no-consent": 2, "opted-out": 1 })
  })
})

describe("reports", () => {
  const reported = VerdictReported(VerdictReported.example as DataOf<typeof VerdictReported>)
  const { chat, report } = reported.data
  const page = { limit: 10 }

  it("wait, the newest first, until the operator has looked at them", () => {
    const before = given(reported).queries.reports
    expect(before.list({ ...page, status: "waiting" })).toMatchObject([{ report, chat, level: "malicious" }])
    const settled = ReportSettled({ chat, report, outcome: "wrong", by: "operator" })
    const after = given(reported, settled).queries.reports
    expect(after.list({ ...page, status: "waiting" })).toEqual([])
    expect(after.list(page)).toMatchObject([{ report, status: "wrong", settledBy: "operator" }])
  })

  it("are told once, however often the log brings them", () => {
    expect(given(reported, reported).queries.reports.list(page)).toHaveLength(1)
  })
})
