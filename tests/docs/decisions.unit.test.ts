import { existsSync, globSync, readFileSync, statSync } from "node:fs"
import { basename, join } from "node:path"
import { describe, expect, it } from "vitest"

const root = join(import.meta.dirname, "../..")
const decisions = globSync("docs/decisions/*.md", { cwd: root }).toSorted()

/** What a decision says that guards it: files or folders, each with the titles of tests that are named after it. */
const guardsOf = (decision: string) => {
  const [, guarded = ""] = readFileSync(join(root, decision), "utf8").split("**Guarded by**")
  const pieces = guarded.split(/`((?:tests|\.ci)\/[^`]*)`/)
  return pieces.flatMap((piece, index) =>
    index % 2 === 0
      ? []
      : [{ path: piece, titles: [...pieces[index + 1]!.matchAll(/"([^"]+)"/g)].map(([, title]) => title!) }]
  )
}

/** A title may be cut short with an ellipsis. */
const isIn = (text: string) => (title: string) => text.includes(title.replace(/ ?…$/, ""))

const textOf = (path: string): string =>
  (statSync(path).isDirectory() ? globSync("**/*.ts", { cwd: path }).map((name) => join(path, name)) : [path])
    .map((file) => readFileSync(file, "utf8"))
    .join("\n")

describe("a decision", () => {
  it.each(decisions)("%s says what guards it, and that is there", (decision) => {
    const guards = guardsOf(decision)
    expect(guards.length).toBeGreaterThan(0)
    for (const { path, titles } of guards) {
      expect([path, existsSync(join(root, path))]).toEqual([path, true])
      const isThere = isIn(textOf(join(root, path)))
      expect(titles.filter((title) => !isThere(title))).toEqual([])
    }
  })

  it("has a number of its own", () => {
    const numbers = decisions.map((path) => basename(path).slice(0, 4))
    expect(new Set(numbers).size).toBe(numbers.length)
  })
})
