/** What a process says when it ends of something that no code of ours expected: a line like those of the log. */
import { writeSync } from "node:fs"

const standardError = 2
/** Of pino. */
const fatal = 60

/** In full, with its stack and what caused it: this is the only trace that there will be. */
const causeOf = (error: unknown): string =>
  error instanceof Error ? (error.stack ?? error.message) : String(error)

/** The line, as JSON. Pure. */
export const lastLine = (
  at: Date,
  words: string,
  facts: Readonly<Record<string, unknown>>,
  error: unknown
): string =>
  JSON.stringify({ level: fatal, time: at.toISOString(), ...facts, cause: causeOf(error), msg: words })

/**
 * Writes it at once, past every buffer. Where nobody reads standard error any more there is nobody to tell.
 *
 * @example lastWords("something broke", { origin: "uncaughtException" }, error)
 */
export const lastWords = (words: string, facts: Readonly<Record<string, unknown>>, error: unknown): void => {
  try {
    writeSync(standardError, `${lastLine(new Date(), words, facts, error)}\n`)
  } catch {
    // It was closed.
  }
}
