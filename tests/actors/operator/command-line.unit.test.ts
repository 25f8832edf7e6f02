import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { Command } from "effect/cli"
import { afterAll, describe, expect, it } from "vitest"
import { wadjet as commandLine } from "../../../actors/operator/cli.ts"
import { partNames } from "../../../actors/operator/commands/run.ts"
import { roleNames } from "../../../actors/operator/commands/keys.ts"
import { parts } from "../../../actors/operator/system.ts"
import { wadjet as wadjetRules } from "../../../actors/scan/rules/wadjet.ts"
import { Role } from "../../../contracts/account.ts"
import { operations } from "../../../actors/operator/batch/operations.ts"
import { wadjet } from "./captured.ts"

const work = mkdtempSync(join(tmpdir(), "wadjet-cli-"))
afterAll(() => rmSync(work, { recursive: true, force: true }))

interface Leaf {
  readonly path: ReadonlyArray<string>
  readonly command: Command.Command.Any
}

const leavesOf = (command: Command.Command.Any, path: ReadonlyArray<string> = []): ReadonlyArray<Leaf> => {
  const inside = command.subcommands.flatMap(({ commands }) => commands)
  return inside.length === 0 ? [{ path, command }] : inside.flatMap((it) => leavesOf(it, [...path, it.name]))
}
const leaves = leavesOf(commandLine)

describe("help", () => {
  it.each(leaves)("of $path says what it does, with examples of it", async ({ command, path }) => {
    const { err, exit, out } = await wadjet([...path, "--help"])
    expect({ exit, err }).toEqual({ exit: "ok", err: "" })
    expect(out).toContain("EXAMPLES")
    expect(command.examples.length).toBeGreaterThan(0)
    for (const example of command.examples) expect(example.command).toContain(`wadjet ${path[0]}`)
  })

  it("names every batch operation", async () => {
    const { out } = await wadjet(["batch", "--help"])
    for (const name of Object.keys(operations)) expect(out).toContain(name)
  })
})

describe("a command line that is not understood", () => {
  it.each([
    [["rnu"], 'there is no command "rnu"; did you mean "run"?'],
    [["scna", "http://a.example"], 'did you mean "scan"?'],
    [["events", "tial"], 'there is no command "tial"; did you mean "tail"?'],
    [["scan", "--jsno", "http://a.example"], 'there is no flag --jsno; did you mean "--json"?'],
    [["scan"], "expected URL, found nothing"],
    [["events", "tail", "--context", "other"], "expected --context to be"],
    [["events", "show", "first"], "SEQUENCE"],
    [["keys", "create"], "expected the flag --role, found nothing"],
    [["version", "now"], 'there is nothing to do with "now"']
  ])("%j is answered in a line, with what was probably meant and where help is", async (args, complaint) => {
    const { err, exit, out } = await wadjet(args)
    expect({ exit, out }).toEqual({ exit: "usage", out: "" })
    expect(err).toContain(complaint)
    expect(err).toContain("--help")
    expect(err.trim().split("\n").length).toBeLessThanOrEqual(2)
    expect(err).not.toMatch(/\n\s+at /)
  })

  it("takes an operation of batch that does not exist for what it is", async () => {
    const { err, exit, out } = await wadjet(["batch", "extrakt"])
    expect({ exit, out }).toEqual({ exit: "usage", out: "" })
    expect(err).toContain("expected one of extract,")
  })
})

describe("errors", () => {
  it.each([
    [["ingest", join(work, "missing.txt")], {}, "missing.txt"],
    [["ingest", work], {}, "a folder"],
    [["events", "tail"], { WADJET_DATA: join(work, "nowhere") }, "Wadjet has not run on this data folder"],
    [["doctor"], { WADJET_HTTP: "everywhere" }, "must be mended"],
    [["keys", "revoke", "abc"], { WADJET_DATA: join(work, "keys") }, "`wadjet keys list`"],
    [["erase", "person", "Ada"], { WADJET_DATA: join(work, "keys") }, "is no person"],
    [
      ["run"],
      { WADJET_HTTP: "everywhere" },
      'expected WADJET_HTTP to be host:port; port 0 takes a free one, found "everywhere"'
    ],
    [["run", "scan"], {}, "WADJET_NATS_URL"]
  ] as const)("of %j say what, why and what to do", async (args, environment, words) => {
    const { err, exit } = await wadjet(args, environment)
    expect(exit).not.toBe("ok")
    expect(err.toLowerCase()).toContain(words.toLowerCase())
    expect(err).toMatch(/^wadjet: /)
    expect(err).not.toMatch(/\n\s+at /)
  })

  it("are JSON for programs", async () => {
    const { err, out } = await wadjet(["ingest", join(work, "missing.txt"), "--json"])
    expect(out).toBe("")
    expect(JSON.parse(err)).toEqual({ error: { what: expect.stringContaining("missing.txt") } })
  })

  it("name a file that stands where the data folder should be, and leave it as it is", async () => {
    const file = join(work, "a-file")
    writeFileSync(file, "mine")
    const { err, exit } = await wadjet(["run"], { WADJET_DATA: file })
    expect(exit).toBe("failed")
    expect(err).toContain(`at ${file}, found a file in its place. Set WADJET_DATA`)
  })

  it("tell a data folder on which nothing ever ran, with an exit code of its own", async () => {
    expect((await wadjet(["events", "tail"], { WADJET_DATA: join(work, "nowhere") })).exit).toBe(
      "unreachable"
    )
  })
})

describe("commands that need no server", () => {
  it("scan explains a link and never prints it in a form that can be clicked", async () => {
    const { err, exit, out } = await wadjet(["scan", "http://192.0.2.7/login.exe"])
    expect({ exit, err }).toEqual({ exit: "ok", err: "" })
    expect(out).toContain("⛔ malicious  hxxp://192[.]0[.]2[.]7/login[.]exe")
    expect(out).toContain("a bare number instead of a name")
    expect(out).toContain("Missing evidence: reputation")
    expect(out).not.toMatch(/https?:\/\//)
  })

  it("scan prints what the README shows", async () => {
    const readme = readFileSync(join(import.meta.dirname, "../../../README.md"), "utf8")
    const [, url, shown] = /\$ \.\/wadjet scan (\S+)\n([^`]*)```/.exec(readme)!
    expect((await wadjet(["scan", url!])).out).toBe(shown)
  })

  it.each([
    ["example.com:8080/login.php?a=1", "http://example.com:8080/login.php?a=1"],
    ["localhost:3000", "http://localhost:3000/"],
    ["ftp://example.com/a", "ftp://example.com/a"]
  ])("scan reads %s as people mean it", async (given, url) => {
    expect(JSON.parse((await wadjet(["scan", given, "--json"])).out)).toMatchObject({ url })
  })

  it("scan says for programs what it says for people", async () => {
    const { out } = await wadjet(["scan", "192.0.2.7/login.exe", "--json"])
    expect(JSON.parse(out)).toMatchObject({
      url: "http://192.0.2.7/login.exe",
      level: "malicious",
      unit: "decibans",
      ruleSet: wadjetRules.version,
      evidence: [{ source: "structure", kind: "ip-literal" }, {}, {}],
      missing: [{ source: "feeds" }, { source: "redirects" }, { source: "reputation" }],
      range: { least: expect.any(Number), most: expect.any(Number) }
    })
    const classic = JSON.parse(
      (await wadjet(["scan", "--rules", "classic", "http://192.0.2.7/", "--json"])).out
    )
    expect(classic).toMatchObject({ unit: "points", score: 3 })
    expect(classic).not.toHaveProperty("probability")
  })

  it("config shows every setting with its source, and hides secrets", async () => {
    const environment = { WADJET_DATA: "/srv/wadjet", WADJET_NATS_PASSWORD: "hunter2" }
    const { exit, out } = await wadjet(["config", "--json"], environment)
    const settings = out
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line))
    expect(exit).toBe("ok")
    expect(settings).toContainEqual(
      expect.objectContaining({ name: "WADJET_DATA", value: "/srv/wadjet", source: "environment" })
    )
    expect(settings).toContainEqual(expect.objectContaining({ name: "WADJET_HTTP", source: "default" }))
    expect(out).not.toContain("hunter2")
  })

  it("keys are made, listed and revoked before anything ever ran", async () => {
    const environment = { WADJET_DATA: join(work, "keys") }
    const made = JSON.parse(
      (await wadjet(["keys", "create", "--role", "viewer", "--label", "wall", "--json"], environment)).out
    )
    expect(made).toMatchObject({ role: "viewer", label: "wall", key: expect.stringMatching(/^wadjet_/) })
    const list = await wadjet(["keys", "list"], environment)
    expect(list.out).toContain(`${made.id}  viewer     in force`)
    expect(list.out).not.toContain(made.key)
    expect((await wadjet(["keys", "revoke", made.id], environment)).exit).toBe("ok")
    expect((await wadjet(["keys", "revoke", made.id], environment)).exit).toBe("failed")
  })

  it("parked lists nothing where nothing ever ran", async () => {
    expect(await wadjet(["parked", "list"], { WADJET_DATA: join(work, "nowhere") })).toEqual({
      exit: "ok",
      out: "Nothing is parked.\n",
      err: ""
    })
  })

  it("version says which one it is", async () => {
    expect((await wadjet(["--version"])).out).toMatch(/^wadjet \d+\.\d+\.\d+\n$/)
    expect(JSON.parse((await wadjet(["version", "--json"])).out)).toMatchObject({
      version: expect.any(String),
      node: process.versions.node
    })
  })
})

it("repeats no list that is declared elsewhere, except to load less, and then the same", () => {
  expect(partNames).toEqual(parts)
  expect(roleNames).toEqual(Role.literals)
})
