/** `WADJET_BRANDS` in every program that looks at links: a system that runs, and commands that need none. */
import { readFileSync, writeFileSync } from "node:fs"
import { afterAll, describe, expect, it } from "vitest"
import { get, makeFolder, post, run, startSystem, stopSystem } from "./cli-process.ts"

const { path, remove } = makeFolder()
afterAll(remove)

const list = path("brands")
writeFileSync(list, "# ours\nvillagebank: village-bank.example\npaypal: paypal-partners.example\n")
const settings = { WADJET_DATA: path("imported"), WADJET_BRANDS_FILE: list }
const running = { ...settings, WADJET_DATA: path("data") }

const imitating = "https://villagebank-login.com/"
const ours = "https://www.paypal-partners.example/"

const linesOf = (out: string) =>
  out
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>)
const hosts = ["villagebank-login.com", "www.village-bank.example", "a.paypal-partners.example", "paypa1.com"]
const input = hosts.map((host) => JSON.stringify({ host })).join("\n")

interface Evidence {
  readonly source: string
  readonly kind: string
}
interface Scans {
  readonly items: ReadonlyArray<{ readonly reasons: ReadonlyArray<Evidence> }>
}
interface Weighed {
  readonly evidence: ReadonlyArray<Evidence>
}
const namesOf = (evidence: ReadonlyArray<Evidence>) => evidence.map(({ kind, source }) => `${source}.${kind}`)

describe("an operator's brands", () => {
  it("are known to `wadjet batch lookalike`", async () => {
    const { code, out } = await run(["batch", "lookalike"], { WADJET_BRANDS_FILE: list }, input)
    expect(code).toBe(0)
    expect(linesOf(out)).toMatchObject([
      { spoof: true, level: "high", brand: "village-bank.example" },
      { spoof: false },
      { spoof: false },
      { spoof: true, brand: "paypal.com" }
    ])
    const without = await run(["batch", "lookalike"], {}, input)
    expect(linesOf(without.out).map(({ spoof }) => spoof)).toEqual([false, false, true, true])
  })

  it("are known to `wadjet batch classify` and `wadjet scan`", async () => {
    const line = JSON.stringify({ url: imitating })
    const classified = linesOf((await run(["batch", "classify"], settings, line)).out)
    const scanned = linesOf((await run(["scan", "--json", imitating], settings)).out)
    for (const [answer] of [classified, scanned])
      expect(namesOf((answer as unknown as Weighed).evidence)).toContain("look-alike.high")
    expect((await run(["scan", imitating], {})).out).not.toContain("look-alike.high")
  })

  it("do what the how-to shows", async () => {
    const howTo = readFileSync(new URL("../../docs/how-to/brands-of-your-own.md", import.meta.url), "utf8")
    const [, brands = ""] = /^```brands\n([\s\S]*?)^```$/m.exec(howTo) ?? []
    writeFileSync(path("shown"), brands)
    const shown = [
      ...howTo.matchAll(/^```\n\$ (.*?)WADJET_BRANDS_FILE=brands \.\/wadjet (.+)\n([\s\S]*?)^```$/gm)
    ]
    expect(shown).toHaveLength(2)
    for (const [, before = "", args = "", output = ""] of shown) {
      const piped = /^printf '(.*)' \| $/.exec(before)?.[1]?.replaceAll("\\n", "\n")
      const { out } = await run(args.split(" "), { WADJET_BRANDS_FILE: path("shown") }, piped)
      expect(out.trimEnd()).toBe(output.trimEnd())
    }
  })

  it("that are wrong are refused with their line, by all of them", async () => {
    const wrong = { ...settings, WADJET_BRANDS_FILE: path("wrong") }
    writeFileSync(path("wrong"), "acme: acme.com\n\nacme.org\n")
    for (const args of [["batch", "lookalike"], ["batch", "classify"], ["scan", imitating], ["run"]]) {
      const { code, err } = await run(args, wrong, input)
      expect([args, code]).toEqual([args, 1])
      expect(err).toContain("file that WADJET_BRANDS_FILE names is wrong: line 3: expected an entry")
    }
    // Nothing else that computes without a system asks for them.
    expect((await run(["batch", "extract"], wrong, '{"text": "acme.com"}')).code).toBe(0)
  })

  it("are known to an import of an exported chat", async () => {
    const file = path("WhatsApp Chat with Family.txt")
    writeFileSync(file, `12/01/2026, 09:30 - Ada: look ${imitating}\n`)
    const { out } = await run(["ingest", file, "--json"], settings)
    const { links } = JSON.parse(out) as { readonly links: Scans["items"] }
    expect(links.map(({ reasons }) => namesOf(reasons))).toEqual([
      expect.arrayContaining(["look-alike.high"])
    ])
  })

  it("are known to a system that runs, and to the classic rules when they weigh its log again", async () => {
    const system = await startSystem(running)
    const { ownerKey: key = "", page } = system.ready
    await post(page, key, `look ${imitating} and ${ours}`)
    const scanned = async (): Promise<Scans["items"]> => {
      const { items } = (await get(`${page}/v1/scans?limit=2`, key)).body as Scans
      return items.length === 2 ? items : scanned()
    }
    const names = (await scanned()).map(({ reasons }) => namesOf(reasons))
    await stopSystem(system)
    expect(names).toContainEqual(expect.arrayContaining(["look-alike.high"]))
    expect(names).toContainEqual(expect.arrayContaining(["brand.owned"]))
    const replayed = await run(["replay", "--rules", "classic", "--open", "--json"], running)
    const now = linesOf(replayed.out).flatMap((line) =>
      "now" in line ? namesOf((line["now"] as Weighed).evidence) : []
    )
    expect(now).toContain("look-alike.high")
  })
})
