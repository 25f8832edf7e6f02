/**
 * Putting what was restored where it is to run. It was made beside it, in a folder of its own; each thing is moved,
 * and whatever stood in its place is moved aside. A restore that is cut off here is finished by the next one, and
 * nothing runs before that.
 */
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync
} from "node:fs"
import { join } from "node:path"
import { Schema } from "effect"
import { beforeRestore, restoring } from "../../../infra/keyring/stand-aside.ts"

const stageIn = (dataFolder: string) => join(dataFolder, restoring)
const markerIn = (dataFolder: string) => join(stageIn(dataFolder), "moving")

/** What a log and its secrets are in. Everything else of a data folder stays: files to be sent, lists, quotas. */
const parts = [
  "nats",
  "keyring.db",
  "accounts.db",
  "session.db",
  "alerts.db",
  "actors",
  "read-model"
] as const
/** What SQLite has beside a database. */
const companions = ["", "-wal", "-shm", "-journal"]

const namesOf = (part: string) => companions.map((suffix) => part + suffix)

/** Whether a restore was cut off while it was being put in its place. */
export const isHalfMoved = (dataFolder: string): boolean => existsSync(markerIn(dataFolder))

/** What stands where a restore would go. */
export const standingIn = (dataFolder: string): ReadonlyArray<string> =>
  parts.filter((part) => existsSync(join(dataFolder, part)))

/** An empty folder in which a restore is made. */
export const freshStage = (dataFolder: string): string => {
  const stage = stageIn(dataFolder)
  rmSync(stage, { recursive: true, force: true })
  mkdirSync(stage, { recursive: true, mode: 0o700 })
  return stage
}

/** Leaves nothing of a restore that came to nothing; what is being moved stays. */
export const clearStage = (dataFolder: string): void => {
  if (!isHalfMoved(dataFolder)) rmSync(stageIn(dataFolder), { recursive: true, force: true })
}

const syncOne = (path: string) => {
  const descriptor = openSync(path, "r")
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

/** Has everything in a folder, and the folder itself, on the disk. */
export const syncTree = (folder: string): void => {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) syncTree(path)
    else if (entry.isFile()) syncOne(path)
  }
  syncOne(folder)
}

/** What is moved where, written down before the first thing is moved. */
const Moving = Schema.Struct({
  /** The folder for what stands there. */
  aside: Schema.String,
  /** What is moved aside. */
  names: Schema.Array(Schema.String),
  /** What was made in its place: whatever of it is not in its folder any more was moved before. */
  made: Schema.Array(Schema.String)
})
type Moving = typeof Moving.Type

const decode = Schema.decodeUnknownSync(Schema.fromJsonString(Moving))

/** Whole or not at all: of half a note nobody could tell what was to be moved. */
const write = (dataFolder: string, moving: Moving): Moving => {
  const unfinished = `${markerIn(dataFolder)}.unfinished`
  writeFileSync(unfinished, JSON.stringify(moving), { flush: true })
  renameSync(unfinished, markerIn(dataFolder))
  syncOne(stageIn(dataFolder))
  return moving
}

const read = (dataFolder: string): Moving => decode(readFileSync(markerIn(dataFolder), "utf8"))

const moveAside = (dataFolder: string, aside: string, name: string) => {
  if (!existsSync(join(dataFolder, name))) return
  mkdirSync(aside, { recursive: true, mode: 0o700 })
  renameSync(join(dataFolder, name), join(aside, name))
  syncOne(aside)
}

export interface PutOptions {
  /** What of the data folder stays, whatever was made. */
  readonly keep?: ReadonlyArray<string>
  /** Is told before each thing is moved. */
  readonly onMove?: (name: string) => void
}

/** Moves everything, or what is left of it. Answers with the folder of what stood there before, if anything did. */
export const putInPlace = (
  dataFolder: string,
  stamp: string,
  { keep = [], onMove = () => {} }: PutOptions = {}
): string | undefined => {
  const stage = stageIn(dataFolder)
  const all = parts.filter((part) => !keep.includes(part)).flatMap(namesOf)
  const { aside, made, names } = isHalfMoved(dataFolder)
    ? read(dataFolder)
    : write(dataFolder, {
        aside: `${beforeRestore}${stamp}`,
        names: all,
        made: all.filter((name) => existsSync(join(stage, name)))
      })
  for (const name of names) {
    const isMade = made.includes(name)
    if (isMade && !existsSync(join(stage, name))) continue
    onMove(name)
    moveAside(dataFolder, join(dataFolder, aside), name)
    if (!isMade) continue
    onMove(name)
    renameSync(join(stage, name), join(dataFolder, name))
  }
  syncOne(dataFolder)
  onMove(restoring)
  rmSync(stage, { recursive: true })
  return existsSync(join(dataFolder, aside)) ? join(dataFolder, aside) : undefined
}
