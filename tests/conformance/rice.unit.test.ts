import { createHash } from "node:crypto"
import { describe, expect, it } from "vitest"
import { type HashWidth, RiceReader } from "../../actors/scan/safe-browsing/lists/rice.ts"

/** All numbers of a coding, in hexadecimal. */
const decoded = (width: HashWidth, first: string, parameter: number, count: number, data: Buffer) => {
  const words = width / 4
  const start = Buffer.from(first, "hex")
  const reader = new RiceReader({
    width,
    first: Uint32Array.from({ length: words }, (_, word) => start.readUInt32BE(word * 4)),
    parameter,
    count,
    data
  })
  const into = new Uint32Array(reader.size * words)
  expect(reader.read(into)).toBe(reader.size)
  expect(reader.read(into)).toBe(0)
  return Array.from({ length: reader.size }, (_, entry) =>
    Array.from(into.subarray(entry * words, (entry + 1) * words), (word) =>
      word.toString(16).padStart(8, "0")
    ).join("")
  )
}

const zeros = (count: number) => "00".repeat(count)

// https://developers.google.com/safe-browsing/reference/Local.Database works through this one by hand.
describe("the document's example of a list", () => {
  const hashes = ["a.example.com/", "b.example.com/", "y.example.com/"].map((expression) =>
    createHash("sha256").update(expression).digest("hex").slice(0, 8)
  )

  it("is of the hashes of its three expressions", () =>
    expect(hashes).toEqual(["291bc542", "1d32c508", "f7a502e5"]))

  it("is decoded to them in their order", () =>
    expect(decoded(4, "1d32c508", 30, 2, Buffer.from("7400d2971bed497400", "hex"))).toEqual(
      hashes.toSorted()
    ))
})

// Those of Chromium's decoder (v5_hash_list_rice_decoder_unittest.cc): a difference of one in each width.
describe("the tests of Chromium's decoder", () => {
  const second = Buffer.from([2])
  it.each<readonly [HashWidth, string, number, Buffer, string]>([
    [4, "0000000a", 3, second, "0000000b"],
    [8, "000000010000000a", 35, Buffer.concat([second, Buffer.alloc(4)]), "000000010000000b"],
    [
      16,
      "00000000000000010000000000000002",
      99,
      Buffer.concat([second, Buffer.alloc(12)]),
      "00000000000000010000000000000003"
    ],
    [
      32,
      `${zeros(7)}01${zeros(7)}02${zeros(7)}03${zeros(7)}04`,
      227,
      Buffer.concat([second, Buffer.alloc(28)]),
      `${zeros(7)}01${zeros(7)}02${zeros(7)}03${zeros(7)}05`
    ]
  ])("are decoded in %i bytes", (width, first, parameter, data, next) => {
    expect(decoded(width, first, parameter, 1, data)).toEqual([first, next])
    expect(() => decoded(width, first, parameter, 1, Buffer.alloc(0))).toThrow("do not fit")
    expect(() => decoded(width, first, parameter - 1, 1, data)).toThrow("a parameter of")
  })
})
