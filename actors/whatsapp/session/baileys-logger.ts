/**
 * What Baileys logs, as lines of our own log at the level `debug`. Its objects hold stanzas, keys and numbers:
 * of them only counts and codes pass, and of its sentences only what names nobody.
 */
import type { SocketConfig } from "@whiskeysockets/baileys"

type BaileysLogger = SocketConfig["logger"]

/** Fields that say how much or which kind, never who or what. */
const harmless: ReadonlySet<string> = new Set([
  "count",
  "retryCount",
  "statusCode",
  "mutationCount",
  "retriesLeft",
  "attempts",
  "unavailableType",
  "messageType",
  "enforcementType"
])

const identity =
  /[^\s"',;(){}[\]]+@(?:s\.whatsapp\.net|c\.us|lid|g\.us|broadcast|newsletter|hosted(?:\.lid)?)\b/gu
/** Phone numbers have at least seven digits; keys and ids are long words with digits in them. */
const longNumber = /\d{6,}/gu
const longWord = /[A-Za-z0-9+/=_-]{16,}/gu

/** A sentence without identities, numbers, ids and keys. */
export const withoutNames = (text: string): string =>
  text.replace(identity, "<identity>").replace(longWord, "<id>").replace(longNumber, "<number>")

const factsOf = (value: unknown): Record<string, number | string> => {
  if (typeof value !== "object" || value === null) return {}
  const facts: Record<string, number | string> = {}
  for (const [name, it] of Object.entries(value)) {
    if (typeof it === "number" && harmless.has(name)) facts[name] = it
    if (typeof it === "string" && harmless.has(name)) facts[name] = withoutNames(it)
    if (it instanceof Error) facts["error"] = withoutNames(it.message)
  }
  return facts
}

export type Say = (words: string, facts: Readonly<Record<string, number | string>>) => void

/** A logger for Baileys: its warnings and errors go to `say`, the rest nowhere. */
export const baileysLogger = (say: Say): BaileysLogger => {
  const heard = (level: string) => (value: unknown, words?: string) => {
    const text = words ?? (typeof value === "string" ? value : "")
    say(`Baileys: ${withoutNames(text)}`, { ...factsOf(value), level })
  }
  const silence = () => {}
  const logger: BaileysLogger = {
    level: "warn",
    child: () => logger,
    trace: silence,
    debug: silence,
    info: silence,
    warn: heard("warn"),
    error: heard("error")
  }
  return logger
}
