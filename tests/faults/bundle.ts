/** The doomed process as a bundle: it starts in a fifth of the time that its sources take. */
import { mkdtempSync, rmSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath, pathToFileURL } from "node:url"
import { Effect } from "effect"
import { rolldown } from "rolldown"

const root = fileURLToPath(new URL("../..", import.meta.url))

/** What has native parts or files of its own is found in `node_modules`, as for the product's own bundle. */
const external = [/^@whiskeysockets\/baileys/, /^better-sqlite3/, /^pino/, /^prom-client/, /^rolldown/]

const build = async (folder: string) => {
  const bundle = await rolldown({
    input: {
      system: join(root, "tests/faults/system-process.ts"),
      projector: join(root, "tests/faults/projector-process.ts")
    },
    cwd: root,
    platform: "node",
    external,
    logLevel: "warn"
  })
  await bundle.write({ dir: folder, format: "esm", entryFileNames: "[name].js" })
  await bundle.close()
}

export interface Program {
  readonly system: string
  /** As a URL, which is how a thread's entry is named. */
  readonly projector: string
}

/** Bundles the entries into a folder that is gone with the scope. */
export const bundleProgram = Effect.gen(function* () {
  // Within the repository, so that the bundle finds what it does not contain.
  const folder = yield* Effect.acquireRelease(
    Effect.sync(() => mkdtempSync(join(root, "node_modules", ".wadjet-faults-"))),
    (made) => Effect.sync(() => rmSync(made, { recursive: true, force: true }))
  )
  yield* Effect.promise(() => build(folder))
  return {
    system: join(folder, "system.js"),
    projector: pathToFileURL(join(folder, "projector.js")).href
  } satisfies Program
})
