import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"

const root = join(import.meta.dirname, "../..")

interface Locked {
  readonly packages: Record<string, { readonly dev?: boolean; readonly license?: string }>
}

/** Licences whose terms let their code be part of a work under GPL-3.0-or-later, as gnu.org lists them. */
const compatible = new Set([
  "0BSD",
  "Apache-2.0",
  "BlueOak-1.0.0",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "CC0-1.0",
  "GPL-3.0",
  "GPL-3.0-or-later",
  "ISC",
  "LGPL-3.0-or-later",
  "MIT",
  "MIT-0",
  "MPL-2.0",
  "Unlicense"
])

/** `MIT OR Apache-2.0` is compatible when one of them is. */
const isCompatible = (licence: string): boolean =>
  licence
    .replaceAll(/[()]/g, "")
    .split(" OR ")
    .some((choice) => compatible.has(choice.trim()))

const { packages } = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")) as Locked

/** What is shipped and installed here; packages for other platforms are not on this disk. */
const shipped = Object.entries(packages)
  .filter(([path, { dev }]) => path.startsWith("node_modules/") && dev !== true)
  .filter(([path]) => existsSync(join(root, path, "package.json")))
  .map(([path]) => {
    const { license } = JSON.parse(readFileSync(join(root, path, "package.json"), "utf8")) as {
      readonly license?: string
    }
    return [path.slice("node_modules/".length), license ?? "(none stated)"] as const
  })

describe("licences", () => {
  it.each(shipped)("%s may be part of a GPL-3.0-or-later work: %s", (_, licence) => {
    expect(isCompatible(licence)).toBe(true)
  })

  it("are stated for the project itself, with the whole text", () => {
    const { license } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
      readonly license: string
    }
    expect(license).toBe("GPL-3.0-or-later")
    expect(readFileSync(join(root, "LICENSE"), "utf8")).toContain("GNU GENERAL PUBLIC LICENSE")
  })
})
