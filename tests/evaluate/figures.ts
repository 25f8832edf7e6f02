/**
 * How `wadjet batch` does on rows of public suites, in one table: asked as a user asks it, by lines on its input.
 *
 *     node tests/evaluate/figures.ts [FOLDER]
 *
 * FOLDER has files of the form of `tests/conformance/data`, and is that folder where none is named.
 */
import { execFileSync } from "node:child_process"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import {
  askCron,
  askLocal,
  askOnce,
  askZoned,
  type CronRow,
  foundCron,
  foundLocal,
  foundOnce,
  foundZoned,
  hasChangedSince,
  isDisputed,
  type LocalRow,
  type OnceRow,
  type ShownOccurrences,
  type ZonedRow
} from "../conformance/occurrence-rows.ts"
import { areaUnderCurve, type Judged } from "./report.ts"

const [folder = fileURLToPath(new URL("../conformance/data", import.meta.url))] = process.argv.slice(2)
const program = fileURLToPath(new URL("../../wadjet", import.meta.url))

interface Text {
  readonly text: string
  readonly expected: ReadonlyArray<string>
  readonly mode: "all" | "first"
  readonly kinds: ReadonlyArray<string>
  readonly conflict?: boolean
  readonly contested?: boolean
}
interface Suffix {
  readonly registrable?: string | null
  readonly suffix?: string | null
}
interface Listed {
  readonly host: string
  readonly label: "owned" | "phish"
  readonly pattern: string
}
interface Spoof {
  readonly spoof: boolean
}
interface Scored {
  readonly score: number
  readonly level: string
  readonly validSeconds: number
}
interface Named {
  readonly host: string
  readonly expected: "safe" | "unsafe" | "invalid"
  readonly topDomainTest?: boolean
}

/** The rows of a file, which have the fields that its collectors gave them. */
function rowsOf<R>(name: string): ReadonlyArray<R> {
  const { cases }: { readonly cases: ReadonlyArray<R> } = JSON.parse(
    readFileSync(join(folder, `${name}.json`), "utf8")
  )
  return cases
}

/** What `wadjet batch` answers, a line for each. */
const ask = <A>(operation: string, lines: ReadonlyArray<object>): ReadonlyArray<A> =>
  execFileSync(program, ["batch", operation], {
    input: lines.map((line) => `${JSON.stringify(line)}\n`).join(""),
    encoding: "utf8",
    maxBuffer: 256 * 1024 * 1024
  })
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line))

const same = (found: unknown, expected: unknown): boolean =>
  JSON.stringify(found) === JSON.stringify(expected)

const sorted = (values: ReadonlyArray<string>): ReadonlyArray<string> => [...new Set(values)].toSorted()

function print(what: string, wanted: string, right: number, of: number): void {
  const share = of === 0 ? "–" : `${((100 * right) / of).toFixed(1)} %`
  console.log(`${what.padEnd(58)} ${String(of).padStart(4)}  ${share.padStart(7)}  ${wanted}`)
}

/** Asks for all rows and counts those that are answered as expected. */
function measure<R, A>(
  what: string,
  wanted: string,
  operation: string,
  rows: ReadonlyArray<R>,
  line: (row: R) => object,
  isRight: (answer: A, row: R) => boolean
): void {
  const answers = rows.length === 0 ? [] : ask<A>(operation, rows.map(line))
  const right = rows.filter((row, at) => {
    const answer = answers[at]
    return answer !== undefined && isRight(answer, row)
  })
  print(what, wanted, right.length, rows.length)
}

console.log(`${"".padEnd(58)} rows    right  wanted`)

const texts = rowsOf<Text>("extract-urls").filter((row) => row.conflict !== true && row.contested !== true)
const hasOnly = (row: Text, kinds: ReadonlyArray<string>): boolean =>
  row.kinds.every((kind) => kinds.includes(kind))
const agrees = (answer: { readonly links: ReadonlyArray<{ readonly raw: string }> }, row: Text): boolean => {
  const raws = answer.links.map(({ raw }) => raw)
  return row.mode === "first" ? raws[0] === row.expected[0] : same(raws, row.expected)
}
for (const [what, wanted, rows] of [
  ["extract: links of http, or none", "≥ 97 %", texts.filter((row) => hasOnly(row, ["http", "none"]))],
  [
    "extract: bare domains",
    "≥ 94 %",
    texts.filter((row) => row.kinds.includes("bare-domain") && hasOnly(row, ["bare-domain", "http", "none"]))
  ],
  ["extract: bare addresses", "", texts.filter((row) => row.kinds.includes("bare-ip"))]
] as const)
  measure(what, wanted, "extract", rows, ({ text }) => ({ text }), agrees)

measure(
  "canonicalize: hosts as A-labels",
  "≥ 97 %",
  "canonicalize",
  rowsOf<{ readonly host: string; readonly ascii: string | null }>("idna-toascii"),
  ({ host }) => ({ url: `http://${host}/` }),
  (answer: { readonly canonical?: string }, { ascii }) =>
    (URL.parse(answer.canonical ?? "")?.hostname ?? null) === ascii
)
measure(
  "safe-browsing: canonical URLs that are documented",
  "100 %",
  "safe-browsing",
  rowsOf<{ readonly input: string; readonly canonical: string | null; readonly documented?: boolean }>(
    "gsb-canonicalize"
  ).filter((row) => row.documented === true),
  ({ input }) => ({ url: input }),
  (answer: { readonly canonical?: string }, row) => (answer.canonical ?? null) === row.canonical
)
measure(
  "safe-browsing: expressions",
  "100 %",
  "safe-browsing",
  rowsOf<{ readonly url: string; readonly expressions?: ReadonlyArray<string>; readonly policy?: string }>(
    "gsb-expressions"
  ).filter((row) => row.policy === undefined && row.expressions !== undefined),
  ({ url }) => ({ url }),
  (answer: { readonly expressions?: ReadonlyArray<string> }, row) =>
    same(sorted(answer.expressions ?? []), sorted(row.expressions ?? []))
)
for (const must of ["block", "allow"])
  measure(
    `guard: to ${must}`,
    "100 %",
    "guard",
    rowsOf<{ readonly must: string; readonly policy?: string }>("ssrf").filter(
      (row) => row.policy === undefined && row.must === must
    ),
    (row) => row,
    ({ allowed }: { readonly allowed?: boolean }) => (allowed === true) === (must === "allow")
  )
measure(
  "public-suffix",
  "≥ 99 %",
  "public-suffix",
  rowsOf<Suffix & { readonly host: string | null }>("public-suffix"),
  ({ host }) => ({ host }),
  (answer: Suffix, row) =>
    (row.registrable === undefined || answer.registrable === row.registrable) &&
    (row.suffix === undefined || answer.suffix === row.suffix)
)

// The other rows are about names that Chromium protects and we do not know.
const names = rowsOf<Named>("idn-spoof").filter((row) => row.topDomainTest !== true)
for (const [what, wanted, rows] of [
  ["lookalike: as Chromium's table of names has it", "≥ 97 %", names],
  ["lookalike: unsafe names flagged", "", names.filter(({ expected }) => expected !== "safe")],
  ["lookalike: safe names left alone", "", names.filter(({ expected }) => expected === "safe")]
] as const)
  measure(
    what,
    wanted,
    "lookalike",
    rows,
    ({ host }) => ({ host }),
    ({ spoof }: Spoof, { expected }) => spoof === (expected !== "safe")
  )

// Mistyped names that a brand bought itself may well be flagged: they are counted apart.
const hosts = rowsOf<Listed>("brand-hosts")
for (const [what, wanted, label, isAsked] of [
  ["lookalike: imitations flagged", "≥ 80 %", "phish", () => true],
  [
    "lookalike: the same, without names two slips away",
    "",
    "phish",
    ({ pattern }: Listed) => pattern !== "typo"
  ],
  ["lookalike: brands' own hosts left alone", "≥ 95 %", "owned", ({ pattern }: Listed) => pattern !== "typo"],
  ["lookalike: the same, and typos that brands own", "", "owned", () => true]
] as const)
  measure(
    what,
    wanted,
    "lookalike",
    hosts.filter((row) => row.label === label && isAsked(row)),
    ({ host }) => ({ host }),
    ({ spoof }: Spoof) => spoof === (label === "phish")
  )

measure(
  "score: as the classic scanner did",
  "100 %",
  "score",
  rowsOf<Scored & { readonly evidence: object }>("classic"),
  ({ evidence }) => ({ rules: "classic", evidence }),
  (answer: Scored, row) =>
    answer.score === row.score && answer.level === row.level && answer.validSeconds === row.validSeconds
)

const agreesWith = ({ expected, found }: { readonly expected: unknown; readonly found: unknown }): boolean =>
  same(found, expected)
const crons = rowsOf<CronRow>("cron").filter((row) => !isDisputed(row) && row.kind !== "invalid")
const times = rowsOf<OnceRow>("local-to-utc").filter((row) => !hasChangedSince(row))
measure(
  "occurrences: rules without a zone",
  "≥ 99 %",
  "occurrences",
  rowsOf<LocalRow>("rrule-local"),
  askLocal,
  (answer: ShownOccurrences, row) => agreesWith(foundLocal(answer, row))
)
measure(
  "occurrences: rules in a zone",
  "≥ 99 %",
  "occurrences",
  rowsOf<ZonedRow>("rrule-tz"),
  askZoned,
  (answer: ShownOccurrences, row) => agreesWith(foundZoned(answer, row))
)
measure("occurrences: cron", "≥ 99 %", "occurrences", crons, askCron, (answer: ShownOccurrences, row) =>
  agreesWith(foundCron(answer, row))
)
measure(
  "occurrences: local times",
  "≥ 99 %",
  "occurrences",
  times,
  askOnce,
  (answer: ShownOccurrences, row) => agreesWith(foundOnce(answer, row))
)

const links = rowsOf<{ readonly url: string; readonly label: string }>("phish-benign")
const judged = ask<Pick<Judged, "level" | "score"> | { readonly error: string }>(
  "classify",
  links.map(({ url }) => ({ url }))
).flatMap((answer, at): ReadonlyArray<Judged> => {
  const isPhish = links[at]?.label === "phish"
  return "error" in answer ? [] : [{ isPhish, source: "", level: answer.level, score: answer.score }]
})
const isFlagged = ({ level }: Judged): boolean => level !== "benign"
const phish = judged.filter(({ isPhish }) => isPhish)
const benign = judged.filter(({ isPhish }) => !isPhish)
print("classify: phishing flagged", "≥ 40 %", phish.filter(isFlagged).length, phish.length)
print("classify: benign flagged", "≤ 5 %", benign.filter(isFlagged).length, benign.length)
print(
  "classify: benign called malicious",
  "≤ 1 %",
  benign.filter(({ level }) => level === "malicious").length,
  benign.length
)
console.log(
  `${"classify: area under the curve".padEnd(58)} ${String(judged.length).padStart(4)}  ${areaUnderCurve(judged).toFixed(3).padStart(7)}  ≥ 0.85`
)
