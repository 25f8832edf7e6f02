/** How a command fails, and how any error becomes what, why and what to do. */
import { Predicate, Schema } from "effect"
import type { ExitCode } from "./exit-codes.ts"

/** A command could not do what it was asked. */
export class OperatorFailed extends Schema.TaggedError<OperatorFailed>()("OperatorFailed", {
  /** What could not be done, as a sentence without its full stop. */
  what: Schema.String,
  why: Schema.String,
  next: Schema.String,
  exit: Schema.optionalKey(Schema.Literals(["failed", "usage", "unreachable"]))
}) {
  override get message(): string {
    return `${this.what}: ${this.why}. ${this.next}`
  }
}

/** An error as it is shown. */
export interface Explanation {
  readonly what: string
  /** What was expected, what was found. */
  readonly why?: string
  readonly next?: string
  readonly exit: ExitCode
}

/** What a person can do about errors whose own words stop at what was found. */
const nextSteps: Readonly<Record<string, string>> = {
  BadSetting: "`wadjet config` shows every setting, where its value comes from and what is accepted.",
  SqliteUnavailable: "`wadjet doctor` checks the data folder.",
  LogUnavailable:
    "Nothing that was acknowledged is lost. `wadjet doctor` says what answers and what does not.",
  KeyringUnavailable: "`wadjet doctor` checks the data folder."
}

/** What to do where the page cannot be served, by the reason. */
const pageSteps: Readonly<Record<string, string>> = {
  "port-in-use":
    "Stop the program that listens there, or set WADJET_HTTP to another address, such as 127.0.0.1:7412.",
  "not-allowed": "Set WADJET_HTTP to a port from 1024 on, such as 127.0.0.1:7411.",
  "no-such-address": "Set WADJET_HTTP to an address that this machine has, such as 127.0.0.1:7411.",
  "page-missing": "Install Wadjet again: its files are not complete.",
  accounts: "`wadjet doctor` checks the data folder.",
  failed: "`wadjet doctor` checks the address and the data folder."
}

/** Errors that mean that nothing answered. */
const silences: ReadonlySet<string> = new Set(["NatsUnreachable", "Unanswered"])

const upper = (text: string) => text.slice(0, 1).toUpperCase() + text.slice(1)

const isExplained = Predicate.compose(
  Predicate.isObject,
  (error): error is { readonly expected: string; readonly found: string; readonly next: string } =>
    Predicate.hasProperty(error, "expected") &&
    Predicate.hasProperty(error, "found") &&
    Predicate.hasProperty(error, "next") &&
    Predicate.isString(error.next)
)

/** Puts any error into words for a person: never a stack trace. */
export const explain = (error: unknown): Explanation => {
  if (Predicate.isTagged(error, "SystemStopped") && Predicate.hasProperty(error, "cause"))
    return explain(error.cause)
  if (error instanceof OperatorFailed) {
    const { exit = "failed", next, what, why } = error
    return { what, why, next, exit }
  }
  const tag = Predicate.hasProperty(error, "_tag") ? String(error._tag) : ""
  const exit = silences.has(tag) ? "unreachable" : "failed"
  if (tag === "NatsServerFailed" && isExplained(error)) {
    const { expected, found, next } = error
    return {
      what: "The event log's server (nats-server) does not run",
      why: `expected ${expected}, found ${found}`,
      next,
      exit
    }
  }
  if (tag === "AdminFailed" && Predicate.hasProperty(error, "reason") && error instanceof Error) {
    const why = error.message.replace(/;.*$/u, "")
    return {
      what: "The page and the API cannot be served",
      why,
      next: pageSteps[String(error.reason)] ?? pageSteps["failed"]!,
      exit
    }
  }
  const what = upper(error instanceof Error ? error.message : String(error))
  const next = nextSteps[tag]
  return next === undefined ? { what, exit } : { what, next, exit }
}

/** The explanation as lines of text. */
export const explanationLines = ({ next, what, why }: Explanation): ReadonlyArray<string> => [
  `wadjet: ${what}${why === undefined ? "" : `: ${why}.`}`,
  ...(next === undefined ? [] : [`        ${next}`])
]
