import fc from "fast-check"
import { describe, expect, it } from "vitest"
import {
  bytesIn,
  fieldsOf,
  numberIn,
  secondsIn,
  unsignedIn,
  WireBroken
} from "../../../../actors/scan/safe-browsing/wire.ts"
import { bytes, duration, fixed32, fixed64, number } from "./protobuf.ts"

const read = (hex: string) => [...fieldsOf(Buffer.from(hex, "hex"))]

// The examples of https://protobuf.dev/programming-guides/encoding/
describe("the examples of the encoding's guide", () => {
  it("are a number", () =>
    expect(read("089601").map((it) => [it.number, unsignedIn(it)])).toEqual([[1, 150n]]))
  it("are a text", () =>
    expect(read("120774657374696e67").map((it) => [it.number, bytesIn(it).toString()])).toEqual([
      [2, "testing"]
    ]))
  it("are a message within one", () =>
    expect(read("1a03089601").map((it) => [...fieldsOf(bytesIn(it))].map(unsignedIn))).toEqual([[150n]]))
  it("are a number below zero", () => expect(read("08feffffffffffffffff01").map(numberIn)).toEqual([-2]))
})

describe("a message", () => {
  it("is read field by field, whatever their kinds", () => {
    const parts = [
      number(1, 7),
      fixed64(2, 0x0102030405060708n),
      fixed32(3, 9),
      bytes(4, "abc"),
      duration(536_870_911, 90)
    ]
    const fields = [...fieldsOf(Buffer.concat(parts))]
    expect(fields.slice(0, 3).map(unsignedIn)).toEqual([7n, 0x0102030405060708n, 9n])
    expect(bytesIn(fields[3]!).toString()).toBe("abc")
    expect([fields[4]!.number, secondsIn(fields[4]!)]).toEqual([536_870_911, 90])
  })

  it.each([
    ["within a number", "0896", "it ends within a number"],
    ["within a number of eight bytes", "0901020304", "it ends within a field"],
    ["before its text does", "1207746573", "it ends within a field"],
    ["nowhere, as its number does", "08ffffffffffffffffffff01", "has no end"],
    ["with a field of number 0", "0001", "has no number"],
    ["with a group, which nobody writes any more", "0b0c", "is of kind 3"]
  ])("that ends %s is refused", (_, hex, why) => expect(() => read(hex)).toThrow(why))

  it("with bytes for a number, or the other way round, is refused", () => {
    expect(() => read("089601").map(bytesIn)).toThrow("a number stands")
    expect(() => read("120161").map(numberIn)).toThrow("bytes stand")
  })

  it("of any bytes is read, or refused as broken, and never hangs", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (content) => {
        const outcome = (() => {
          try {
            return [...fieldsOf(Buffer.from(content))].every(({ number }) => number > 0)
          } catch (error) {
            return error instanceof WireBroken
          }
        })()
        expect(outcome).toBe(true)
      }),
      { numRuns: 2_000 }
    )
  })
})
