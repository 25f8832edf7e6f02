/** The report of an import, for people and for programs. Pure; URLs are defanged. */
import { defang } from "../../../contracts/link/defang.ts"
import { compareLevels, type Level } from "../../../contracts/level.ts"
import type { VerdictRow } from "../../../projections/verdict-queries.ts"
import type { ParsedExport } from "../../whatsapp/chat-export/parse.ts"
import { counted, levelMark, levelWord, percent, printable, reasonText } from "../words.ts"
import type { ExportedLink } from "./export-links.ts"

export interface JudgedLink extends ExportedLink {
  /** Absent where the log holds no verdict: the chat was forgotten meanwhile. */
  readonly verdict: VerdictRow | undefined
}

export interface Import {
  readonly file: string
  readonly chat: string
  readonly chatName: string
  readonly zone: string
  readonly parsed: ParsedExport
  readonly messages: { readonly total: number; readonly taken: number; readonly known: number }
  readonly links: ReadonlyArray<JudgedLink>
}

/** A link may stand in many messages: what counts is the worst that is held of it now. */
const worse = (a: VerdictRow | undefined, b: VerdictRow): VerdictRow =>
  a === undefined || compareLevels(b.level ?? "benign", a.level ?? "benign") > 0 ? b : a

/** Puts the verdicts of a chat beside the links of its export. */
export const judged = (
  links: ReadonlyMap<string, ExportedLink>,
  rows: Iterable<VerdictRow>
): ReadonlyArray<JudgedLink> => {
  const worst = new Map<string, VerdictRow>()
  for (const row of rows)
    // Without a URL its words were forgotten.
    if (row.url !== null && links.has(row.url)) worst.set(row.url, worse(worst.get(row.url), row))
  return [...links.values()].map((link) => ({ ...link, verdict: worst.get(link.url) }))
}

const levels: ReadonlyArray<Level> = ["malicious", "suspicious", "benign"]
const unreadLineLengthMax = 160

const withLevel = (links: ReadonlyArray<JudgedLink>, level: Level | undefined) =>
  links.filter(({ verdict }) => (verdict?.level ?? undefined) === level)

export const importJson = (it: Import) => ({
  file: it.file,
  chat: it.chat,
  chatName: it.chatName,
  zone: it.zone,
  dateOrder: it.parsed.format?.dateOrder ?? null,
  dateOrderFrom: it.parsed.format?.dateOrderFrom ?? null,
  messages: it.messages,
  counts: {
    links: it.links.length,
    ...Object.fromEntries(levels.map((level) => [level, withLevel(it.links, level).length])),
    unjudged: withLevel(it.links, undefined).length
  },
  links: it.links.map(({ first, times, url, verdict }) => ({
    url,
    defanged: defang(url),
    level: verdict?.level ?? null,
    status: verdict?.status ?? null,
    score: verdict?.score ?? null,
    probability: verdict?.probability ?? null,
    override: verdict?.override ?? null,
    reasons: verdict?.reasons ?? [],
    missing: verdict?.missing ?? [],
    times,
    first
  })),
  unparsed: it.parsed.unparsed
})

const reasonsOf = (verdict: VerdictRow | undefined): string => {
  if (verdict === undefined) return "no verdict: its chat or sender was forgotten"
  if (verdict.override !== null) return "a rule of yours decided (wadjet's own evidence was not asked)"
  const against = verdict.reasons.filter(({ weight }) => weight > 0)
  const shown = against.length > 0 ? against : verdict.reasons
  const odds = verdict.probability === null ? "" : ` (${percent(verdict.probability)})`
  return shown.length === 0
    ? `nothing speaks against it${odds}`
    : `${shown.map(reasonText).join("; ")}${odds}`
}

const linkLines = (link: JudgedLink): ReadonlyArray<string> => {
  const { first, times, url, verdict } = link
  const where = `${times > 1 ? `${times} messages, the first in ` : ""}line ${first.line}, ${first.at.replace("T", " ")}, ${printable(first.author)}`
  return [`  ${defang(url)}`, `      ${reasonsOf(verdict)}`, `      ${where}`]
}

const groupLines = (links: ReadonlyArray<JudgedLink>, level: Level | undefined, colour: boolean) => {
  const group = withLevel(links, level)
  if (group.length === 0) return []
  const title =
    level === undefined ? "❔ without a verdict" : `${levelMark[level]} ${levelWord(level, colour)}`
  return ["", `${title}: ${counted(group.length, "link")}`, ...group.flatMap(linkLines)]
}

const takenLine = ({ messages: { known, taken, total } }: Import) => {
  if (total === 0) return "No messages."
  if (taken === 0) return `Nothing new: all ${counted(total, "message")} were in the log already.`
  return `${counted(taken, "message")} taken${known === 0 ? "" : `, ${known.toLocaleString("en")} known before`}.`
}

const countLine = ({ links }: Import) => {
  if (links.length === 0) return "No links."
  const counts = levels
    .map((level) => `${withLevel(links, level).length.toLocaleString("en")} ${level}`)
    .join(", ")
  return `${counted(links.length, "different link")}: ${counts}.`
}

const otherOrders = (order: string) => ["DMY", "MDY", "YMD"].filter((it) => it !== order).join(" or ")

const formatLines = ({ parsed, zone }: Import): ReadonlyArray<string> => {
  const { format, messages } = parsed
  if (format === undefined || messages.length === 0) return []
  const day = (at: string) => at.slice(0, 10)
  const span = `${day(messages[0]!.at)} to ${day(messages.at(-1)!.at)}`
  const guess =
    format.dateOrderFrom === "default"
      ? [
          `The order of day, month and year is a guess: ${format.dateOrder}. If it is wrong: --date-order ${otherOrders(format.dateOrder)}.`
        ]
      : []
  return [`${span}, times of ${zone}.`, ...guess]
}

const unparsedLines = ({ parsed: { format, unparsed } }: Import): ReadonlyArray<string> => [
  ...(unparsed.length === 0
    ? []
    : [
        "",
        `${counted(unparsed.length, "line")} before the first message ${unparsed.length === 1 ? "is" : "are"} no part of any:`
      ]),
  ...unparsed.map(({ line, text }) => `  line ${line}: ${printable(text.slice(0, unreadLineLengthMax))}`),
  ...(format === undefined || format.otherHeaders === 0
    ? []
    : [
        "",
        `${counted(format.otherHeaders, "line")} that look like the start of a message of another export were read as text.`
      ])
]

/** The report as lines; links held to be benign are listed only where all are wanted. */
export const importLines = (it: Import, all: boolean, colour: boolean): ReadonlyArray<string> => {
  const benign = withLevel(it.links, "benign").length
  return [
    `${printable(it.chatName)} (${printable(it.file)})`,
    ...formatLines(it),
    takenLine(it),
    countLine(it),
    ...groupLines(it.links, "malicious", colour),
    ...groupLines(it.links, "suspicious", colour),
    ...groupLines(it.links, undefined, colour),
    ...(all ? groupLines(it.links, "benign", colour) : []),
    ...(all || benign === 0
      ? []
      : [
          "",
          `${levelMark.benign} ${counted(benign, "link")} that nothing speaks against; --all lists them too.`
        ]),
    ...unparsedLines(it)
  ]
}
