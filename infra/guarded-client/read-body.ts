/** Reading what a server sends, no further than a limit, before and after it is decompressed. */
import { pipeline, type Readable } from "node:stream"
import { constants, createBrotliDecompress, createGunzip, createInflate } from "node:zlib"

export interface Body {
  readonly bytes: Buffer
  /** Whether there was more than was read, or it could not be read to its end. */
  readonly cut: boolean
}

// Flushed at what was received: of a body that is cut short, what came is wanted.
const zlibPatience = { finishFlush: constants.Z_SYNC_FLUSH }
const brotliPatience = { finishFlush: constants.BROTLI_OPERATION_FLUSH }

const decoders: Readonly<Record<string, () => NodeJS.ReadWriteStream>> = {
  gzip: () => createGunzip(zlibPatience),
  "x-gzip": () => createGunzip(zlibPatience),
  deflate: () => createInflate(zlibPatience),
  br: () => createBrotliDecompress(brotliPatience)
}

/** What is asked for with `accept-encoding`. */
export const acceptedEncodings = "gzip, br"

/** Whether a body of an encoding, as its header has it, is not compressed. */
export const isPlain = (encoding: string): boolean => {
  const name = encoding.trim().toLowerCase()
  return name === "" || name === "identity"
}

async function* upTo(source: AsyncIterable<Buffer>, bytesMax: number, onCut: () => void) {
  let left = bytesMax
  for await (const chunk of source) {
    if (chunk.length > left) {
      onCut()
      if (left > 0) yield chunk.subarray(0, left)
      return
    }
    left -= chunk.length
    yield chunk
  }
}

/** The stream of a body as it was before it was compressed; `undefined` for a compression that is not known. */
const decoded = (source: AsyncIterable<Buffer>, encoding: string): AsyncIterable<Buffer> | undefined => {
  if (isPlain(encoding)) return source
  const decoder = decoders[encoding]?.()
  if (decoder === undefined) return undefined
  // A fault of either stream reaches whoever reads the decoder.
  return pipeline(source, decoder, () => {}) as NodeJS.ReadWriteStream & AsyncIterable<Buffer>
}

/** A body that is longer than whoever asked for it takes. */
export class BodyTooLong extends Error {
  constructor(bytesMax: number) {
    super(`longer than ${bytesMax} bytes`)
  }
}

/** A body part by part, as it was before it was compressed; longer than `bytesMax`, or of an unknown compression, it throws. */
export async function* bodyParts(body: Readable, encoding: string, bytesMax: number): AsyncGenerator<Buffer> {
  const tooLong = () => {
    throw new BodyTooLong(bytesMax)
  }
  body.on("error", () => {})
  try {
    const stream = decoded(upTo(body, bytesMax, tooLong), encoding.trim().toLowerCase())
    yield* stream === undefined ? tooLong() : upTo(stream, bytesMax, tooLong)
  } finally {
    body.destroy()
  }
}

/** Reads at most `bytesMax` bytes of a body, and at most as many of what they stand for, and leaves the rest unread. */
export const readBody = async (body: Readable, encoding: string, bytesMax: number): Promise<Body> => {
  let cut = false
  const onCut = () => void (cut = true)
  // Leaving a body before its end is an error to it, which nobody else listens to.
  body.on("error", () => {})
  try {
    const stream = decoded(upTo(body, bytesMax, onCut), encoding.trim().toLowerCase())
    if (stream === undefined) return { bytes: Buffer.alloc(0), cut: true }
    const chunks: Array<Buffer> = []
    for await (const chunk of upTo(stream, bytesMax, onCut)) chunks.push(chunk)
    return { bytes: Buffer.concat(chunks), cut }
  } finally {
    body.destroy()
  }
}
