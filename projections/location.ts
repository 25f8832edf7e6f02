/** Where the read models lie within a data folder. */
import { join } from "node:path"

export interface Location {
  readonly folder: string
  /** What readers open. */
  readonly database: string
  /** What a rebuild writes until it is done. */
  readonly aside: string
  /** Held by the one projector or rebuild that may write. */
  readonly lock: string
}

export const locationIn = (dataFolder: string): Location => {
  const folder = join(dataFolder, "read-model")
  return {
    folder,
    database: join(folder, "wadjet.db"),
    aside: join(folder, "wadjet.db.rebuild"),
    lock: join(folder, "writer.lock")
  }
}
