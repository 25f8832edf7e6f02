/** `wadjet explain` and `wadjet replay` as processes, beside a system that runs and without one. */
import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { get, makeFolder, post, run, startSystem, stopSystem, type System } from "./cli-process.ts"

const { path, remove } = makeFolder()
const settings = { WADJET_DATA: path("data") }
let system: System
let key = ""
let told = 0

interface Verdicts {
  readonly items: ReadonlyArray<{ readonly noticeStatus: string | null; readonly level: string | null }>
}
interface Line {
  readonly sequence: number
  readonly url?: string
  readonly was: { readonly level: string; readonly score: number }
  readonly now: { readonly level: string; readonly score: number; readonly ruleSet: string }
  readonly summary?: Record<string, unknown>
}

const bad = "http://192.0.2.7/login.exe"
const lines = (out: string) =>
  out
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Line)
const lastSequence = async () => {
  const { out } = await run(["events", "tail", "--json"], settings)
  return lines(out).at(-1)!.sequence
}

/** Posts, and waits until every link has its verdict and each notice was sent. */
const judged = async (text: string, links: number) => {
  const sequence = await post(system.ready.page, key, text)
  while (true) {
    const { body } = await get(`${system.ready.page}/v1/verdicts?after=${sequence}&limit=${links}`, key)
    const { items } = body as Verdicts
    if (items.every(({ level, noticeStatus }) => level === "benign" || noticeStatus === "sent")) return
  }
}

beforeAll(async () => {
  system = await startSystem(settings)
  key = system.ready.ownerKey!
  await judged(`look ${bad} and https://example.com/`, 2)
  told = await lastSequence()
})
afterAll(async () => {
  await stopSystem(system)
  remove()
})

describe("a replay by other rules", () => {
  it("comes to what was recorded, by the rules that it was recorded by", async () => {
    const { code, out } = await run(["replay", "--rules", "wadjet", "--compare", "--json"], settings)
    expect(code).toBe(0)
    expect(lines(out)).toMatchObject([
      {
        summary: {
          results: 2,
          sameVersion: { results: 2, equal: 2 },
          confusion: { malicious: { malicious: 1 } }
        }
      }
    ])
  })

  it("shows what changes by an operator's own file, with the reasons, and words where they are asked for", async () => {
    const own = JSON.parse((await run(["rules", "show", "wadjet"], settings)).out) as Record<string, unknown>
    const file = path("mild.json")
    writeFileSync(file, JSON.stringify({ ...own, version: "mild-1", prior: -30 }))
    const sealed = await run(["replay", "--rules", file, "--compare", "--json"], settings)
    const [changed, { summary }] = lines(sealed.out) as [Line, Line]
    expect(changed).toMatchObject({ was: { level: "malicious" }, now: { ruleSet: "mild-1" } })
    expect(changed.was.score - changed.now.score).toBe(15)
    expect(summary).toMatchObject({ ruleSet: "mild-1", results: 2 })
    expect(sealed.out).not.toContain("192.0.2.7")
    const opened = await run(["replay", "--rules", file, "--compare", "--open"], settings)
    expect(opened.out).toContain("hxxp://192[.]0[.]2[.]7/login[.]exe")
    expect(opened.err).toContain("Nothing was asked, sent or stored.")
  })

  it("looks at the part of the log that is asked for", async () => {
    const results = async (...part: ReadonlyArray<string>) => {
      const { out } = await run(["replay", "--rules", "classic", "--json", ...part], settings)
      return lines(out).at(-1)!.summary!["results"]
    }
    const [first] = lines((await run(["replay", "--rules", "classic", "--json"], settings)).out)
    expect(await results("--from", String(first!.sequence + 1))).toBe(1)
    expect(await results("--to", `#${first!.sequence}`)).toBe(1)
    expect(await results("--to", "2020-01-01")).toBe(0)
    expect(await results("--from", "2020-01-01", "--to", "2200-01-01T00:00Z")).toBe(2)
    expect(await results("--from", String(told + 1))).toBe(0)
  })

  it("prints what the how-to shows, numbers aside", async () => {
    const page = join(import.meta.dirname, "../../docs/how-to/rules-of-your-own.md")
    const [, command, shown] = /^```\n\$ wadjet (replay .+)\n([\s\S]*?)^```$/m.exec(
      readFileSync(page, "utf8")
    )!
    const { out } = await run(command!.split(" "), settings)
    const plain = (text: string) => text.replaceAll(/[+−]?\d+(?:\.\d+)?/g, "0").replaceAll(/ +/g, " ")
    expect(plain(out)).toBe(plain(shown!))
  })

  it("transmits nothing and adds nothing to the log", async () => {
    expect(await lastSequence()).toBe(told)
  })
})

describe("an explanation", () => {
  it("is what the API answers, and changes nothing", async () => {
    const { code, out } = await run(["explain", bad, "--json"], settings)
    expect(code).toBe(0)
    const { link, ...rest } = JSON.parse(out) as { readonly link: string }
    expect(rest).toMatchObject({
      scans: [{ level: "malicious" }],
      judgements: [{ notice: { status: "sent" } }]
    })
    const { body } = await get(`${system.ready.page}/v1/links/${link}/explanation`, key)
    expect(body).toEqual({ link, ...rest })
    const text = await run(["explain", link.slice(0, 8)], settings)
    expect(text.out).toContain("Result 1 of 1")
    expect(text.out).not.toMatch(/https?:\/\//)
    expect(await lastSequence()).toBe(told)
  })

  it("of what is not known says so, with an exit code", async () => {
    const { code, err, out } = await run(["explain", "http://unknown.example/"], settings)
    expect({ code, out }).toEqual({ code: 1, out: "" })
    expect(err).toContain("Nothing is known of")
  })
})

describe("without a system that runs", () => {
  it("both say the same as before, and the read models of then come back in a file of their own", async () => {
    const explained = (await run(["explain", bad, "--json"], settings)).out
    const replayed = lines((await run(["replay", "--rules", "classic", "--json"], settings)).out)
    expect(await stopSystem(system)).toMatchObject({ code: 0 })
    const after = await run(["explain", bad, "--json"], settings)
    expect(after.out).toBe(explained)
    expect(after.err).toBe("")
    const again = lines((await run(["replay", "--rules", "classic", "--json"], settings)).out)
    expect(again.slice(0, -1)).toEqual(replayed.slice(0, -1))

    const whole = JSON.parse((await run(["rebuild", "--json"], settings)).out) as { readonly digest: object }
    const file = path("now.db")
    const now = await run(["replay", "--into", file, "--json"], settings)
    expect(JSON.parse(now.out)).toMatchObject({ file, events: told, digest: whole.digest })
    const then = await run(["replay", "--into", path("then.db"), "--to", "1", "--json"], settings)
    expect(JSON.parse(then.out)).toMatchObject({ events: 1 })
    expect(readFileSync(file).subarray(0, 6).toString()).toBe("SQLite")
    expect((await run(["replay", "--into", file], settings)).err).toContain("there is a file of this name")
    expect(await lastSequence()).toBe(told)
  })
})
