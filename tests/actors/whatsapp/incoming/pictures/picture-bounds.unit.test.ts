import fc from "fast-check"
import { readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"
import { boundsOf, pixelsMax } from "../../../../../actors/whatsapp/incoming/pictures/picture-bounds.ts"
import { pictureOfCodes, png } from "./pictures-made.ts"

const fixture = (name: string) => readFileSync(new URL(`./fixtures/${name}`, import.meta.url))
const photo = fixture("turned.jpg")
const progressive = fixture("turned-progressive.jpg")

/** The same photo with another size in its header. */
const claiming = (jpeg: Buffer, width: number, height: number): Buffer => {
  const copy = Buffer.from(jpeg)
  for (let at = 2; at < copy.length; at += 2 + copy.readUInt16BE(at + 2)) {
    const marker = copy.readUInt8(at + 1)
    if (marker !== 0xc0 && marker !== 0xc2) continue
    copy.writeUInt16BE(height, at + 5)
    copy.writeUInt16BE(width, at + 7)
    return copy
  }
  throw new Error("expected a frame in the photo, found none")
}

describe("before a picture is decoded", () => {
  it("photos and drawings of ordinary sizes are let through", () => {
    expect(boundsOf(photo)).toBe("small")
    expect(boundsOf(progressive)).toBe("small")
    expect(boundsOf(pictureOfCodes("https://a.example/"))).toBe("small")
    expect(boundsOf(claiming(photo, 4_096, 3_072))).toBe("small")
  })

  it("one that claims more pixels than the limit is held back, whatever its file holds", () => {
    expect(boundsOf(claiming(photo, 4_096, 3_073))).toBe("large")
    expect(boundsOf(claiming(progressive, 65_535, 65_535))).toBe("large")
    expect(boundsOf(png({ width: 65_535, height: 65_535 }, Buffer.alloc(10)))).toBe("large")
    expect(boundsOf(png({ width: 0xffff_ffff, height: 1 }, Buffer.alloc(10)))).toBe("large")
    expect(boundsOf(png({ width: pixelsMax, height: 1, bits: 16, colour: 6 }, Buffer.alloc(10)))).toBe(
      "large"
    )
  })

  it("one whose lines inflate to more than its header says is held back", () => {
    const bomb = png({ width: 10, height: 10 }, Buffer.alloc(120 * 1024 * 1024))
    expect(bomb.length).toBeLessThan(200_000)
    expect(boundsOf(bomb)).toBe("large")
  })

  it("what is no JPEG and no PNG is not known", () => {
    expect(boundsOf(fixture("turned.webp"))).toBe("unknown")
    for (const text of ["", "x", "GIF89a", "<svg/>", "\u00ff\u00d8", "\u00ff\u00d8\u00ff"])
      expect(boundsOf(Buffer.from(text, "latin1"))).toBe("unknown")
  })

  it("no bytes whatever break it", () => {
    const starts = [Buffer.alloc(0), photo, progressive, pictureOfCodes("https://a.example/")]
    fc.assert(
      fc.property(
        fc.constantFrom(...starts),
        fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { maxLength: 12 }),
        fc.nat(),
        fc.uint8Array({ maxLength: 64 }),
        (start, changes, cut, more) => {
          const bytes = Buffer.concat([start.subarray(0, cut % (start.length + 1)), more])
          for (const [at, value] of changes)
            if (bytes.length > 0) bytes[at % Math.min(bytes.length, 700)] = value
          expect(["small", "large", "unknown"]).toContain(boundsOf(bytes))
        }
      ),
      { numRuns: 2_000 }
    )
  })
})
