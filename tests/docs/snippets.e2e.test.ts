import { execFileSync, spawnSync } from "node:child_process"
import { existsSync, globSync, readFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { describe, expect, it } from "vitest"

const root = join(import.meta.dirname, "../..")
const documents = globSync(["README.md", "CONTRIBUTING.md", "docs/**/*.md"], { cwd: root })
const textOf = (document: string) => readFileSync(join(root, document), "utf8")

/** What a document shows of the program: a command behind `$`, and what it prints. */
const shown = documents.flatMap((document) =>
  [...textOf(document).matchAll(/^```\n\$ (\.\/wadjet .+)\n([\s\S]*?)^```$/gm)].map(
    ([, command, output]) => [document, command!, output!] as const
  )
)

/** Every command line that a document asks a reader to type. */
const typed = documents.flatMap((document) =>
  [...textOf(document).matchAll(/^(?:\$ )?\.\/wadjet ([a-z]+(?: [a-z]+)?)/gm)].map(
    ([, words]) => [document, words!.split(" ")] as const
  )
)

describe("the documents", () => {
  it.each(shown)("%s shows what `%s` prints", (_, command, output) => {
    const [program, ...rest] = command.split(" ")
    expect(execFileSync(join(root, program!), rest, { encoding: "utf8" }).trimEnd()).toBe(output.trimEnd())
  })

  it.each(typed)("%s names a command that there is: %j", (_, words) => {
    const help = spawnSync(join(root, "wadjet"), [words[0]!, "--help"], { encoding: "utf8" })
    expect(help.status, help.stderr).toBe(0)
  })

  it.each(documents)("%s links to files that there are", (document) => {
    const links = [...textOf(document).matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)].map(([, link]) => link!)
    const missing = links
      .filter((link) => !link.includes("://"))
      .filter((link) => !existsSync(join(root, dirname(document), decodeURI(link))))
    expect(missing).toEqual([])
  })

  it("names the two commands of package.json that it promises", () => {
    const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
      readonly scripts: Record<string, string>
    }
    expect(textOf("README.md")).toContain("npm ci && npm start")
    expect(textOf("README.md")).toContain("npm ci && npm test")
    expect(Object.keys(scripts)).toEqual(expect.arrayContaining(["start", "test"]))
  })
})
