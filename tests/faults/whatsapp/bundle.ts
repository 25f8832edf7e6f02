/** The doomed process as a bundle: it starts in a fifth of the time that its sources take. */
import { mkdtempSync, rmSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { rolldown } from "rolldown"

const root = fileURLToPath(new URL("../../..", import.meta.url))

/** What has native parts or files of its own is found in `node_modules`, and so is what the traps are put around. */
const external = [
  /^@whiskeysockets\/baileys/,
  /^whatsapp-rust-bridge/,
  /^better-sqlite3/,
  /^pino/,
  /^prom-client/,
  /^rolldown/,
  /^ws$/
]

export interface Program {
  readonly path: string
  readonly remove: () => void
}

/** Bundles the entry into a folder within the repository, so that it finds what the bundle does not contain. */
export const bundleProgram = async (entry = "tests/faults/whatsapp/system-process.ts"): Promise<Program> => {
  const folder = mkdtempSync(join(root, "node_modules", ".wadjet-faults-"))
  const bundle = await rolldown({
    input: { system: join(root, entry) },
    cwd: root,
    platform: "node",
    external,
    logLevel: "warn"
  })
  await bundle.write({ dir: folder, format: "esm", entryFileNames: "[name].js" })
  await bundle.close()
  return { path: join(folder, "system.js"), remove: () => rmSync(folder, { recursive: true, force: true }) }
}
