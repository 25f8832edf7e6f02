import { describe, expect, it } from "vitest"
import { classify } from "../../actors/scan/classify.ts"
import { readLabelled } from "../evaluate/labelled.ts"
import { areaUnderCurve, type Judged } from "../evaluate/report.ts"

const rows = readLabelled(new URL("./data/phish-benign.json", import.meta.url)).flatMap(
  ({ isPhish, source, url }): ReadonlyArray<Judged> => {
    const found = classify(url)
    return "error" in found ? [] : [{ isPhish, source, level: found.level, score: found.score }]
  }
)
const phish = rows.filter(({ isPhish }) => isPhish)
const benign = rows.filter(({ isPhish }) => !isPhish)
const share = (of: ReadonlyArray<Judged>, levels: ReadonlyArray<string>) =>
  of.filter(({ level }) => levels.includes(level)).length / of.length

describe("links classified from their URL alone", () => {
  it("are many", () => expect([phish.length > 150, benign.length > 350]).toEqual([true, true]))

  it("are flagged in three of five cases where they are phishing", () => {
    expect(share(phish, ["suspicious", "malicious"])).toBeGreaterThanOrEqual(0.6)
  })

  it("are hardly ever flagged where they are hard, benign ones, and next to never called malicious", () => {
    expect(share(benign, ["suspicious", "malicious"])).toBeLessThanOrEqual(0.02)
    expect(share(benign, ["malicious"])).toBeLessThanOrEqual(0.005)
  })

  it("are told apart better than by length, depth, digits and hyphens", () => {
    expect(areaUnderCurve(rows)).toBeGreaterThanOrEqual(0.93)
  })
})
