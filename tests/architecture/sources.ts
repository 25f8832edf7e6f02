/** The sources as the rules of the architecture see them: files, and which imports which. */
import { readdirSync, readFileSync } from "node:fs"
import { dirname, join, relative, resolve } from "node:path"

export const root = resolve(import.meta.dirname, "../..")

export interface Source {
  /** From the root, such as `infra/event-log/codec.ts`. */
  readonly path: string
  readonly text: string
  /** Our own files that it imports, from the root; what is imported for its types alone counts as well. */
  readonly imports: ReadonlyArray<string>
}

/** Not read: what is fetched or built, test data, and the web page, which is built by itself. */
const passedOver = /(^|\/)(node_modules|dist|data|fixtures)(\/|$)|^actors\/admin\/web\//

/** `import … from "x"`, `export … from "x"`, `import "x"`, `import("x")` and `new URL("x", import.meta.url)`. */
const specifiers =
  /(?:^|[\s;}])(?:import|export)\s[^"';]*?\sfrom\s+"([^"]+)"|^\s*import\s+"([^"]+)"|\bimport\(\s*"([^"]+)"\s*\)|new URL\(\s*"([^"]+\.[jt]s)",\s*import\.meta\.url/gm

const withoutComments = (text: string): string => text.replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, "")

/** The specifiers of a file, in their order. */
export const importsOf = (text: string): ReadonlyArray<string> =>
  [...withoutComments(text).matchAll(specifiers)].map((match) =>
    match.slice(1).find((part) => part !== undefined)!
  )

/** Every source file below some folders. */
export const readSources = (...folders: ReadonlyArray<string>): ReadonlyArray<Source> =>
  folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && /\.[jt]s$/.test(entry.name))
      .map((entry) => relative(root, join(entry.parentPath, entry.name)))
      .filter((path) => !passedOver.test(path))
      .map((path): Source => {
        const text = readFileSync(join(root, path), "utf8")
        const own = importsOf(text).filter((name) => name.startsWith("."))
        return { path, text, imports: own.map((name) => relative(root, resolve(root, dirname(path), name))) }
      })
  )

/** A cycle of imports, or `undefined` where there is none. */
export const findCycle = (
  sources: ReadonlyArray<Pick<Source, "path" | "imports">>
): ReadonlyArray<string> | undefined => {
  const byPath = new Map(sources.map(({ imports, path }) => [path, imports]))
  const done = new Set<string>()
  const visit = (path: string, trail: ReadonlyArray<string>): ReadonlyArray<string> | undefined => {
    if (trail.includes(path)) return [...trail.slice(trail.indexOf(path)), path]
    if (done.has(path)) return undefined
    for (const next of byPath.get(path) ?? []) {
      const cycle = visit(next, [...trail, path])
      if (cycle !== undefined) return cycle
    }
    done.add(path)
    return undefined
  }
  for (const { path } of sources) {
    const cycle = visit(path, [])
    if (cycle !== undefined) return cycle
  }
  return undefined
}
