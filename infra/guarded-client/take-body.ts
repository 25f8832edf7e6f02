/** Taking the body of an answer as it comes: gathered, or as a stream. */
import { Readable } from "node:stream"
import type { Body } from "./read-body.ts"

/** How whoever takes a body says that it is slow, or that it has enough. */
export interface Flow {
  readonly pause: () => void
  readonly resume: () => void
  /** What is still to come is not wanted: unless all of it is there, the connection is broken off. */
  readonly stop: () => void
}

/** Whoever takes a body: part by part, to its end or until something goes wrong. */
export interface TakesBody {
  readonly take: (part: Buffer) => void
  readonly end: () => void
  readonly fail: (fault: Error) => void
}

/** As a stream, for what is compressed or long. */
export const streamed = ({ pause, resume, stop }: Flow) => {
  const stream = new Readable({
    read: resume,
    destroy: (fault, done) => {
      stop()
      done(fault)
    }
  })
  // Whoever reads it hears of its faults; where nobody does, nobody needs to.
  stream.on("error", () => {})
  const taker: TakesBody = {
    take: (part) => {
      if (!stream.push(part)) pause()
    },
    end: () => void stream.push(null),
    fail: (fault) => void stream.destroy(fault)
  }
  return { stream, taker }
}

/** Gathers what is not compressed, up to its limit in bytes: a short answer needs no stream, which costs more than it. */
export const gathered = (
  bytesMax: number,
  { stop }: Flow,
  done: (body: Body) => void,
  fail: (fault: Error) => void
): TakesBody => {
  const parts: Array<Buffer> = []
  let left = bytesMax
  return {
    take: (part) => {
      if (part.length <= left) {
        left -= part.length
        parts.push(part)
        return
      }
      stop()
      done({ bytes: Buffer.concat([...parts, part.subarray(0, left)]), cut: true })
    },
    end: () => done({ bytes: Buffer.concat(parts), cut: false }),
    fail
  }
}
