import type { Readable, Writable } from "node:stream"
import * as Result from "effect/Result"
import type { BatchOperation, Refusal } from "./operation.ts"

/** Longer lines are refused, so that memory stays bounded whatever is piped in. */
export const lineBytesMax = 256 * 1024 * 1024

// Answers are written together until they have this many characters: one system call for many lines.
const writeCharactersMin = 64 * 1024

const lineFeed = 0x0a

/**
 * Reads one JSON object per line from `input`, computes, and writes one JSON object per line to `output`,
 * in order, no faster than `output` takes them.
 *
 * Lines end at `\n` only: texts contain U+2028, and characters may be split between chunks. A `\r` before
 * it is white space to JSON. Every line gets an answer, an `{"error"}` when it is not JSON, is blank or
 * can't be handled; only nothing after the last `\n` is no line. A reader that goes away ends the run
 * without an error; other failures of the streams reject.
 */
export async function runBatch(operation: BatchOperation, input: Readable, output: Writable): Promise<void> {
  const sink = makeSink(output)
  const line = lineGatherer((bytes) => sink.add(answer(operation, bytes)))
  for await (const chunk of input) {
    line.take(typeof chunk === "string" ? Buffer.from(chunk) : chunk)
    await sink.settle(writeCharactersMin)
    if (sink.isClosed()) return
  }
  line.finish()
  await sink.settle(0)
}

function answer(operation: BatchOperation, bytes: Buffer | undefined): object {
  if (bytes === undefined)
    return refuse(`expected a line of at most ${lineBytesMax} bytes, found a longer one`)
  const text = bytes.toString("utf8")
  if (text.trim() === "") return refuse("expected a JSON object, found a blank line")
  const parsed = Result.try((): unknown => JSON.parse(text))
  if (Result.isFailure(parsed)) return refuse("expected a JSON object, found a line that is not JSON")
  const computed = Result.try(() => operation(parsed.success))
  return Result.isSuccess(computed)
    ? computed.success
    : refuse(`could not be computed: ${String(computed.failure)}`)
}

const refuse = (error: string): Refusal => ({ error })

interface LineGatherer {
  readonly take: (chunk: Buffer) => void
  /** Hands on what stands behind the last line feed, if anything does. */
  readonly finish: () => void
}

// Hands on undefined for a line that is too long.
function lineGatherer(each: (line: Buffer | undefined) => void): LineGatherer {
  let pieces: Array<Buffer> = []
  let bytes = 0
  const add = (piece: Buffer): void => {
    bytes += piece.length
    if (bytes <= lineBytesMax) pieces.push(piece)
    else pieces = []
  }
  const end = (): void => {
    each(bytes > lineBytesMax ? undefined : pieces.length === 1 ? pieces[0] : Buffer.concat(pieces))
    pieces = []
    bytes = 0
  }
  return {
    take(chunk) {
      let start = 0
      for (let at = chunk.indexOf(lineFeed); at >= 0; at = chunk.indexOf(lineFeed, start)) {
        add(chunk.subarray(start, at))
        end()
        start = at + 1
      }
      if (start < chunk.length) add(chunk.subarray(start))
    },
    finish() {
      if (bytes > 0) end()
    }
  }
}

interface Sink {
  readonly add: (value: object) => void
  /** Writes what is gathered if it has at least `charactersMin`, and waits until the output has taken it. */
  readonly settle: (charactersMin: number) => Promise<void>
  readonly isClosed: () => boolean
}

const goneAway: ReadonlySet<string | undefined> = new Set(["EPIPE", "ERR_STREAM_DESTROYED"])

function makeSink(output: Writable): Sink {
  let gathered = ""
  let closed = false
  // The failure also reaches the callback of the write, which decides what it means.
  output.on("error", () => undefined)
  const write = (text: string): Promise<NodeJS.ErrnoException | null | undefined> =>
    new Promise((resolve) => output.write(text, resolve))
  return {
    add(value) {
      gathered += `${JSON.stringify(value)}\n`
    },
    async settle(charactersMin) {
      if (gathered === "" || gathered.length < charactersMin) return
      const text = gathered
      gathered = ""
      const failure = await write(text)
      closed = goneAway.has(failure?.code)
      if (failure && !closed) throw failure
    },
    isClosed: () => closed
  }
}
