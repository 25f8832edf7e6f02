import { describe, expect, it } from "vitest"
import {
  asking,
  type Circuit,
  closed,
  failed,
  gaveUp,
  mayAsk,
  refusedForGood
} from "../../../../actors/scan/sources/circuit-breaker.ts"

const failing = (times: number, now = 0, from: Circuit = closed): Circuit =>
  Array.from({ length: times }).reduce<Circuit>((circuit) => failed(asking(circuit), now), from)

const seconds = 1_000

describe("a circuit", () => {
  it("opens after five failures in a row, for half a minute", () => {
    expect(mayAsk(failing(4), 0)).toBe(true)
    const open = failing(5)
    expect(mayAsk(open, 0)).toBe(false)
    expect(mayAsk(open, 30 * seconds - 1)).toBe(false)
    expect(mayAsk(open, 30 * seconds)).toBe(true)
  })

  it("lets one find out whether the service is back, and everybody again once it is", () => {
    const probing = asking(failing(5))
    expect(mayAsk(probing, 30 * seconds)).toBe(false)
    expect(mayAsk(gaveUp(probing), 30 * seconds)).toBe(true)
    expect(mayAsk(closed, 30 * seconds)).toBe(true)
  })

  it("stays open twice as long each time, up to ten minutes", () => {
    let circuit = failing(5)
    const lengths: Array<number> = []
    for (let turn = 0; turn < 7; turn++) {
      lengths.push(circuit.openMillis / seconds)
      circuit = failed(asking(circuit), circuit.openUntil)
    }
    expect(lengths).toEqual([30, 60, 120, 240, 480, 600, 600])
  })

  it("is opened no further by what was under way when it opened", () => {
    const open = failing(5)
    expect(failed(open, 100).openUntil).toBe(open.openUntil)
  })

  it("opens at once for what does not mend itself", () => {
    expect(mayAsk(refusedForGood(0), 600 * seconds - 1)).toBe(false)
    expect(mayAsk(refusedForGood(0), 600 * seconds)).toBe(true)
  })
})
