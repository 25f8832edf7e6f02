/** The database files of a data folder, whatever they are for: a new one is among them by itself. */
import { readdirSync } from "node:fs"
import { join } from "node:path"
import type { DatabaseFile } from "./aside/protocol.ts"

/** Where they lie. nats-server and feeds keep files of other kinds in folders of their own. */
const folders = ["", "actors", "read-model"] as const

/** Files whose rows are found by other things than their keys. */
const isReadModel = (name: string): boolean => name.startsWith("read-model.")

const namesIn = (folder: string): ReadonlyArray<string> => {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

/**
 * All of them by name. What is called `actors.scan` is `actors/scan.db`.
 *
 * @example localDatabases("./data").map(({ name }) => name) // ["accounts", "keyring", "actors.scan", "read-model.blue", …]
 */
export const localDatabases = (dataFolder: string): ReadonlyArray<DatabaseFile> =>
  folders.flatMap((folder) =>
    namesIn(join(dataFolder, folder))
      .filter((file) => /^[a-z0-9-]+\.db$/u.test(file))
      .toSorted()
      .map((file) => {
        const name = file.slice(0, -".db".length)
        return { name: folder === "" ? name : `${folder}.${name}`, path: join(dataFolder, folder, file) }
      })
  )

/**
 * Why an operation is not for a database; undefined where it is. What SQLite learns of indexes are values of rows, and
 * those of secrets and of people must not be in a second place; nothing but read models would gain by it.
 */
export const notFor = (operation: string, name: string): string | undefined =>
  operation !== "analyze" || isReadModel(name)
    ? undefined
    : `expected read models, found ${name}: its rows are found by their keys, and learning of its indexes would only store values of them in a second place`
