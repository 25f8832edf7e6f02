import { NOISE_WA_HEADER } from "@whiskeysockets/baileys"
import { expect, it } from "vitest"
import { frame, frameReader } from "./frames.ts"

const routing = Buffer.concat([Buffer.from("ED"), Buffer.from([0, 1, 0, 0, 4]), Buffer.from("path")])
const stream = Buffer.concat([
  NOISE_WA_HEADER,
  frame(Buffer.from("one")),
  frame(Buffer.alloc(1_000, 1)),
  frame(Buffer.from("three"))
])

it.each([
  ["whole", stream.length],
  ["byte by byte", 1],
  ["in odd pieces", 97]
])("Frames are cut from a stream that comes %s", (_how, size) => {
  const read = frameReader()
  const frames: Buffer[] = []
  for (let at = 0; at < stream.length; at += size) frames.push(...read(stream.subarray(at, at + size)))
  expect(frames.map(({ length }) => length)).toEqual([3, 1_000, 5])
})

it("What routes a connection may stand before its header", () => {
  const read = frameReader()
  expect(read(routing)).toEqual([])
  expect(read(stream).map(({ length }) => length)).toEqual([3, 1_000, 5])
})
