/** The nats-server that a process started as its child, found from outside. */
import { existsSync, readdirSync } from "node:fs"
import { join } from "node:path"

/** Its process id is in the name of the file in which it says where it listens. */
export const embeddedServers = (dataFolder: string): ReadonlyArray<number> => {
  const folder = join(dataFolder, "nats", "run")
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .map((name) => Number(/_(\d+)\.ports$/.exec(name)?.[1]))
    .filter((pid) => Number.isInteger(pid) && pid > 0)
}
