/** `wadjet ingest` and `wadjet batch` as processes. */
import { writeFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { zipSync } from "fflate"
import { afterAll, describe, expect, it } from "vitest"
import { makeExport } from "../actors/whatsapp/fixtures/make-export.ts"
import { makeFolder, run, startSystem, stopSystem } from "./cli-process.ts"

const { path, remove } = makeFolder()
afterAll(remove)

/** A large import, and what is built around it, under load of other tests. */
const longMillis = 180_000

interface Report {
  readonly chatName: string
  readonly messages: { readonly total: number; readonly taken: number; readonly known: number }
  readonly counts: {
    readonly links: number
    readonly malicious: number
    readonly suspicious: number
    readonly benign: number
    readonly unjudged: number
  }
  readonly links: ReadonlyArray<{
    readonly url: string
    readonly level: string
    readonly reasons: ReadonlyArray<unknown>
    readonly first: { readonly line: number }
  }>
  readonly unparsed: ReadonlyArray<{ readonly line: number; readonly text: string }>
}

const settings = { WADJET_DATA: path("data") }
const ingest = async (...args: ReadonlyArray<string>): Promise<Report> => {
  const { code, err, out } = await run(["ingest", ...args, "--json"], settings)
  expect({ code, err }).toEqual({ code: 0, err: expect.stringMatching(/^Importing /) })
  return JSON.parse(out) as Report
}
/** The last sequence of the log. */
const lastSequence = async () => {
  const { out } = await run(["events", "tail", "--json"], settings)
  return (JSON.parse(out.trim().split("\n").at(-1)!) as { readonly sequence: number }).sequence
}

describe("an exported chat of 5,000 messages", () => {
  const file = path("WhatsApp Chat with Family.txt")
  const messages = 5_000
  let end = 0

  it("goes through, and every link in it has a verdict with reasons", { timeout: longMillis }, async () => {
    writeFileSync(file, `not a message\n${makeExport({ messages, seed: 1, format: "android-en-GB" })}`)
    const report = await ingest(file)
    const { benign, links, malicious, suspicious, unjudged } = report.counts
    expect(report).toMatchObject({
      chatName: "Family",
      messages: { total: messages, taken: messages, known: 0 }
    })
    expect(report.unparsed).toEqual([{ line: 1, text: "not a message" }])
    expect(unjudged).toBe(0)
    expect(malicious + suspicious + benign).toBe(links)
    expect(report.links).toHaveLength(links)
    expect(malicious).toBeGreaterThan(100)
    expect(report.links.filter(({ level, reasons }) => level !== "benign" && reasons.length === 0)).toEqual(
      []
    )
    end = await lastSequence()
    expect(end).toBeGreaterThan(messages)
  })

  it("leaves the log as it is when it is imported again", { timeout: longMillis }, async () => {
    const again = await run(["ingest", file], settings)
    expect(again.code).toBe(0)
    expect(again.out).toContain(
      `Nothing new: all ${messages.toLocaleString("en")} messages were in the log already.`
    )
    expect(again.out).not.toMatch(/https?:\/\//)
    expect(await lastSequence()).toBe(end)
  })

  it(
    "adds only what is new when a later export of it is imported, from a .zip, into the system that runs",
    { timeout: longMillis },
    async () => {
      const system = await startSystem(settings)
      const started = await lastSequence()
      const more = 20
      const later = makeExport({ messages: messages + more, seed: 1, format: "android-en-GB" })
      const zip = path("WhatsApp Chat with Family.zip")
      writeFileSync(zip, zipSync({ "WhatsApp Chat with Family.txt": Buffer.from(later) }))
      const { err, out } = await run(["ingest", zip, "--json"], settings)
      expect(err).toContain(`into the system that runs (process ${system.child.pid})`)
      expect(JSON.parse(out)).toMatchObject({
        messages: { total: messages + more, taken: more, known: messages },
        counts: { unjudged: 0 }
      })
      expect(await lastSequence()).toBeGreaterThanOrEqual(started + more)
      expect(await stopSystem(system)).toMatchObject({ code: 0 })
    }
  )
})

describe("importing", () => {
  it("finds links in what WhatsApp itself wrote, and takes messages of two zones for the same ones", async () => {
    const file = path("group.txt")
    writeFileSync(
      file,
      '13/9/23, 20:30 - Ada changed the subject to "http://192.0.2.7/free.exe"\n13/9/23, 20:31 - Ada: hi\n'
    )
    const first = await ingest(file, "--chat", "Group", "--zone", "Europe/Berlin")
    expect(first).toMatchObject({
      messages: { taken: 2 },
      links: [{ url: "http://192.0.2.7/free.exe", level: "malicious", first: { line: 1 } }]
    })
    expect(await ingest(file, "--chat", "Group", "--zone", "Asia/Tokyo")).toMatchObject({
      messages: { taken: 0, known: 2 }
    })
  })

  it.each([
    ["a file that is no export", "plain.txt", "just a text\n", [], 1, "no line of it starts with a date"],
    ["a .zip that is none", "broken.zip", "no zip", [], 1, "a file of another kind"],
    [
      "a time zone that does not exist",
      "ok.txt",
      "13/9/23, 20:31 - Ada: hi\n",
      ["--zone", "Mars/Olympus"],
      2,
      "--zone Europe/Berlin"
    ]
  ])("says what is wrong with %s", async (_, name, content, flags, code, words) => {
    writeFileSync(path(name), content)
    const before = await lastSequence()
    const ended = await run(["ingest", path(name), ...flags], settings)
    expect(ended).toMatchObject({ code, out: "", err: expect.stringContaining(words) })
    expect(await lastSequence()).toBe(before)
  })
})

describe("./wadjet batch", () => {
  const launcher = [fileURLToPath(new URL("../../wadjet", import.meta.url))]
  const inputs = {
    extract: { text: "look example.com" },
    canonicalize: { url: "HTTP://EXAMPLE.com/../a" },
    "public-suffix": { host: "www.example.co.uk" },
    lookalike: { host: "paypa1.com" },
    classify: { url: "http://192.0.2.7/login.exe" },
    score: { rules: "classic", evidence: { isIpLiteral: true } },
    "chat-export": { text: "13/9/23, 20:31 - Ada: hi" }
  }

  it.each(Object.entries(inputs))(
    "%s answers each line, without a data folder or a server",
    async (operation, input) => {
      const { code, err, out } = await run(
        ["batch", operation],
        { WADJET_DATA: "/dev/null/nowhere" },
        `${JSON.stringify(input)}\nnonsense\n`,
        launcher
      )
      const [answer, refusal, ...rest] = out
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line) as object)
      expect({ code, err, rest }).toEqual({ code: 0, err: "", rest: [] })
      expect(answer).not.toHaveProperty("error")
      expect(refusal).toHaveProperty("error")
    }
  )
})
