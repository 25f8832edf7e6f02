/**
 * Keyrings that are not in use: of a log that stood in a data folder before a restore, and of a restore that was cut
 * off while it was made. They know nothing of who is forgotten later, under whichever name they have them, so that
 * with the first of these they go as a whole, and the sessions beside them.
 */
import { readdirSync, rmSync } from "node:fs"
import { dirname, join } from "node:path"

/** What the folder of a log that stood there before begins with; a moment follows. */
export const beforeRestore = "before-restore-"
/** The folder in which a restore is made. */
export const restoring = "restoring"

const secrets = ["keyring.db", "session.db"].flatMap((name) =>
  ["", "-wal", "-shm", "-journal"].map((suffix) => name + suffix)
)

/** Deletes the keyrings and sessions that stand aside of a keyring in use. */
export const dropAside = (keyring: string): void => {
  if (keyring === ":memory:") return
  const folder = dirname(keyring)
  const aside = readdirSync(folder).filter((name) => name === restoring || name.startsWith(beforeRestore))
  for (const name of aside) for (const secret of secrets) rmSync(join(folder, name, secret), { force: true })
}
