/**
 * Room for work that can wait: copies, second folds, restores that are only looked at. A full disk stops the system,
 * so that none of these begins unless what it takes leaves as much free as the system is ready with.
 */
import { existsSync } from "node:fs"
import { statfs } from "node:fs/promises"
import { dirname } from "node:path"
import { Context, Effect, Schema } from "effect"

/** With less than this the system is not ready, and near its end: there is time to do something about it. */
export const diskFreeMinBytes = 256 * 1024 * 1024

const mebibytes = (bytes: number): number => Math.ceil(bytes / 1024 / 1024)

/** Work that can wait would leave too little of a disk. */
export class NoRoom extends Schema.TaggedError<NoRoom>()("NoRoom", {
  folder: Schema.String,
  work: Schema.String,
  neededBytes: Schema.Finite,
  freeBytes: Schema.Finite
}) {
  override get message(): string {
    return (
      `expected room to ${this.work} in ${this.folder}, found no room: it takes ${mebibytes(this.neededBytes)} MiB, ` +
      `${mebibytes(diskFreeMinBytes)} MiB have to stay free, and ${Math.floor(this.freeBytes / 1024 / 1024)} MiB are; free some space`
    )
  }
}

const standing = (path: string): string => {
  const above = dirname(path)
  return existsSync(path) || above === path ? path : standing(above)
}

/** Bytes that are free on the disk of a folder, which need not be there yet; where nobody can tell, without end. */
const freeOnDisk = (folder: string): Effect.Effect<number> =>
  Effect.tryPromise(() => statfs(standing(folder))).pipe(
    Effect.map(({ bavail, bsize }) => bavail * bsize),
    // Where the file system cannot be asked, a write will say what is wrong.
    Effect.orElseSucceed(() => Number.POSITIVE_INFINITY)
  )

/** How much of a disk is free; tests have a disk of their own. */
export const FreeSpace = Context.Reference<(folder: string) => Effect.Effect<number>>(
  "wadjet/infra/FreeSpace",
  { defaultValue: () => freeOnDisk }
)

/**
 * Fails where work in a folder would leave less than `diskFreeMinBytes`. `work` completes "expected room to …".
 *
 * @example yield* ensureRoom("/var/lib/wadjet/backup", 4_096, "copy the read models")
 */
export const ensureRoom = Effect.fn("ensureRoom")(function* (
  folder: string,
  neededBytes: number,
  work: string
) {
  const freeBytes = yield* (yield* FreeSpace)(folder)
  if (freeBytes - neededBytes >= diskFreeMinBytes) return
  return yield* new NoRoom({ folder, work, neededBytes, freeBytes })
})
