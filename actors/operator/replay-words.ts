/** What a replay found, as lines of text. Pure. */
import { defang } from "../../contracts/link/defang.ts"
import type { Level } from "../../contracts/level.ts"
import { evidenceName } from "../scan/evidence.ts"
import type { Comparison, KindCount, Rescored } from "../scan/rules/replay.ts"
import type { RuleSet } from "../scan/rules/rule-set.ts"
import { unitWord } from "./score-words.ts"
import { counted, levelMark, levelWord, printable, signed } from "./words.ts"

/** Enough of a link's id to tell it from others. */
const idShown = 8

const worstFirst: ReadonlyArray<Level> = ["malicious", "suspicious", "benign"]

/** A link as it may be shown: the URL where it was opened, else its id. */
const shownLink = ({ was }: Rescored): string =>
  was.url === undefined ? was.link.slice(0, idShown) : printable(defang(was.url))

/** One result weighed again: `#42  malicious  +14 dB  a9993e36`. */
export const rescoredLine = (rescored: Rescored, rules: RuleSet, colour: boolean): string => {
  const { now, was } = rescored
  return `${`#${was.sequence}`.padStart(8)}  ${levelMark[now.level]} ${levelWord(now.level, colour)}  ${signed(now.score)} ${unitWord[rules.unit]}  ${shownLink(rescored)}`
}

const reasonsMax = 3

/** The heaviest evidence, with its weights as they are now and, where they were others, as they were. */
const reasonsOf = ({ now, was }: Rescored): string => {
  const before = new Map(was.evidence.map((each) => [evidenceName(each), each.weight]))
  const reasons = now.reasons.slice(0, reasonsMax).map((reason) => {
    const name = evidenceName(reason)
    const old = before.get(name)
    const earlier = old === undefined || old === reason.weight ? "" : ` (was ${signed(old)})`
    return `${name} ${signed(reason.weight)}${earlier}`
  })
  return reasons.length === 0 ? "no evidence" : reasons.join(", ")
}

/** A link whose level changes, on two lines. */
export const changedLines = (rescored: Rescored, colour: boolean): ReadonlyArray<string> => {
  const { now, was } = rescored
  return [
    `  ${levelWord(was.level, colour)} ${signed(was.score)} → ${levelWord(now.level, colour)} ${signed(now.score)}   ${shownLink(rescored)}   #${was.sequence} by ${was.ruleSet}`,
    `      ${reasonsOf(rescored)}`
  ]
}

const confusionLines = ({ confusion }: Comparison, version: string): ReadonlyArray<string> => {
  const width = 12
  const row = (name: string, cells: ReadonlyArray<string>) =>
    `  ${name.padEnd(width)}${cells.map((cell) => cell.padStart(width)).join("")}`.trimEnd()
  return [
    row("recorded", [`now, by ${version}:`]),
    row("", worstFirst),
    ...worstFirst.map((was) =>
      row(
        was,
        worstFirst.map((now) => confusion[was][now].toLocaleString("en"))
      )
    )
  ]
}

const kindLine =
  (width: number) =>
  ({ changed, name, now, results, was }: KindCount) =>
    `  ${name.padEnd(width)}  ${results.toLocaleString("en").padStart(9)}  ${signed(was).padStart(8)}  ${(now === null ? "–" : signed(now)).padStart(8)}  ${changed.toLocaleString("en").padStart(8)}`

const kindLines = ({ kinds }: Comparison): ReadonlyArray<string> => {
  if (kinds.length === 0) return []
  const width = Math.max(8, ...kinds.map(({ name }) => name.length))
  const unknown = kinds.filter(({ now }) => now === null).length
  return [
    "",
    `  ${"evidence".padEnd(width)}    results  recorded       now   changed`,
    ...kinds.map(kindLine(width)),
    ...(unknown === 0 ? [] : [`  –: these rules do not know this evidence, and give it no weight.`])
  ]
}

/** The comparison as a report. */
export const comparisonLines = (comparison: Comparison, rules: RuleSet): ReadonlyArray<string> => {
  const { replaced, sameVersion } = comparison
  const { equal, results } = sameVersion
  return [
    ...confusionLines(comparison, rules.version),
    ...(replaced === 0
      ? []
      : [
          `  ${counted(replaced, "first result")} left out, which a later look at the link took the place of.`
        ]),
    ...(results === 0
      ? []
      : [
          `  Of ${counted(results, "result")} recorded by ${rules.version} itself, ${equal === results ? "all" : equal.toLocaleString("en")} came out the same.`
        ]),
    ...kindLines(comparison)
  ]
}
