import { readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "@effect/vitest"
import { Schema } from "effect"
import { fieldsOf } from "../../docs/reference/fields.ts"
import { anchor, table } from "../../docs/reference/markdown.ts"
import { pages } from "../../docs/reference/pages.ts"

const folder = join(import.meta.dirname, "../../docs/reference")

describe("the generated reference", () => {
  it.each(Object.entries(pages))("%s is up to date; `npm run generate` writes it", (name, make) => {
    expect(readFileSync(join(folder, name), "utf8")).toBe(make())
  })

  it.each(Object.entries(pages))("%s has a heading for each of its links", (_, make) => {
    const text = make()
    const headings = [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading]) => anchor(heading!))
    const links = [...text.matchAll(/\]\(#([^)]+)\)/g)].map(([, link]) => link!)
    expect(links.filter((link) => !headings.includes(link))).toEqual([])
    expect(new Set(headings).size).toBe(headings.length)
  })
})

describe("a field of the reference", () => {
  it("shows lists, choices, what may be absent, and what is inside", () => {
    const about = Schema.String.pipe(Schema.annotate({ description: "who" }))
    const schema = Schema.Struct({
      level: Schema.Literals(["low", "high"]),
      links: Schema.Array(Schema.Struct({ host: about })),
      note: Schema.optionalKey(Schema.NullOr(Schema.Int))
    })
    expect(fieldsOf(schema)).toEqual([
      { name: "level", type: "`low`, `high`", optional: false, about: "" },
      { name: "links", type: "list of object", optional: false, about: "" },
      { name: "links[].host", type: "string", optional: false, about: "who" },
      { name: "note", type: "integer or null", optional: true, about: "" }
    ])
  })

  it("cannot break out of its table", () => {
    expect(table(["a"], [["x | y\nz"]])).toBe("| a |\n| --- |\n| x \\| y z |")
  })
})
