import { describe, expect, it } from "vitest"
import { openedTexts } from "../../../infra/keyring/opened-texts.ts"

const textsMax = 4_096

describe("texts that were opened lately", () => {
  it("are so many and no more, those asked for last", () => {
    const texts = openedTexts()
    const names = Array.from({ length: 3 * textsMax }, (_, index) => `s1:key:${index}`)
    for (const name of names) texts.keep(name, { name })
    const found = (some: ReadonlyArray<string>) => some.filter((name) => texts.find(name) !== undefined)
    expect(found(names.slice(0, -textsMax))).toEqual([])
    expect(found(names.slice(-textsMax / 2)).length).toBe(textsMax / 2)
  })

  it("stay for as long as somebody asks for them, as the same value", () => {
    const texts = openedTexts()
    const value = { text: "asked for again and again" }
    texts.keep("often", value)
    for (let round = 0; round < 20; round++) {
      for (let index = 0; index < 1_000; index++) texts.keep(`once ${round} ${index}`, index)
      expect(texts.find("often")).toBe(value)
    }
    expect(texts.find("once 0 0")).toBeUndefined()
  })

  it("are all gone once they are cleared, in whichever half they were", () => {
    const texts = openedTexts()
    const names = Array.from({ length: textsMax }, (_, index) => `s1:key:${index}`)
    for (const name of names) texts.keep(name, name)
    texts.clear()
    expect(names.filter((name) => texts.find(name) !== undefined)).toEqual([])
  })

  it("are none that are long: their number would bound no memory", () => {
    const texts = openedTexts()
    texts.keep("x".repeat(4_096), "short enough")
    texts.keep("x".repeat(4_097), "too long")
    expect(texts.find("x".repeat(4_096))).toBe("short enough")
    expect(texts.find("x".repeat(4_097))).toBeUndefined()
  })
})
