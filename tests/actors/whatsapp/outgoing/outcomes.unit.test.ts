import { describe, expect, it } from "vitest"
import { makeOutcomes, settleMillis } from "../../../../actors/whatsapp/outgoing/outcomes.ts"

const now = 1_767_225_600_000
const line = { openedAt: now, replayedAt: now + 1_000 }
const settled = now + 1_000 + settleMillis

describe("whether WhatsApp has a message", () => {
  it("is known for ever once it was acknowledged or receipted", () => {
    const outcomes = makeOutcomes()
    outcomes.note("a", { is: "taken" })
    outcomes.note("a", { is: "missing" })
    outcomes.note("a", { is: "leaving", at: now })
    expect(outcomes.has("a", undefined, now)).toBe("yes")
  })

  it("is known of one that was refused, until it is written again", () => {
    const outcomes = makeOutcomes()
    outcomes.note("a", { is: "missing" })
    expect(outcomes.has("a", undefined, now)).toBe("no")
    outcomes.note("a", { is: "leaving", at: settled })
    expect(outcomes.has("a", line, settled + settleMillis)).toBe("unknown")
  })

  it("is not known while it is being written, but for a write that never ends", () => {
    const outcomes = makeOutcomes()
    outcomes.note("a", { is: "leaving", at: now })
    expect(outcomes.has("a", line, now + 120_000 + settleMillis - 1)).toBe("unknown")
    expect(outcomes.has("a", line, now + 120_000 + settleMillis)).toBe("no")
  })

  it("is not known without a connection, however much time passes", () => {
    const outcomes = makeOutcomes()
    outcomes.note("a", { is: "written", at: now })
    expect(outcomes.has("a", undefined, now + 1_000 * settleMillis)).toBe("unknown")
    expect(outcomes.has("of an earlier process", undefined, now + 1_000 * settleMillis)).toBe("unknown")
  })

  it("is told by the silence after the connection has caught up, or after the writing", () => {
    const outcomes = makeOutcomes()
    expect(outcomes.has("a", line, settled - 1)).toBe("unknown")
    expect(outcomes.has("a", line, settled)).toBe("no")
    outcomes.note("a", { is: "written", at: settled })
    expect(outcomes.has("a", line, settled + settleMillis - 1)).toBe("unknown")
    expect(outcomes.has("a", line, settled + settleMillis)).toBe("no")
  })

  it("waits a minute for a server that never says that it has handed everything over", () => {
    const outcomes = makeOutcomes()
    const silent = { openedAt: now, replayedAt: undefined }
    expect(outcomes.has("a", silent, now + 60_000 + settleMillis - 1)).toBe("unknown")
    expect(outcomes.has("a", silent, now + 60_000 + settleMillis)).toBe("no")
  })

  it("is forgotten of those heard of longest ago, and nothing else grows", () => {
    const outcomes = makeOutcomes()
    for (let n = 0; n < 20_001; n++) outcomes.note(`message ${n}`, { is: "taken" })
    expect(outcomes.has("message 0", undefined, now)).toBe("unknown")
    expect(outcomes.has("message 1", undefined, now)).toBe("yes")
  })
})
