/**
 * How much memory a picture takes once it is decoded, found in its header before anything is decoded: a few bytes
 * can claim a picture of gigabytes.
 */
import { constants, inflateRawSync } from "node:zlib"

/** 4096 by 3072: the largest that WhatsApp's own clients send as an image. */
export const pixelsMax = 4_096 * 3_072
/** The same with four bytes a pixel. */
const decodedBytesMax = 4 * pixelsMax

/**
 * - `small`: it can be decoded within the limits.
 * - `large`: it is of a known kind, and beyond them.
 * - `unknown`: another kind of picture, or none.
 */
export type Bounds = "small" | "large" | "unknown"

const fits = (width: number, height: number, bytesPerPixel: number): Bounds =>
  width * height > pixelsMax || width * height * bytesPerPixel > decodedBytesMax ? "large" : "small"

const pngSignature = Buffer.from("89504e470d0a1a0a", "hex")
/** By the kind of colour that a PNG's header names. */
const pngChannels: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 4, 4: 2, 6: 4 }

/** What the chunks of a kind hold. */
const pngChunks = (file: Buffer, kind: string): Buffer => {
  const found: Array<Buffer> = []
  for (let at = pngSignature.length; at + 8 <= file.length;) {
    const length = file.readUInt32BE(at)
    if (file.toString("latin1", at + 4, at + 8) === kind) found.push(file.subarray(at + 8, at + 8 + length))
    at += length + 12
  }
  return Buffer.concat(found)
}

/** The lines may be compressed a thousandfold, and be more than the header says. */
const inflatesWithin = (lines: Buffer, bytesMax: number): boolean => {
  try {
    inflateRawSync(lines.subarray(2), {
      maxOutputLength: bytesMax,
      finishFlush: constants.Z_SYNC_FLUSH
    })
    return true
  } catch (error) {
    // What does not inflate ends there for every decoder.
    return !(error instanceof Error && "code" in error && error.code === "ERR_BUFFER_TOO_LARGE")
  }
}

/** @see https://www.w3.org/TR/png-3/#11IHDR */
const pngBounds = (file: Buffer): Bounds => {
  if (file.length < 33 || file.toString("latin1", 12, 16) !== "IHDR") return "unknown"
  const [width, height] = [file.readUInt32BE(16), file.readUInt32BE(20)]
  const bits = file.readUInt8(24)
  const channels = pngChannels[file.readUInt8(25)]
  if (channels === undefined) return "unknown"
  const bounds = fits(width, height, channels * Math.max(1, bits / 8))
  if (bounds !== "small") return bounds
  // A byte stands before each line, of which an interlaced picture has at most twice as many, and seven more.
  const linesMax = decodedBytesMax + 2 * height + 64
  return inflatesWithin(pngChunks(file, "IDAT"), linesMax) ? "small" : "large"
}

/** Markers that have no length behind them: padding, restarts and the like. */
const isBare = (marker: number): boolean =>
  marker === 0x01 || marker === 0x00 || (marker >= 0xd0 && marker <= 0xd8)
const isFrame = (marker: number): boolean =>
  marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)
const scanMarker = 0xda
const endMarker = 0xd9

/** Of the first frame, which decoders read. What stands between segments is passed over, as decoders do. */
const jpegBounds = (file: Buffer): Bounds => {
  for (let at = 2; at + 9 < file.length;) {
    const marker = file.readUInt8(at + 1)
    if (file.readUInt8(at) !== 0xff || marker === 0xff || isBare(marker)) {
      at += 1
      continue
    }
    if (isFrame(marker))
      return fits(file.readUInt16BE(at + 7), file.readUInt16BE(at + 5), Math.max(1, file.readUInt8(at + 9)))
    if (marker === scanMarker || marker === endMarker) return "unknown"
    at += 2 + Math.max(2, file.readUInt16BE(at + 2))
  }
  return "unknown"
}

export const boundsOf = (file: Buffer): Bounds => {
  if (file.subarray(0, pngSignature.length).equals(pngSignature)) return pngBounds(file)
  return file.length > 3 && file.readUInt16BE(0) === 0xffd8 ? jpegBounds(file) : "unknown"
}
