/** The explanation of a link as lines of text. Pure. */
import { defang } from "../../contracts/link/defang.ts"
import type { Explanation, ExplainedScan, Weighing } from "../../contracts/http/links.ts"
import { unitWord } from "./score-words.ts"
import { counted, levelMark, levelWord, percent, printable, reasonText, signed } from "./words.ts"

type Judgement = Explanation["judgements"][number]
type Override = Explanation["overrides"][number]

const idShown = 8
const nameWidthMin = 10

/** UTC, to the second. */
const moment = (millis: number): string => new Date(millis).toISOString().slice(0, 19).replace("T", " ")

const sequenceOf = (sequence: number): string => `#${sequence}`

/** The unit is the rule set's; where that is not known any more, decibans are what all but the classic one had. */
const unitOf = (weighing: Weighing | null): string => unitWord[weighing?.unit ?? "decibans"]

const capped = ({ counted: counts, family, least, most, sum }: Weighing["families"][number]): string =>
  counts === sum
    ? `${family} ${signed(sum)}`
    : `${family} ${signed(sum)}, of which ${signed(counts)} counts (its cap is ${signed(sum > most ? most : least)})`

const weighingLines = (weighing: Weighing | null, ruleSet: string): ReadonlyArray<string> =>
  weighing === null
    ? [`  How it adds up is not known any more: this version does not have the rules ${printable(ruleSet)}.`]
    : [
        `  Adds up as: prior ${signed(weighing.prior)}${weighing.families.map((family) => `; ${capped(family)}`).join("")}.`
      ]

const hopLine = ({ by, status, url }: NonNullable<ExplainedScan["hops"]>[number]): string =>
  `    ${by.padEnd(14)} ${status === undefined ? "   " : status}  ${printable(defang(url))}`

const whyAgain: { readonly [A in NonNullable<ExplainedScan["again"]>]: string } = {
  "10m": "looked at again after ten minutes",
  "1h": "looked at again after an hour",
  "9h": "looked at again after nine hours",
  "24h": "looked at again after a day",
  listed: "looked at again because of what lists say"
}

/** Which look at the link a result is of. */
const lookOf = ({ again, revises }: ExplainedScan): string => {
  const look = again === null ? (revises === null ? "first look" : "second look") : whyAgain[again]
  return revises === null ? look : `${look}, in the place of ${sequenceOf(revises)}`
}

const scanLines = (scan: ExplainedScan, place: string, colour: boolean): ReadonlyArray<string> => {
  const { hops, level, missing, probability, range, reasons, ruleSet, score, validUntil, weighing } = scan
  const unit = unitOf(weighing)
  const odds = probability === null ? "" : `, ${percent(probability)} likely to be malicious`
  const names = reasons.map(({ kind, source }) => `${source}.${kind}`)
  const width = Math.max(nameWidthMin, ...names.map((name) => name.length))
  const scale =
    weighing === null
      ? ruleSet
      : `${ruleSet}: suspicious from ${weighing.suspiciousFrom}, malicious from ${weighing.maliciousFrom}`
  return [
    `${place}  ${sequenceOf(scan.sequence)}  ${moment(scan.at)}  ${lookOf(scan)}`,
    `  ${levelMark[level]} ${levelWord(level, colour)}  score ${signed(score)} ${unit}${odds}   (${printable(scale)})`,
    ...reasons.map(
      (reason, index) =>
        `  ${signed(reason.weight).padStart(5)} ${unit}  ${names[index]!.padEnd(width)}  ${reasonText(reason)}`
    ),
    ...(reasons.length === 0 ? ["  Nothing was found that speaks against it, or for it."] : []),
    ...weighingLines(weighing, ruleSet),
    ...(hops === null ? [] : ["  It led to:", ...hops.map(hopLine)]),
    ...missing.map(
      ({ reason, source }) => `  Missing evidence: ${printable(source)} (${printable(reason)}).`
    ),
    ...(range === null
      ? []
      : [
          `  If that were known, the score could be from ${signed(range.least)} to ${signed(range.most)} ${unit}.`
        ]),
    `  Believed until ${moment(validUntil)}.`,
    ""
  ]
}

const overrideLine = (it: Override): string => {
  const where = it.chat === null ? "everywhere" : `in the chat ${it.chat}`
  const pattern = it.pattern === null ? "(forgotten)" : printable(defang(it.pattern))
  const until = it.expiresAt === null ? "" : `, until ${moment(it.expiresAt)}`
  const ended = it.status === "active" ? "" : `; ${it.status} ${moment(it.endedAt ?? it.setAt)}`
  const why = it.reason === null ? "" : `: ${printable(it.reason)}`
  return `  ${it.effect} ${it.match} ${pattern} ${where}, since ${moment(it.setAt)}${until}, by ${printable(it.setBy)}${ended}${why}`
}

const basisText = ({ override, policy, scan }: Judgement): string => {
  const parts = [
    ...(scan === null || scan === 0 ? [] : [`scan ${sequenceOf(scan)}`]),
    ...(override === null ? [] : [`override ${override}`]),
    ...(policy === null || policy === 0 ? [] : [`policy ${sequenceOf(policy)}`])
  ]
  return parts.length === 0 ? "" : `; rests on ${parts.join(", ")}`
}

const doneText = ({ action, judged, reason }: Judgement): string => {
  if (judged === "suppressed") return `nothing was said (${reason ?? "no reason"})`
  if (judged === "withdrawn") return `taken back (${reason ?? "no reason"})`
  return action === "none" || action === null ? "nothing to say" : action
}

const judgementLines = (it: Judgement, colour: boolean): ReadonlyArray<string> => {
  const name = it.chatName === null ? it.chat : `${printable(it.chatName)} (${it.chat})`
  const was = it.was === null ? "" : `${it.was} → `
  const { notice } = it
  const told = notice === null || notice.lastAt === null ? "" : `; ${notice.status} ${moment(notice.lastAt)}`
  return [
    `  ${moment(it.at)}  ${sequenceOf(it.sequence)}  ${name}, message ${it.message.slice(0, idShown)}`,
    `      ${it.judged} ${was}${levelWord(it.level, colour)}: ${doneText(it)}${told}${basisText(it)}`,
    ...(notice?.text === null || notice?.text === undefined || notice.text === ""
      ? []
      : notice.text.split("\n").map((line) => `      | ${printable(line)}`))
  ]
}

/** Everything that is known of a link, oldest first. */
export const explanationLines = (found: Explanation, colour: boolean): ReadonlyArray<string> => {
  const { judgements, link, overrides, quiet, scans, url, waiting } = found
  return [
    `${url === null ? "(forgotten)" : printable(defang(url))}`,
    `link ${link}`,
    "",
    ...scans.flatMap((scan, index) => scanLines(scan, `Result ${index + 1} of ${scans.length}`, colour)),
    ...(scans.length === 0 ? ["It has no result yet.", ""] : []),
    overrides.length === 0 ? "No override is about it." : "Overrides:",
    ...overrides.map(overrideLine),
    "",
    judgements.length === 0 ? "No chat was told anything of it." : "What chats were told:",
    ...judgements.flatMap((judgement) => judgementLines(judgement, colour)),
    ...(quiet === 0 ? [] : [`  About ${counted(quiet, "message")} with it nothing needs saying.`]),
    ...(waiting === 0
      ? []
      : [`  ${counted(waiting, "message")} with it ${waiting === 1 ? "has" : "have"} no verdict yet.`])
  ]
}
