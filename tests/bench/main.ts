/**
 * Runs the benchmarks and writes what they print to `docs/reference/measurements.md`:
 *
 *     npm run bench [-- --smoke] [--only path]
 *
 * `--only` runs one of them, beside what the others printed last; `--smoke` runs them small, to see that they
 * run, and writes nothing.
 */
import { spawn } from "node:child_process"
import { readFileSync, writeFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { parseArgs } from "node:util"

interface Bench {
  readonly name: string
  readonly title: string
  readonly script: string
  readonly args: ReadonlyArray<string>
  readonly smoke: ReadonlyArray<string>
}

const benches: ReadonlyArray<Bench> = [
  {
    name: "path",
    title: "From a posted link to its warning",
    script: "path.ts",
    args: ["10", "3"],
    smoke: ["1", "1"]
  },
  {
    name: "cardinality",
    title: "A million links",
    script: "cardinality.ts",
    args: ["1000000", "3"],
    smoke: ["500", "1"]
  },
  {
    name: "state",
    title: "What the verdict actor keeps",
    script: "state.ts",
    args: ["200000"],
    smoke: ["500"]
  },
  {
    name: "policy",
    title: "Warnings among many settings and overrides",
    script: "policy.ts",
    args: ["10000", "100000", "1000", "20"],
    smoke: ["20", "200", "20", "20"]
  },
  {
    name: "memory",
    title: "Memory of the running system",
    script: "memory.ts",
    args: ["30", "30"],
    smoke: ["1", "1"]
  },
  {
    name: "rebuild",
    title: "Folding everything again",
    script: "rebuild.ts",
    args: ["1000000"],
    smoke: ["2000"]
  },
  {
    name: "http",
    title: "A million verdicts, asked for by 200 connections",
    script: "http.ts",
    args: ["1000000", "10", "100"],
    smoke: ["500", "1", "20"]
  },
  {
    name: "readers",
    title: "Many readers of the log in one process",
    script: "readers.ts",
    args: ["10", "50"],
    smoke: ["1", "10", "2"]
  },
  {
    name: "links",
    title: "Finding, naming and judging a link",
    script: "links.ts",
    args: ["5", "500"],
    smoke: ["1", "1"]
  },
  {
    name: "sources",
    title: "A link while the sources answer as slowly as in life",
    script: "sources.ts",
    args: ["120", "20", "3"],
    smoke: ["1", "5", "1", "refused"]
  },
  {
    name: "feeds",
    title: "A list of a million dangerous links",
    script: "feeds.ts",
    args: ["1000000", "200000"],
    smoke: ["2000", "500"]
  },
  {
    name: "watch",
    title: "A hundred thousand links that are watched",
    script: "watch.ts",
    args: ["100000", "1000000"],
    smoke: ["500", "1000"]
  },
  {
    name: "feeds-load",
    title: "Links posted while such a list is fetched",
    script: "feeds-load.ts",
    args: ["1000000", "20", "50", "3"],
    smoke: ["2000", "1", "10", "1"]
  },
  {
    name: "schedule",
    title: "A hundred thousand jobs",
    script: "schedule.ts",
    args: ["100000", "60", "1000"],
    smoke: ["500", "2", "20"]
  },
  {
    name: "backup",
    title: "Copying the log while links are posted",
    script: "backup.ts",
    args: ["20", "20"],
    smoke: ["1", "5"]
  },
  {
    name: "restore",
    title: "Copying and restoring a million events",
    script: "restore.ts",
    args: ["1000000"],
    smoke: ["2000"]
  },
  {
    name: "safe-browsing",
    title: "Four million hashes of Safe Browsing",
    script: "safe-browsing.ts",
    args: ["4000000", "200000"],
    smoke: ["5000", "500"]
  }
]

const { values } = parseArgs({
  options: { smoke: { type: "boolean", default: false }, only: { type: "string" } }
})

/** Runs one script, passing on what it prints while it prints it. */
const run = ({ args, script, smoke }: Bench): Promise<string> =>
  new Promise((resolve, reject) => {
    const path = fileURLToPath(new URL(script, import.meta.url))
    const child = spawn(process.execPath, [path, ...(values.smoke ? smoke : args)], {
      stdio: ["ignore", "pipe", "inherit"]
    })
    let printed = ""
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      printed += text
      process.stdout.write(text)
    })
    child.once("close", (code) =>
      code === 0 ? resolve(printed) : reject(new Error(`${script} ended with code ${code}`))
    )
  })

/** Tables stay tables; everything else is shown as it was printed. */
const asMarkdown = (printed: string): string =>
  printed
    .trim()
    .split(/\n(?=\|)|(?<=\|)\n(?!\|)/)
    .map((part) =>
      part.startsWith("|") ? part : part.trim() === "" ? "" : `\n\`\`\`text\n${part.trim()}\n\`\`\`\n`
    )
    .join("\n")

const written = fileURLToPath(new URL("../../docs/reference/measurements.md", import.meta.url))
/** Sections of the page by their titles: what a benchmark printed last stays while another is run. */
const sections = new Map(
  readFileSync(written, "utf8")
    .trimEnd()
    .split(/\n+(?=## )/)
    .slice(1)
    .map((section) => [section.slice("## ".length, section.indexOf("\n")), section])
)

const sectionOf = (bench: Bench, printed: string): string =>
  `## ${bench.title}\n\n\`node tests/bench/${bench.script} ${bench.args.join(" ")}\`\n${asMarkdown(printed)}`

const write = () => {
  const about =
    "Written by `npm run bench`. Figures are of the machine that is named beside them; ranges are the least and " +
    "the most of several runs."
  const inOrder = benches.flatMap(({ title }) => sections.get(title) ?? [])
  writeFileSync(written, `# Measurements\n\n${about}\n\n${inOrder.join("\n\n")}\n`)
}

for (const bench of benches.filter(({ name }) => values.only === undefined || values.only === name)) {
  console.log(`\n== ${bench.title}`)
  const printed = await run(bench)
  if (values.smoke) continue
  sections.set(bench.title, sectionOf(bench, printed))
  write()
}
