/** Logs: pino behind Effect's logger. One JSON object a line, to standard error; personal data never gets here. */
import { Cause, Layer, Logger, References } from "effect"
import pino from "pino"
import type { LogLevelName } from "../config/settings.ts"

const levels = { debug: "Debug", info: "Info", warn: "Warn", error: "Error" } as const
const pinoLevel: Readonly<Record<string, "trace" | "debug" | "info" | "warn" | "error" | "fatal">> = {
  Trace: "trace",
  Debug: "debug",
  Info: "info",
  Warn: "warn",
  Error: "error",
  Fatal: "fatal"
}

/** Field names that may hold a secret or somebody's words, hidden wherever they turn up. */
const redact = ["password", "secret", "key", "text", "url", "body", "said", "who", "found"].flatMap(
  (name) => [name, `*.${name}`]
)

/** A logger at a level and above. Lines are written before the call returns, so that a crash loses none. */
export const pinoLogger = (level: LogLevelName) => {
  const destination = pino.destination({ dest: 2, sync: true })
  const log = pino({ level, base: null, timestamp: false, redact }, destination)
  const logger = Logger.make<unknown, void>(({ cause, date, fiber, logLevel, message }) => {
    const parts = Array.isArray(message) ? message : [message]
    const words = parts.filter((part) => typeof part === "string").join(" ")
    const facts = Object.assign(
      {},
      ...parts.filter((part) => typeof part === "object" && part !== null)
    ) as object
    log[pinoLevel[logLevel] ?? "info"](
      {
        time: date.toISOString(),
        ...fiber.getRef(References.CurrentLogAnnotations),
        ...facts,
        ...(cause.reasons.length === 0 ? {} : { cause: Cause.pretty(cause) })
      },
      words
    )
  })
  return Layer.merge(Logger.layer([logger]), Layer.succeed(References.MinimumLogLevel, levels[level]))
}
