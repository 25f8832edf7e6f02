import { statSync } from "node:fs"
import { basename, dirname, relative, resolve, sep } from "node:path"
import type { Plugin } from "rolldown"

/** `new URL("./worker.ts", import.meta.url)`, which is how a source names a file beside itself. */
const ownFile = /new URL\(\s*(["'])(\.{1,2}\/[^"']*)\1\s*,\s*import\.meta\.url\s*\)/g

/** A file or folder that a source reads at run time, and where it goes in the bundle. */
export interface OwnFile {
  readonly from: string
  readonly to: string
}

/**
 * Keeps `new URL("…", import.meta.url)` true in a bundle, where every chunk lies in the one folder: another
 * source becomes its entry, a folder is copied under its name, a file is copied to `files/` under its path.
 * A source that names an entry must be among the bundle's entries; the build says so otherwise.
 */
export const ownFiles = (options: {
  readonly root: string
  readonly entries: Readonly<Record<string, string>>
  /** Called for what has to be copied. */
  readonly found: (file: OwnFile) => void
}): Plugin => {
  const { entries, found, root } = options
  const entryOf = (path: string) =>
    Object.entries(entries).find(([, source]) => resolve(root, source) === path)
  const place = (from: string, id: string): string => {
    const stat = statSync(from, { throwIfNoEntry: false })
    if (stat === undefined) throw new Error(`${id} names ${from}, which does not exist`)
    if (from.endsWith(".ts")) {
      const entry = entryOf(from)
      if (entry === undefined) throw new Error(`${id} names ${from}, which is not among the bundle's entries`)
      return `${entry[0]}.js`
    }
    const to = stat.isDirectory() ? basename(from) : `files/${relative(root, from).split(sep).join("/")}`
    found({ from, to })
    return stat.isDirectory() ? `${to}/` : to
  }
  return {
    name: "wadjet-own-files",
    transform(code, id) {
      if (!id.startsWith(root) || id.includes("/node_modules/") || !code.includes("import.meta.url"))
        return null
      return code.replace(ownFile, (_, _quote, path: string) => {
        const target = place(resolve(dirname(id), path), id)
        return `new URL("./${target}", import.meta.url)`
      })
    }
  }
}
