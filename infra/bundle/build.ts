import { existsSync } from "node:fs"
import { cp, mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises"
import { dirname, join, resolve } from "node:path"
import { type OutputOptions, rolldown } from "rolldown"
import { type OwnFile, ownFiles } from "./own-files.ts"

/**
 * What the bundle begins with: the command, the threads that projections run on, codes and lists are read in, and the
 * outside is asked in, and the process that works on database files with the thread that guards it.
 */
export const bundleEntries: Readonly<Record<string, string>> = {
  main: "actors/operator/main.ts",
  worker: "projections/worker.ts",
  past: "projections/past/worker.ts",
  codes: "actors/whatsapp/incoming/pictures/worker.ts",
  list: "actors/scan/feeds/worker.ts",
  outside: "actors/scan/outside-thread/worker.ts",
  aside: "infra/sqlite/aside/child.ts",
  "aside-guard": "infra/sqlite/aside/guard.ts"
}

/** The web page is copied even before a source names it. */
const webFolder = "actors/admin/web"

/**
 * What stays in `node_modules`: programs with native parts, worker threads or files of their own. The rest is
 * bundled, which takes a quarter of the time to start and half the memory. Baileys takes ten megabytes more as
 * one chunk than as files of its own.
 */
const external = [
  "better-sqlite3",
  "pino",
  "@whiskeysockets/baileys",
  "whatsapp-rust-bridge",
  "zxing-wasm",
  "rolldown",
  "testcontainers"
]

/**
 * Each thread keeps the source of what it loads, at two bytes a character where one character of the file is
 * outside Latin-1: so comments and long names go, and every such character is escaped. Functions and classes
 * keep their names, for stack traces.
 */
const small: OutputOptions = {
  comments: { legal: true, annotation: false, jsdoc: false },
  minify: {
    compress: true,
    mangle: { keepNames: true },
    codegen: { asciiOnly: true }
  }
}

export interface BundleOptions {
  /** The repository. */
  readonly root: string
  /** Digest of the sources, kept in `build.json`. */
  readonly digest: string
  /** Entry name to source, relative to the root; those that do not exist yet are left out. */
  readonly entries?: Readonly<Record<string, string>>
}

/** What `dist/build.json` holds. */
export interface BuildRecord {
  readonly digest: string
  readonly files: ReadonlyArray<string>
}

/**
 * Builds `dist/` from the sources: one ESM chunk for each entry and each dynamic import, the web page's files
 * in `dist/web`, and `build.json`, written last, whose time and digest say what the bundle stands for.
 *
 * A running process may still import a chunk of the build before, so the files of one earlier build stay.
 */
export const buildBundle = async (options: BundleOptions) => {
  const started = performance.now()
  const { digest, root } = options
  const entries = present(root, options.entries ?? bundleEntries)
  const folder = join(root, "dist")
  const copies = new Map<string, OwnFile>()
  if (existsSync(join(root, webFolder))) copies.set("web", { from: join(root, webFolder), to: "web" })
  const bundle = await rolldown({
    input: entries,
    cwd: root,
    platform: "node",
    external: external.map((name) => new RegExp(`^${name}(/|$)`)),
    plugins: [ownFiles({ root, entries, found: (file) => copies.set(file.to, file) })],
    logLevel: "warn"
  })
  const { output } = await bundle.generate({
    ...small,
    format: "esm",
    entryFileNames: "[name].js",
    chunkFileNames: "[name]-[hash].js"
  })
  await bundle.close()

  const previous = await readRecord(folder)
  const files = output.map(({ fileName }) => fileName)
  let bytes = 0
  for (const part of output) {
    const content = part.type === "chunk" ? part.code : part.source
    bytes += content.length
    await writeWhole(join(folder, part.fileName), content)
  }
  for (const { from, to } of copies.values()) {
    await rm(join(folder, to), { recursive: true, force: true })
    await cp(from, join(folder, to), { recursive: true })
  }
  await dropFilesBefore(folder, [...files, ...previous.files])
  await writeWhole(join(folder, "build.json"), JSON.stringify({ digest, files } satisfies BuildRecord))
  return { bytes, milliseconds: Math.round(performance.now() - started) }
}

const present = (root: string, entries: Readonly<Record<string, string>>) => {
  const found = Object.entries(entries).filter(([, source]) => existsSync(join(root, source)))
  if (found.length === 0) throw new Error(`none of ${Object.values(entries).join(", ")} is in ${root}`)
  return Object.fromEntries(found.map(([name, source]) => [name, resolve(root, source)]))
}

const readRecord = async (folder: string): Promise<BuildRecord> => {
  const nothing: BuildRecord = { digest: "", files: [] }
  const text = await readFile(join(folder, "build.json"), "utf8").catch(() => "{}")
  return { ...nothing, ...(JSON.parse(text) as Partial<BuildRecord>) }
}

/** By rename, so that a process that starts meanwhile finds the file before or the file after. */
const writeWhole = async (path: string, content: string | Uint8Array): Promise<void> => {
  await mkdir(dirname(path), { recursive: true })
  const aside = `${path}.${process.pid}`
  await writeFile(aside, content)
  await rename(aside, path)
}

const dropFilesBefore = async (folder: string, keep: ReadonlyArray<string>): Promise<void> => {
  const chunks = (await readdir(folder)).filter((name) => name.endsWith(".js"))
  await Promise.all(
    chunks.filter((name) => !keep.includes(name)).map((name) => rm(join(folder, name), { force: true }))
  )
}
