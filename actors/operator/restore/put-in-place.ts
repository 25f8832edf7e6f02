/**
 * Putting what was restored, mended or archived where it is to run. It was made beside it, in a folder of its own; each thing is
 * moved, and whatever stood in its place is moved aside. What is cut off here is finished by the next
 * restore, mending or archiving, and nothing runs before that.
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
import { Effect, Schema } from "effect"
import { endServersIn } from "../../../infra/nats-server/leftover.ts"
import { beforeRestore, restoring } from "../../../infra/keyring/stand-aside.ts"

export interface Making {
  /** The folder in which it is made. */
  readonly stage: string
  /** What the folder of what stood there begins with; a moment follows. */
  readonly aside: string
  /** What is replaced, or goes aside where nothing was made in its place. The rest of a data folder stays. */
  readonly parts: ReadonlyArray<string>
}

/** A log and its secrets, and whatever is folded from it; not files to be sent, lists and quotas. */
export const ofRestore: Making = {
  stage: restoring,
  aside: beforeRestore,
  parts: ["nats", "archive", "keyring.db", "accounts.db", "session.db", "alerts.db", "actors", "read-model"]
}

/** The log alone, which stays the same one; what was folded from the damaged one is folded anew. */
export const ofMend: Making = {
  stage: "mending",
  aside: "before-mend-",
  parts: ["nats", "actors", "read-model"]
}

/** The log alone, which stays the same one, and so does whatever was folded from it: its earlier part is in files now. */
export const ofArchive: Making = { stage: "archiving", aside: "before-archive-", parts: ["nats"] }

/** Whatever is made anew beside what there is. */
export const makings: ReadonlyArray<Making> = [ofRestore, ofMend, ofArchive]

const stageIn = (dataFolder: string, { stage }: Making) => join(dataFolder, stage)
const markerIn = (dataFolder: string, making: Making) => join(stageIn(dataFolder, making), "moving")

/** What SQLite has beside a database. */
const companions = ["", "-wal", "-shm", "-journal"]

const namesOf = (part: string) => companions.map((suffix) => part + suffix)

/** What was cut off while it was being put in its place, if anything was. */
export const halfMoved = (dataFolder: string): Making | undefined =>
  makings.find((making) => existsSync(markerIn(dataFolder, making)))

/** What stands where a restore would go. */
export const standingIn = (dataFolder: string): ReadonlyArray<string> =>
  ofRestore.parts.filter((part) => existsSync(join(dataFolder, part)))

/** Leaves nothing of what came to nothing, and no server that a killed process left on it; what is being moved stays. */
export const clearStage = Effect.fn("clearStage")(function* (dataFolder: string, making: Making) {
  if (existsSync(markerIn(dataFolder, making))) return
  const stage = stageIn(dataFolder, making)
  yield* endServersIn(stage)
  yield* Effect.sync(() => rmSync(stage, { recursive: true, force: true }))
})

/** An empty folder in which it is made. */
export const freshStage = Effect.fn("freshStage")(function* (dataFolder: string, making: Making) {
  yield* clearStage(dataFolder, making)
  const stage = stageIn(dataFolder, making)
  yield* Effect.sync(() => mkdirSync(stage, { recursive: true, mode: 0o700 }))
  return stage
})

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
const write = (stage: string, marker: string, moving: Moving): Moving => {
  const unfinished = `${marker}.unfinished`
  writeFileSync(unfinished, JSON.stringify(moving), { flush: true })
  renameSync(unfinished, marker)
  syncOne(stage)
  return moving
}

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
  readonly onMove?: ((name: string) => void) | undefined
}

/** Moves everything, or what is left of it. Answers with the folder of what stood there before, if anything did. */
export const putInPlace = (
  dataFolder: string,
  making: Making,
  stamp: string,
  { keep = [], onMove = () => {} }: PutOptions = {}
): string | undefined => {
  const [stage, marker] = [stageIn(dataFolder, making), markerIn(dataFolder, making)]
  const all = making.parts.filter((part) => !keep.includes(part)).flatMap(namesOf)
  const { aside, made, names } = existsSync(marker)
    ? decode(readFileSync(marker, "utf8"))
    : write(stage, marker, {
        aside: `${making.aside}${stamp}`,
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
  onMove(making.stage)
  rmSync(stage, { recursive: true })
  return existsSync(join(dataFolder, aside)) ? join(dataFolder, aside) : undefined
}

/** Deletes stores whose earlier part is in files by now, and which archiving did not come to delete. */
export const dropAsideStores = (dataFolder: string): void => {
  if (existsSync(markerIn(dataFolder, ofArchive))) return
  const aside = readdirSync(dataFolder).filter((name) => name.startsWith(ofArchive.aside))
  for (const name of aside) rmSync(join(dataFolder, name), { recursive: true })
}

/** The moment of a folder that stands aside, in its name. */
export const stampOf = (millis: number): string =>
  new Date(millis).toISOString().replaceAll(/[-:]|\.\d+/gu, "")
