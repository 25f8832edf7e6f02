/** What a thread logs is written by its host: one process, one place that hides what is secret. */
import { Cause, Effect, Layer, Logger, References } from "effect"
import type { LogLine } from "./outside-protocol.ts"

const isLevel = (level: string): level is LogLine["level"] => level !== "All" && level !== "None"

/** Only what is text, a number or a truth is logged anywhere. */
const plain = (facts: object): LogLine["facts"] =>
  Object.fromEntries(
    Object.entries(facts).map(([name, value]) =>
      ["string", "number", "boolean"].includes(typeof value) ? [name, value] : [name, String(value)]
    )
  )

/** Hands every line over, in place of writing it. */
export const logsTo = (hand: (line: LogLine) => void) => {
  const logger = Logger.make<unknown, void>(({ cause, fiber, logLevel, message }) => {
    const parts = Array.isArray(message) ? message : [message]
    const facts = parts.filter((part): part is object => typeof part === "object" && part !== null)
    hand({
      level: isLevel(logLevel) ? logLevel : "Info",
      words: parts.filter((part) => typeof part === "string").join(" "),
      facts: {
        ...plain(Object.assign({}, fiber.getRef(References.CurrentLogAnnotations), ...facts)),
        ...(cause.reasons.length === 0 ? {} : { cause: Cause.pretty(cause) })
      }
    })
  })
  // Whoever writes them knows from which level on.
  return Layer.merge(Logger.layer([logger]), Layer.succeed(References.MinimumLogLevel, "Debug"))
}

/** Writes a line that a thread handed over. */
export const logLine = ({ facts, level, words }: LogLine): Effect.Effect<void> =>
  Effect.logWithLevel(level)(words, facts)
