/**
 * Builds `dist/` when it is not there or older than the sources, in 40 ms when there is nothing to do:
 *
 *     node infra/bundle/ensure.js [--optional]
 *
 * With `--optional` a bundle that cannot be built is said and is no failure: `wadjet` then runs the sources.
 *
 * Plain JavaScript, and nothing imported before it is needed, because it runs at install and at every start,
 * by a Node that may be older than the one Wadjet needs.
 */
import { createHash } from "node:crypto"
import { readdirSync, readFileSync, statSync, utimesSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"

/** Node 24 runs TypeScript by itself. */
const nodeMajorMin = 24

/** What a bundle is made of. The launcher `wadjet` names the same. */
const sourceRoots = ["actors", "contracts", "infra", "projections", "package.json", "package-lock.json"]

/** All sources, and their folders: a file that was taken away leaves its trace only there. */
const sourcesOf = (root) =>
  sourceRoots
    .flatMap((name) => [name].concat(below(root, name)))
    .toSorted()
    .map((path) => ({ path, stat: statSync(join(root, path), { throwIfNoEntry: false }) }))
    .filter(({ stat }) => stat !== undefined)

const below = (root, name) => {
  const stat = statSync(join(root, name), { throwIfNoEntry: false })
  if (stat === undefined || stat.isFile()) return []
  return readdirSync(join(root, name), { recursive: true }).map((path) => join(name, path))
}

/** The same sources have the same digest, whenever and wherever they were written. */
const digestOf = (root, sources) => {
  const hash = createHash("sha256")
  for (const { path, stat } of sources) {
    if (stat.isFile()) hash.update(`${path}\0${stat.size}\0`).update(readFileSync(join(root, path)))
  }
  return hash.digest("hex")
}

const recordOf = (path) => {
  try {
    return { ...JSON.parse(readFileSync(path, "utf8")), builtMs: statSync(path).mtimeMs }
  } catch {
    return undefined
  }
}

const ensure = async (root) => {
  // What changes while it is being built is newer than the bundle, so the bundle is as old as its beginning.
  const begun = new Date()
  const path = join(root, "dist", "build.json")
  const record = recordOf(path)
  const sources = sourcesOf(root)
  if (record !== undefined && sources.every(({ stat }) => stat.mtimeMs <= record.builtMs)) return
  const digest = digestOf(root, sources)
  if (record?.digest === digest) {
    // A checkout or a copy touched the files without changing them. Say so to the launcher, which sees times.
    return utimesSync(path, begun, begun)
  }
  if (Number.parseInt(process.versions.node, 10) < nodeMajorMin) {
    throw new Error(
      `Expected Node ${nodeMajorMin} or newer, found ${process.versions.node}. ` +
        "npm brings it for Linux on x64 and arm64; elsewhere install it, then run npm ci again."
    )
  }
  const { buildBundle } = await import("./build.ts")
  const { bytes, milliseconds } = await buildBundle({ root, digest })
  utimesSync(path, begun, begun)
  process.stderr.write(`wadjet: built dist/ (${Math.round(bytes / 1024)} KiB) in ${milliseconds} ms\n`)
}

try {
  await ensure(fileURLToPath(new URL("../..", import.meta.url)))
} catch (error) {
  const optional = process.argv.includes("--optional")
  process.stderr.write(`wadjet: no bundle was built: ${error.message}\n`)
  if (optional) process.stderr.write("wadjet: the sources are run instead, which takes longer to start\n")
  process.exitCode = optional ? 0 : 1
}
