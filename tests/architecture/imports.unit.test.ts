import { existsSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "@effect/vitest"
import { findCycle, importsOf, readSources, root, type Source } from "./sources.ts"

const product = readSources("contracts", "actors", "projections", "infra")
const tests = readSources("tests", "docs")

/** The actors that may look at what is known. */
const readers = ["admin", "operator", "backup"]

/** What a file belongs to: a top folder or, below `actors`, one actor. */
const partOf = (path: string): string => {
  const [top, actor] = path.split("/")
  return top === "actors" ? `actors/${actor}` : top!
}

/** The folder table of the architecture: what a part may import beside itself. */
const mayImport = (part: string): ((other: string) => boolean) => {
  const actor = part.startsWith("actors/") ? part.slice("actors/".length) : undefined
  const allowed: Readonly<Record<string, ReadonlyArray<string>>> = {
    contracts: [],
    infra: ["contracts"],
    projections: ["contracts", "infra"]
  }
  const others =
    actor === undefined
      ? (allowed[part] ?? [])
      : ["contracts", "infra", ...(readers.includes(actor) ? ["projections"] : [])]
  // The project's own name and version stand in its package.json.
  return (other) =>
    other === "package.json" ||
    other === part ||
    others.includes(other) ||
    (actor === "operator" && other.startsWith("actors/"))
}

const trespasses = (sources: ReadonlyArray<Pick<Source, "path" | "imports">>): ReadonlyArray<string> =>
  sources.flatMap(({ imports, path }) =>
    imports
      .filter((other) => !mayImport(partOf(path))(partOf(other)))
      .map((other) => `${path} imports ${other}`)
  )

const judge = (path: string, ...imports: ReadonlyArray<string>) => trespasses([{ path, imports }]).length

describe("the import rules", () => {
  it("hold: contracts stand alone, infra and projections do not know actors, actors do not know each other", () => {
    expect(trespasses(product)).toEqual([])
  })

  it("are those of the folder table", () => {
    expect(judge("contracts/a.ts", "contracts/b.ts")).toBe(0)
    expect(judge("contracts/a.ts", "infra/b.ts", "actors/scan/b.ts", "projections/b.ts", "tests/b.ts")).toBe(
      4
    )
    expect(judge("infra/a.ts", "contracts/b.ts", "infra/b/c.ts")).toBe(0)
    expect(judge("infra/a.ts", "projections/b.ts", "actors/scan/b.ts")).toBe(2)
    expect(judge("projections/a.ts", "contracts/b.ts", "infra/b.ts")).toBe(0)
    expect(judge("projections/a.ts", "actors/scan/b.ts")).toBe(1)
    expect(judge("actors/scan/a.ts", "actors/scan/b/c.ts", "contracts/b.ts", "infra/b.ts")).toBe(0)
    expect(judge("actors/scan/a.ts", "actors/verdict/b.ts", "projections/b.ts", "tests/b.ts")).toBe(3)
    for (const reader of readers) expect(judge(`actors/${reader}/a.ts`, "projections/b.ts")).toBe(0)
    expect(judge("actors/operator/a.ts", "actors/scan/b.ts")).toBe(0)
    expect(judge("actors/admin/a.ts", "actors/scan/b.ts")).toBe(1)
  })

  it("see every way to import a file", () => {
    const text = `
      import { a } from "./a.ts"
      import type { B } from "./b.ts"
      import {
        c,
        d as e
      } from "./c.ts"
      import "./d.ts"
      export { f } from "./e.ts"
      export * from "./f.ts"
      const g = await import("./g.ts")
      const h = new Worker(new URL("./h.ts", import.meta.url))
      // import { no } from "./comment.ts"
      /* import { no } from "./block.ts" */
      const text = "taken from a string"`
    expect(importsOf(text)).toEqual(["abcdefgh"].flatMap((names) => [...names].map((name) => `./${name}.ts`)))
  })

  it("are about files that are there", () => {
    const missing = product.flatMap(({ imports, path }) =>
      imports.filter((other) => !existsSync(join(root, other))).map((other) => `${path} imports ${other}`)
    )
    expect(missing).toEqual([])
    expect(product.filter(({ imports }) => imports.length > 0).length).toBeGreaterThan(50)
  })

  it("leave no file that imports itself in a circle", () => {
    expect(findCycle(product)).toBeUndefined()
    expect(findCycle(tests)).toBeUndefined()
    const circle = [
      { path: "a.ts", imports: ["b.ts"] },
      { path: "b.ts", imports: ["d.ts", "c.ts"] },
      { path: "c.ts", imports: ["b.ts"] },
      { path: "d.ts", imports: [] }
    ]
    expect(findCycle(circle)).toEqual(["b.ts", "c.ts", "b.ts"])
  })
})

/** Lines of one file: more than this is more than one idea. Tables of words are one idea however long. */
const linesMax = 300
const testLinesMax = 600
const dataFiles = new Set(["actors/whatsapp/chat-export/system-phrases.ts"])

/** A note to do something later, or a test switched off by hand; one that asks its machine first is honest. */
const unfinished = /\b(TODO|FIXME|XXX|HACK)\b|\.(skip|only|todo|fails)\(\s*["`]/

const longerThan = (sources: ReadonlyArray<Source>, limit: number) =>
  sources
    .filter(({ path, text }) => !dataFiles.has(path) && text.split("\n").length - 1 > limit)
    .map(({ path, text }) => `${path} has ${text.split("\n").length - 1} lines`)

describe("every file", () => {
  it(`is at most ${linesMax} lines long, and a test ${testLinesMax}`, () => {
    expect(longerThan(product, linesMax)).toEqual([])
    expect(longerThan(tests, testLinesMax)).toEqual([])
  })

  it("is finished: nothing is left to do, and no test is passed over", () => {
    const places = [...product, ...tests]
      .filter(({ path }) => path !== "tests/architecture/imports.unit.test.ts")
      .flatMap(({ path, text }) =>
        text.split("\n").map((line, index) => ({ line, place: `${path}:${index + 1} ${line.trim()}` }))
      )
      .filter(({ line }) => unfinished.test(line))
      .map(({ place }) => place)
    expect(places).toEqual([])
  })

  it("lies in a folder that says what it is about", () => {
    const vague = /(^|\/)(utils?|helpers?|common|misc|types|lib)(\/|\.[jt]s$)/
    expect([...product, ...tests].map(({ path }) => path).filter((path) => vague.test(path))).toEqual([])
  })
})
