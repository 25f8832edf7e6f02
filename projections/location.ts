/**
 * Where the read models lie within a data folder. There are two files that take turns: one answers, and beside it the
 * other is folded, or stays as it was to go back to. A third, tiny one says which of them answers.
 */
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, writeFileSync } from "node:fs"
import { join } from "node:path"

export type Slot = "blue" | "green"

export interface Location {
  readonly folder: string
  /** Which of the two answers now. */
  readonly slot: Slot
  /** What readers open. */
  readonly database: string
  /** What a rebuild writes until it is done; between rebuilds, what answered before. */
  readonly aside: string
  /** Held by the one projector or rebuild that may write. */
  readonly lock: string
}

export const otherSlot = (slot: Slot): Slot => (slot === "blue" ? "green" : "blue")

const pointerIn = (folder: string) => join(folder, "live")

const liveSlot = (folder: string): Slot => {
  try {
    return readFileSync(pointerIn(folder), "utf8").trim() === "green" ? "green" : "blue"
  } catch {
    return "blue"
  }
}

/** As it is now: after a swap, what was asked before is the file that answered before. */
export const locationIn = (dataFolder: string): Location => {
  const folder = join(dataFolder, "read-model")
  const slot = liveSlot(folder)
  const file = (of: Slot) => join(folder, `${of}.db`)
  return {
    folder,
    slot,
    database: file(slot),
    aside: file(otherSlot(slot)),
    lock: join(folder, "writer.lock")
  }
}

/** Forces a file, or the names in a folder, onto the disk. */
export const durably = (path: string): void => {
  const opened = openSync(path, "r")
  fsyncSync(opened)
  closeSync(opened)
}

/** From here on the other file answers, whenever the machine dies. Throws what the disk says. */
export const swap = ({ aside, folder, slot }: Location): void => {
  if (existsSync(aside)) durably(aside)
  const pointer = pointerIn(folder)
  writeFileSync(`${pointer}.new`, `${otherSlot(slot)}\n`, { mode: 0o600 })
  durably(`${pointer}.new`)
  renameSync(`${pointer}.new`, pointer)
  durably(folder)
}
