/** From the text of a message to a command, or to what was expected instead. Pure. */
import {
  afterPrefix,
  commandIn,
  commandNames,
  type CommandName,
  wordsOf
} from "../../../contracts/chat-command.ts"
import { canonicalize } from "../../../contracts/link/canonical.ts"
import { extractLinks } from "../../../contracts/link/extract.ts"
import type { OverrideMatch } from "../../../contracts/policy.ts"
import { durationAtStart } from "./duration.ts"
import { latinDigits, nearest } from "./spelling.ts"

/** What an allow or a deny is about, as it was typed. */
interface Ruling {
  readonly match: OverrideMatch
  readonly pattern: string
  readonly millis?: number
  readonly reason?: string
}

/** What is to be scheduled in a chat, or called off there. */
export type ScheduleWish =
  | { readonly wish: "list" }
  | { readonly wish: "cancel"; readonly code: string }
  /** A day as `2026-12-31`; without one, the next time that clocks show the time, as `23:59`. */
  | { readonly wish: "say"; readonly day?: string; readonly time: string; readonly text: string }

/** What is allowed and denied is to be listed, or one of it taken back. */
export type OverridesWish = { readonly wish: "list" } | { readonly wish: "remove"; readonly code: string }

/** Commands that stand alone. */
type Bare = "help" | "status" | "unmute" | "optout" | "optin"
type BareToo = "consentstatus" | "pair-status" | "pair-reset" | "pair"
/** Commands that name a link. */
type Naming = "scan" | "rescan" | "explain" | "report"

export type ChatCommand =
  | { readonly command: Bare | BareToo }
  /** Without a URL: the link of the message that it replies to. */
  | { readonly command: Naming; readonly url?: string }
  | { readonly command: "mute"; readonly millis: number }
  | ({ readonly command: "allow" | "deny" } & Ruling)
  | { readonly command: "settings"; readonly key?: string; readonly value?: string }
  | { readonly command: "consent"; readonly given: boolean }
  | { readonly command: "approve"; readonly member?: string }
  | { readonly command: "governance"; readonly count: number }
  | ({ readonly command: "schedule" } & ScheduleWish)
  | ({ readonly command: "overrides" } & OverridesWish)

/** What was expected in the place of what was found. */
export type Expectation =
  | "link"
  | "link-or-domain"
  | "duration"
  | "reason"
  | "count"
  | "nothing"
  | "yes-or-no"
  | "moment"
  | "words"
  | "code"

export type Misunderstood =
  | { readonly is: "unknown"; readonly found: string; readonly nearest: CommandName }
  | {
      readonly is: "unexpected"
      readonly command: CommandName
      readonly expected: Expectation
      readonly found: string
    }

export type Parsed = ChatCommand | Misunderstood

/** A mute that names no end has this one: as long as in the older scanner. */
export const muteMillisDefault = 60 * 60_000

export const governanceCountDefault = 10
export const governanceCountMax = 25

/** The longest of what was typed that is said again, in characters. */
const foundLengthMax = 60

const short = (text: string) => {
  const characters = [...text]
  return characters.length > foundLengthMax ? `${characters.slice(0, foundLengthMax).join("")}…` : text
}

const unexpected = (
  command: CommandName,
  expected: Expectation,
  words: ReadonlyArray<string>
): Misunderstood => ({ is: "unexpected", command, expected, found: short(words.join(" ")) })

const [firstName, ...otherNames] = commandNames

const isName = (word: string): word is CommandName => commandNames.some((name) => name === word)

type Read = (words: ReadonlyArray<string>) => Parsed

const bare =
  (command: Bare | BareToo): Read =>
  (words) =>
    words.length === 0 ? { command } : unexpected(command, "nothing", words)

const link =
  (command: Naming): Read =>
  (words) => {
    const [first, ...more] = words
    if (first === undefined) return { command }
    const [found] = extractLinks(first)
    if (found === undefined) return unexpected(command, "link", words)
    return more.length === 0 ? { command, url: found.url } : unexpected(command, "nothing", more)
  }

const mute: Read = (words) => {
  if (words.length === 0) return { command: "mute", millis: muteMillisDefault }
  const found = durationAtStart(words)
  return found !== undefined && found.words === words.length
    ? { command: "mute", millis: found.millis }
    : unexpected("mute", "duration", words)
}

const matches: ReadonlyArray<OverrideMatch> = ["url", "host", "domain"]

/** `url`, `host` or `domain` may be said before; else whatever has a path is a URL, and the rest a domain. */
const patternIn = (word: string, said: OverrideMatch | undefined): Ruling | undefined => {
  const [found] = extractLinks(word)
  const spelled = found === undefined ? word : found.url
  const url = URL.parse(spelled.includes("://") ? spelled : `http://${spelled}`)
  if (url === null || canonicalize(url.href) === undefined || !url.hostname.includes(".")) return undefined
  const isWhole = /^[a-z][a-z0-9+.-]*:\/\//iu.test(word) || url.pathname !== "/" || url.search !== ""
  const match = said ?? (isWhole ? "url" : "domain")
  return { match, pattern: match === "url" ? url.href : url.hostname }
}

const durationWords = new Set(["for", "لمدة"])

const ruling =
  (command: "allow" | "deny"): Read =>
  (words) => {
    const said = matches.find((match) => match === words[0]?.toLowerCase())
    const [first, ...rest] = said === undefined ? words : words.slice(1)
    const about = first === undefined ? undefined : patternIn(first, said)
    if (about === undefined) return unexpected(command, "link-or-domain", words)
    const isTimed = durationWords.has(rest[0]?.toLowerCase() ?? "")
    const found = isTimed ? durationAtStart(rest.slice(1)) : undefined
    if (isTimed && found === undefined) return unexpected(command, "duration", rest.slice(1))
    const reason = rest.slice(found === undefined ? 0 : found.words + 1).join(" ")
    if (reason.length > reasonLengthMax) return unexpected(command, "reason", [reason])
    return {
      command,
      ...about,
      ...(found === undefined ? {} : { millis: found.millis }),
      ...(reason === "" ? {} : { reason })
    }
  }

/** As much as an override keeps, in UTF-16 code units. */
export const reasonLengthMax = 200

const settings: Read = ([key, ...value]) => ({
  command: "settings",
  ...(key === undefined ? {} : { key }),
  ...(value.length === 0 ? {} : { value: value.join(" ") })
})

const yes = new Set(["yes", "y", "نعم"])
const no = new Set(["no", "n", "withdraw", "لا"])

const consent: Read = (words) => {
  const word = words.join(" ").toLowerCase()
  if (word === "" || yes.has(word)) return { command: "consent", given: true }
  return no.has(word) ? { command: "consent", given: false } : unexpected("consent", "yes-or-no", words)
}

const approve: Read = (words) =>
  words.length === 0 ? { command: "approve" } : { command: "approve", member: words.join(" ") }

const governance: Read = (words) => {
  if (words.length === 0) return { command: "governance", count: governanceCountDefault }
  const count = /^\d{1,2}$/u.test(latinDigits(words.join(" "))) ? Number(latinDigits(words.join(" "))) : 0
  return count >= 1 && count <= governanceCountMax
    ? { command: "governance", count }
    : unexpected("governance", "count", words)
}

const cancels = new Set(["cancel", "delete", "إلغاء", "الغاء"])

const codeLength = 4

/** By what a job or an override is named in a chat: the end of its id. */
export const codeOf = (id: string): string => id.slice(-codeLength)

const codeIn = (words: ReadonlyArray<string>): string | undefined => {
  const [code = "", ...more] = words.map(latinDigits)
  return more.length === 0 && /^[0-9a-f]{4}$/iu.test(code) ? code.toLowerCase() : undefined
}

const cancelling = (words: ReadonlyArray<string>): Parsed => {
  const code = codeIn(words)
  return code === undefined
    ? unexpected("schedule", "code", words)
    : { command: "schedule", wish: "cancel", code }
}

const removes = new Set(["remove", "delete", "حذف", "إزالة", "ازالة"])

const overrides: Read = (words) => {
  const [first, ...rest] = words
  if (first === undefined) return { command: "overrides", wish: "list" }
  if (!removes.has(first.toLowerCase())) return unexpected("overrides", "nothing", words)
  const code = codeIn(rest)
  return code === undefined
    ? unexpected("overrides", "code", rest)
    : { command: "overrides", wish: "remove", code }
}

/** `2026-12-31`, or as it is said in much of the world, `31.12.2026` and `31/12/2026`. */
const dayIn = (word: string): string | undefined => {
  const text = latinDigits(word)
  if (/^\d{4}-\d\d-\d\d$/u.test(text)) return text
  const [, day, month, year] = /^(\d\d?)[./](\d\d?)[./](\d{4})$/u.exec(text) ?? []
  return year === undefined ? undefined : `${year}-${month!.padStart(2, "0")}-${day!.padStart(2, "0")}`
}

const timeIn = (word: string): string | undefined => {
  const [, hour, minute] = /^(\d\d?):(\d\d)$/u.exec(latinDigits(word)) ?? []
  if (hour === undefined || Number(hour) > 23 || Number(minute) > 59) return undefined
  return `${hour.padStart(2, "0")}:${minute}`
}

const scheduling: Read = (words) => {
  const [first, ...rest] = words
  if (first === undefined) return { command: "schedule", wish: "list" }
  if (cancels.has(first.toLowerCase())) return cancelling(rest)
  const day = dayIn(first)
  const [clock = "", ...said] = day === undefined ? words : rest
  const time = timeIn(clock)
  if (time === undefined) return unexpected("schedule", "moment", words)
  const text = said.join(" ")
  // What the linked account says would be a command of its own.
  if (text === "" || commandIn(text) !== undefined) return unexpected("schedule", "words", said)
  return { command: "schedule", wish: "say", ...(day === undefined ? {} : { day }), time, text }
}

const readers: { readonly [Name in CommandName]: Read } = {
  help: () => ({ command: "help" }),
  scan: link("scan"),
  rescan: link("rescan"),
  explain: link("explain"),
  status: bare("status"),
  mute,
  unmute: bare("unmute"),
  allow: ruling("allow"),
  deny: ruling("deny"),
  overrides,
  settings,
  consent,
  consentstatus: bare("consentstatus"),
  approve,
  governance,
  schedule: scheduling,
  report: link("report"),
  optout: bare("optout"),
  optin: bare("optin"),
  pair: bare("pair"),
  "pair-status": bare("pair-status"),
  "pair-reset": bare("pair-reset")
}

/**
 * Reads the text of a message that begins with one of the prefixes. A prefix alone asks for help.
 *
 * @example parseCommand("!wadjet mute 2h") // { command: "mute", millis: 7_200_000 }
 */
export const parseCommand = (text: string): Parsed => {
  const [word = "help", ...rest] = wordsOf(afterPrefix(text))
  const name = word.toLowerCase()
  return isName(name)
    ? readers[name](rest)
    : { is: "unknown", found: short(word), nearest: nearest(name, [firstName!, ...otherNames]) }
}
