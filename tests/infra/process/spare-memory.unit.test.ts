import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { makeSparing } from "../../../infra/process/spare-memory.ts"

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const start = () => {
  const told: Array<string> = []
  return { told, ...makeSparing((option) => void told.push(option)) }
}
const sparing = ["--memory-saver-mode", "--bytecode-old-age=1"]
const unsparing = ["--no-memory-saver-mode", "--bytecode-old-age=6"]

describe("sparing memory", () => {
  it("pauses while there are many requests a second, and for ten seconds after", () => {
    const { noteRequest, spare, told } = start()
    spare()
    for (let count = 0; count < 100; count++) noteRequest()
    expect(told).toEqual([...sparing, ...unsparing])
    vi.advanceTimersByTime(6_000)
    for (let count = 0; count < 100; count++) noteRequest()
    vi.advanceTimersByTime(6_000)
    expect(told).toEqual([...sparing, ...unsparing])
    vi.advanceTimersByTime(4_000)
    expect(told).toEqual([...sparing, ...unsparing, ...sparing])
  })

  it("goes on while few ask, and does not begin where it was not asked for", () => {
    const few = start()
    few.spare()
    for (let second = 0; second < 100; second++) {
      for (let count = 0; count < 19; count++) few.noteRequest()
      vi.advanceTimersByTime(1_000)
    }
    expect(few.told).toEqual(sparing)
    const never = start()
    for (let count = 0; count < 100; count++) never.noteRequest()
    expect(never.told).toEqual([])
  })
})
