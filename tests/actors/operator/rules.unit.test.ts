import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, describe, expect, it } from "vitest"
import { coverageOf } from "../../../actors/operator/rules.ts"
import { builtIn } from "../../../actors/scan/rules/built-in.ts"
import { wadjet } from "./captured.ts"

const work = mkdtempSync(join(tmpdir(), "wadjet-rules-"))
afterAll(() => rmSync(work, { recursive: true, force: true }))

const file = (name: string, content: unknown) => {
  const path = join(work, name)
  writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content))
  return path
}
const mine = { ...builtIn.wadjet, version: "mine-1" }
const link = "http://192.0.2.7/login.exe"

describe("wadjet rules", () => {
  it("lists the rule sets that come with it", async () => {
    const { out } = await wadjet(["rules", "list", "--json"])
    const versions = out
      .trim()
      .split("\n")
      .map((line) => (JSON.parse(line) as { version: string }).version)
    expect(versions).toEqual([builtIn.wadjet.version, "classic"])
  })

  it("prints a rule set as a file that can be used as it is", async () => {
    const { out } = await wadjet(["rules", "show", "wadjet"])
    const path = file("shown.json", out)
    expect(await wadjet(["rules", "check", path])).toMatchObject({ exit: "ok", err: "" })
    const [own, built] = [await wadjet(["scan", link, "--rules", path]), await wadjet(["scan", link])]
    expect(own.out).toBe(built.out)
  })

  it("names every fault of a file, with its place, and answers with an exit code", async () => {
    const path = file("bad.json", { ...mine, prior: "x", unit: "dB" })
    const { err, exit, out } = await wadjet(["rules", "check", path])
    expect(exit).toBe("failed")
    expect(out).toBe(
      'unit: expected "decibans" or "points", found "dB"\nprior: expected a number, found "x"\n'
    )
    expect(err).toContain("2 faults found")
    const json = JSON.parse((await wadjet(["rules", "check", path, "--json"])).out)
    expect(json).toMatchObject({ ok: false, faults: [{ at: "unit" }, { at: "prior" }] })
  })

  it("takes no file that calls itself by the version of built-in rules and has other numbers", async () => {
    const path = file("pretender.json", { ...mine, version: "classic" })
    expect((await wadjet(["rules", "check", path])).out).toContain("expected a version of its own")
  })

  it("says which evidence of a file nothing gives, and which one it gives no weight to", () => {
    const { "feed.url": _, ...weights } = mine.weights
    const odd = { ...mine, weights: { ...weights, "feed.ulr": { family: "lists", weight: 3 } } }
    expect(coverageOf(odd).unknown).toContain("feed.ulr")
    expect(coverageOf(odd).unweighed).toContain("feed.url")
  })
})

describe("rules of one's own", () => {
  it("weigh a link, and give their version", async () => {
    const path = file("mine.json", { ...mine, prior: -60 })
    const { out } = await wadjet(["scan", link, "--rules", path, "--json"])
    expect(JSON.parse(out)).toMatchObject({ ruleSet: "mine-1", level: "benign" })
  })

  it("are refused with the first fault where they cannot be used", async () => {
    const path = file("bad.json", { ...mine, maliciousFrom: -20 })
    const { err, exit, out } = await wadjet(["scan", link, "--rules", path])
    expect({ exit, out }).toEqual({ exit: "failed", out: "" })
    expect(err).toContain("maliciousFrom: expected more than suspiciousFrom (0), found -20")
    expect(err).toContain("wadjet rules check")
  })

  it.each([
    ["nowhere.json", "there is no file of this name"],
    [".", "this is a folder"]
  ])("that are no file (%s) are named as what they are", async (name, why) => {
    const { err, exit } = await wadjet(["scan", link, "--rules", join(work, name)])
    expect(exit).toBe("usage")
    expect(err).toContain(why)
  })
})

describe("wadjet replay", () => {
  it.each([
    [["replay"], "expected --rules or --into, found neither"],
    [["replay", "--rules", "wadjet", "--into", "a.db"], "expected --rules or --into, found both"],
    [["replay", "--into", "a.db", "--compare"], "expected --to alone beside --into"],
    [["replay", "--rules", "wadjet", "--from", "soon"], "expected --from to be an event's number or a moment"]
  ])("%j says what it cannot do", async (args, why) => {
    const { err, exit, out } = await wadjet(args)
    expect({ exit, out }).toEqual({ exit: "usage", out: "" })
    expect(err).toContain(why)
  })
})
