import { type ExecFileSyncOptions, execFileSync, spawn } from "node:child_process"
import { once } from "node:events"
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs"
import { symlinkSync, utimesSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { afterAll, beforeEach, describe, expect, it } from "vitest"

const repository = fileURLToPath(new URL("../..", import.meta.url))
const work = mkdtempSync(join(tmpdir(), "wadjet-bundle-"))
afterAll(() => rmSync(work, { recursive: true, force: true }))

/** A command that does as the real one: it loads little for some words, and names files beside itself. */
const sources = {
  "actors/operator/main.ts": `
import { readFileSync } from "node:fs"
import { Worker } from "node:worker_threads"
const [word] = process.argv.slice(2)
const say = (value: unknown) => process.stdout.write(JSON.stringify(value) + "\\n")
if (word === "where") say({ url: import.meta.url, node: process.versions.node, args: process.argv.slice(2) })
if (word === "page") say(readFileSync(new URL("../admin/web/index.html", import.meta.url), "utf8"))
if (word === "store") say((await import("./store.ts")).one())
if (word === "worker") new Worker(new URL("../../projections/worker.ts", import.meta.url))
if (word === "wait") {
  process.on("SIGINT", () => process.exit(7))
  process.stdout.write("waiting\\n")
  setInterval(() => {}, 1000)
}
`,
  "actors/operator/store.ts": `
import Database from "better-sqlite3"
export const one = () => new Database(":memory:").prepare("SELECT 1 AS one").get()
`,
  "projections/worker.ts": `process.stdout.write(JSON.stringify(import.meta.url) + "\\n")\n`,
  "contracts/nothing.ts": "export {}\n",
  "actors/admin/web/index.html": "the page"
}

let root: string
const path = (name: string) => join(root, name)
const write = (name: string, text: string) => {
  mkdirSync(dirname(path(name)), { recursive: true })
  writeFileSync(path(name), text)
}
const run = (command: string, args: ReadonlyArray<string>, options: ExecFileSyncOptions = {}): string =>
  String(execFileSync(command, [...args], { cwd: root, stdio: ["ignore", "pipe", "pipe"], ...options }))
const ensure = () => run(process.execPath, ["infra/bundle/ensure.js"])
const wadjet = (...args: ReadonlyArray<string>): unknown => JSON.parse(run(path("wadjet"), args))
const where = () => (wadjet("where") as { readonly url: string }).url
const stores = () => readdirSync(path("dist")).filter((name) => name.startsWith("store-"))
const builtMs = () => JSON.parse(run("stat", ["-c", "%Y", "dist/main.js"]))

beforeEach(() => {
  root = mkdtempSync(join(work, "checkout-"))
  cpSync(join(repository, "infra/bundle"), path("infra/bundle"), { recursive: true })
  for (const name of ["package.json", "package-lock.json", "wadjet"])
    cpSync(join(repository, name), path(name))
  symlinkSync(join(repository, "node_modules"), path("node_modules"))
  for (const [name, text] of Object.entries(sources)) write(name, text)
})

describe("the bundle", () => {
  it("runs from a checkout, with its thread, its page and its native packages", () => {
    ensure()
    expect(where()).toContain("/dist/main.js")
    expect(wadjet("store")).toEqual({ one: 1 })
    expect(wadjet("page")).toBe("the page")
    expect(wadjet("worker")).toContain("/dist/worker.js")
  })

  it("keeps in a chunk of its own what only some commands need", () => {
    ensure()
    expect(stores()).toHaveLength(1)
    expect(readFileSync(path("dist/main.js"), "utf8")).not.toContain("better-sqlite3")
  })

  it("is refused when a source names a file that is not there", () => {
    write("actors/operator/store.ts", `export const one = () => new URL("./gone.sql", import.meta.url)`)
    expect(ensure).toThrow(/gone\.sql, which does not exist/)
  })

  it("is optional where it is asked to be, and the sources run instead", () => {
    write("actors/operator/store.ts", "export const one = (")
    run(process.execPath, ["infra/bundle/ensure.js", "--optional"])
    expect(where()).toContain("/actors/operator/main.ts")
  })

  it("keeps the chunks of the build before, which a running process may still import", () => {
    ensure()
    const [first] = stores()
    for (const two of ["2", "3"]) {
      write("actors/operator/store.ts", `export const one = () => ${two}`)
      ensure()
    }
    expect(stores()).toHaveLength(2)
    expect(stores()).not.toContain(first)
  })
})

describe("a bundle that is older than its sources", () => {
  /** After any build, however long it took. */
  const later = () => new Date(Date.now() + 60_000)

  it("is not run", () => {
    ensure()
    utimesSync(path("actors/operator/main.ts"), later(), later())
    expect(where()).toContain("/actors/operator/main.ts")
  })

  it("is not run after a file was taken away either", () => {
    ensure()
    rmSync(path("contracts/nothing.ts"))
    utimesSync(path("contracts"), later(), later())
    expect(where()).toContain("/actors/operator/main.ts")
  })

  it("is built again when the content is another, and only then", () => {
    ensure()
    const record = readFileSync(path("dist/build.json"), "utf8")
    utimesSync(path("actors/operator/main.ts"), new Date(), new Date())
    const before = builtMs()
    ensure()
    expect(builtMs()).toBe(before)
    expect(where()).toContain("/dist/main.js")

    write("actors/operator/store.ts", "export const one = () => 2")
    ensure()
    expect(readFileSync(path("dist/build.json"), "utf8")).not.toBe(record)
    expect(wadjet("store")).toBe(2)
  })

  it("is nothing to look for where only the bundle is installed", () => {
    ensure()
    for (const folder of ["actors", "contracts", "infra", "projections"])
      rmSync(path(folder), { recursive: true })
    expect(where()).toContain("/dist/main.js")
  })
})

describe("the launcher", () => {
  it("hands on every argument as it is, and the exit code", () => {
    const args = ["where", "two words", "", "--flag=*", "$HOME"]
    expect((wadjet(...args) as { readonly args: unknown }).args).toEqual(args)
    write("actors/operator/main.ts", "process.exit(42)")
    expect(() => wadjet()).toThrow(expect.objectContaining({ status: 42 }))
  })

  it("finds its folder through symbolic links, relative and absolute, from anywhere", () => {
    mkdirSync(path("bin"))
    symlinkSync("../wadjet", path("bin/one"))
    symlinkSync(path("bin/one"), path("bin/two"))
    const out = run("two", ["where"], { cwd: "/", env: { PATH: `${path("bin")}:/usr/bin:/bin` } })
    expect((JSON.parse(out) as { readonly url: string }).url).toContain(root)
  })

  it("uses the Node that npm installed, whatever is on PATH", () => {
    write("old/node", "#!/bin/sh\necho 20.0.0\n")
    run("chmod", ["+x", "old/node"])
    const out = run(path("wadjet"), ["where"], { env: { PATH: `${path("old")}:/usr/bin:/bin` } })
    expect(JSON.parse(out)).toMatchObject({ node: process.versions.node })
  })

  it("says which Node it expected when there is only an older one", () => {
    rmSync(path("node_modules"))
    write("old/node", "#!/bin/sh\necho 20.0.0\n")
    run("chmod", ["+x", "old/node"])
    const launch = () => run(path("wadjet"), [], { env: { PATH: `${path("old")}:/usr/bin:/bin` } })
    expect(launch).toThrow(/expected Node 24 or newer, found 20\.0\.0/)
  })

  it("becomes the program, so that a signal to it is a signal to the program", async () => {
    const child = spawn(path("wadjet"), ["wait"], { stdio: ["ignore", "pipe", "inherit"] })
    await once(child.stdout, "data")
    child.kill("SIGINT")
    expect(await once(child, "exit")).toEqual([7, null])
  })
})

it("is started by npm, which passes on arguments, Ctrl-C and the exit code", async () => {
  // As the real command does on Ctrl-C: everything is put away, and the exit code is 0.
  write(
    "actors/operator/main.ts",
    sources["actors/operator/main.ts"]
      .replace("[word] = process.argv.slice(2)", "word = process.argv[3]")
      .replace("exit(7)", "exit(0)")
  )
  expect(existsSync(path("dist"))).toBe(false)
  // In a session of its own, and told as a terminal tells: the whole group at once. npm hands it on as
  // well, so that the program hears it twice.
  const npm = spawn("npm", ["start", "--silent", "--", "wait"], { cwd: root, detached: true })
  const heard = once(npm.stdout, "data")
  expect(String((await heard)[0])).toContain("waiting")
  process.kill(-npm.pid!, "SIGINT")
  expect(await once(npm, "exit")).toEqual([0, null])
})
