import { createHash } from "node:crypto"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import {
  applyUpdate,
  bytesOfHashes,
  checksumOf
} from "../../../../actors/scan/safe-browsing/lists/apply-update.ts"
import { type Hashes, noHashes } from "../../../../actors/scan/safe-browsing/lists/hashes.ts"
import { readListAnswer } from "../../../../actors/scan/safe-browsing/lists/list-answer.ts"
import {
  type HashWidth,
  type RiceCoded,
  RiceReader
} from "../../../../actors/scan/safe-browsing/lists/rice.ts"
import { message } from "./protobuf.ts"
import { parameterFor, riceMessage, riceMessageOf } from "./rice-writer.ts"

const fieldOf: Readonly<Record<HashWidth, number>> = { 4: 4, 8: 9, 16: 10, 32: 11 }

/** Hashes as they come in an answer. */
const codedOf = (width: HashWidth, hashes: ReadonlyArray<Buffer>, parameter?: number): RiceCoded => {
  const [list] = readListAnswer(message(1, message(fieldOf[width], riceMessage(width, hashes, parameter))))
  return list!.additions!
}

const placesOf = (places: ReadonlyArray<number>): RiceCoded => {
  const removals = riceMessageOf(Uint32Array.from(places))
  return readListAnswer(message(1, message(5, removals)))[0]!.removals!
}

const listOf = (width: HashWidth, hashes: ReadonlyArray<Buffer>) =>
  applyUpdate(noHashes(width), {
    additions: hashes.length === 0 ? undefined : codedOf(width, hashes),
    removals: undefined
  })

const contentOf = async (hashes: Hashes): Promise<Buffer> => {
  const parts: Array<Buffer> = []
  for await (const part of bytesOfHashes(hashes)) parts.push(part)
  return Buffer.concat(parts)
}

const ascending = (hashes: Iterable<string>): ReadonlyArray<Buffer> =>
  [...new Set(hashes)].toSorted().map((hash) => Buffer.from(hash, "hex"))

const widths = fc.constantFrom<HashWidth>(4, 8, 16, 32)
/** Some close to each other, some far apart, some at the ends. */
const hashesOf = (width: HashWidth, max: number) => {
  const anywhere = fc
    .uint8Array({ minLength: width, maxLength: width })
    .map((it) => Buffer.from(it).toString("hex"))
  const close = fc.nat(1_000).map((low) => low.toString(16).padStart(width * 2, "0"))
  const ends = fc.constantFrom("00".repeat(width), "ff".repeat(width))
  return fc.array(fc.oneof(anywhere, close, ends), { maxLength: max }).map(ascending)
}

describe("a list of hashes", () => {
  it("holds what was coded, and nothing else, in every width", async () => {
    await fc.assert(
      fc.asyncProperty(
        widths.chain((width) => fc.tuple(fc.constant(width), hashesOf(width, 60), hashesOf(width, 20))),
        async ([width, hashes, others]) => {
          const list = await listOf(width, hashes)
          const content = Buffer.concat(hashes)
          expect([list.size, list.width]).toEqual([hashes.length, width])
          expect(await contentOf(list)).toEqual(content)
          expect(await checksumOf(list)).toBe(createHash("sha256").update(content).digest("hex"))
          const known = new Set(hashes.map((hash) => hash.toString("hex")))
          const behind = Buffer.alloc(32 - width, 7)
          for (const hash of [...hashes, ...others])
            expect(list.has(Buffer.concat([hash, behind]))).toBe(known.has(hash.toString("hex")))
        }
      ),
      { numRuns: 300 }
    )
  })

  it("becomes the service's by what is removed and added", async () => {
    await fc.assert(
      fc.asyncProperty(
        widths.chain((width) =>
          fc.tuple(fc.constant(width), hashesOf(width, 60), hashesOf(width, 30), fc.array(fc.nat(59)))
        ),
        async ([width, before, more, dropped]) => {
          const isDropped = (place: number) => dropped.includes(place)
          const places = before.map((_, place) => place).filter(isDropped)
          const known = new Set(before.map((hash) => hash.toString("hex")))
          const added = more.filter((hash) => !known.has(hash.toString("hex")))
          const after = [...before.filter((_, place) => !isDropped(place)), ...added].toSorted((a, b) =>
            a.compare(b)
          )
          const list = await applyUpdate(await listOf(width, before), {
            additions: added.length === 0 ? undefined : codedOf(width, added),
            removals: places.length === 0 ? undefined : placesOf(places)
          })
          expect(await contentOf(list)).toEqual(Buffer.concat(after))
        }
      ),
      { numRuns: 300 }
    )
  })

  it("is the same for each parameter it may be coded with", async () => {
    const hashes = Array.from({ length: 400 }, (_, at) => createHash("sha256").update(`${at}`).digest())
      .map((hash) => hash.subarray(0, 4))
      .toSorted((a, b) => a.compare(b))
    for (let parameter = 20; parameter <= 30; parameter++)
      expect(
        await contentOf(
          await applyUpdate(noHashes(4), { additions: codedOf(4, hashes, parameter), removals: undefined })
        )
      ).toEqual(Buffer.concat(hashes))
    expect(parameterFor(32, 1)).toBe(254)
  })

  it("takes two bytes for each of four, and is cut into parts wherever it is long", async () => {
    const size = 40_000
    const hashes = Array.from({ length: size }, (_, at) => {
      const it = Buffer.alloc(4)
      it.writeUInt32BE(at * 107_374)
      return it
    })
    const list = await listOf(4, hashes)
    expect(list.bytes).toBe(2 * size + 4 * 65_537)
    expect(await contentOf(list)).toEqual(Buffer.concat(hashes))
  })

  const four = (...values: ReadonlyArray<number>) =>
    ascending(values.map((it) => it.toString(16).padStart(8, "0")))

  it.each<readonly [string, ReadonlyArray<number>, string]>([
    ["that there is not", [0, 5], "a place is removed"],
    ["twice", [1, 1], "a place is removed"],
    ["more often than there are any", [0, 1, 2, 3], "more is removed"]
  ])("is refused where a place is removed %s", async (_, places, why) =>
    expect(
      applyUpdate(await listOf(4, four(1, 2, 3)), { additions: undefined, removals: placesOf(places) })
    ).rejects.toThrow(why)
  )

  it("is refused where the hashes are of another length, or beyond the last there can be", async () => {
    const long = codedOf(8, [Buffer.alloc(8)])
    await expect(applyUpdate(noHashes(4), { additions: long, removals: undefined })).rejects.toThrow(
      "of 4 bytes"
    )
    const beyond = { ...codedOf(4, four(1, 2)), first: Uint32Array.of(0xff_ff_ff_ff) }
    expect(() => new RiceReader(beyond).read(new Uint32Array(2))).toThrow("too large")
  })
})
