/** Where commands write: results to standard output, everything said on the way to standard error. */
import type { Writable } from "node:stream"
import { Context, Effect } from "effect"

export interface OutputService {
  /** A line of the result. */
  readonly line: (text: string) => Effect.Effect<void>
  /** The result, or one item of it, as one line of JSON. */
  readonly json: (value: unknown) => Effect.Effect<void>
  /** A line about what is being done, which is not part of the result. */
  readonly note: (text: string) => Effect.Effect<void>
  /** Shows how far something is: in place on a terminal, and nothing elsewhere. An empty text takes it away. */
  readonly status: (text: string) => Effect.Effect<void>
  /** Whether a person is watching what `note` and `status` write. */
  readonly watched: boolean
  /** Whether results are read on a terminal. */
  readonly terminal: boolean
  /** Columns of the terminal; `defaultColumns` where it does not say, and elsewhere. */
  readonly columns: number
  readonly colour: boolean
}

/** Wide enough for a sentence, narrow enough for a mail. */
export const defaultColumns = 100

export class Output extends Context.Service<Output, OutputService>()("wadjet/operator/Output") {}

/** The part of a stream that a terminal adds. */
type Stream = Writable & { readonly isTTY?: boolean; readonly columns?: number }

const startOfLine = "\r\x1b[2K"

/**
 * Writes, and waits until the stream takes more or is gone, so that a slow reader is not met with a heap of memory.
 * Writing and listening are one step: between two, the stream could have said already that it takes more.
 */
const writeTo = (stream: Stream, text: string) =>
  Effect.callback<void>((resume) => {
    // What nobody reads any more is not waited for.
    if (stream.write(text) || !stream.writable) return resume(Effect.void)
    const ends = ["drain", "close", "error"]
    const leave = () => ends.forEach((name) => stream.off(name, done))
    const done = () => {
      leave()
      resume(Effect.void)
    }
    for (const name of ends) stream.on(name, done)
    return Effect.sync(leave)
  })

/** Waits until everything that was written has been handed over, or nobody reads it any more. */
export const flushed = (stream: Writable) =>
  Effect.callback<void>((resume) => {
    stream.write("", () => resume(Effect.void))
  })

/** Writes to streams. `plain` (NO_COLOR, https://no-color.org) leaves colours out. */
export const outputTo = (stdout: Stream, stderr: Stream, plain: boolean): OutputService => {
  const terminal = stdout.isTTY === true
  const watched = stderr.isTTY === true
  let shown = false
  /** What is shown in place is taken away before anything else is written to the same screen. */
  const write = (stream: Stream, text: string) =>
    Effect.suspend(() => {
      if (shown) stderr.write(startOfLine)
      shown = false
      return writeTo(stream, text)
    })
  return {
    line: (text) => write(stdout, `${text}\n`),
    json: (value) => write(stdout, `${JSON.stringify(value)}\n`),
    note: (text) => write(stderr, `${text}\n`),
    status: (text) =>
      Effect.sync(() => {
        if (!watched || (text === "" && !shown)) return
        shown = text !== ""
        stderr.write(`${startOfLine}${text.slice(0, (stderr.columns || defaultColumns) - 1)}`)
      }),
    watched,
    terminal,
    columns: stdout.columns || defaultColumns,
    colour: terminal && !plain
  }
}
