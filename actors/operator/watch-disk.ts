/**
 * Watching the disk. At a full one nats-server stops answering and does not come back when there is room
 * again; so the system ends before that, while everything that was acknowledged is still on the disk.
 */
import { statfs } from "node:fs/promises"
import { Effect, Schedule, Schema } from "effect"

/** Less than this and the system ends: a log block, the write-ahead logs and some seconds of traffic. */
export const diskLowBytes = 32 * 1024 * 1024
/** How often it looks; asking the file system takes microseconds. */
const lookEverySeconds = 1

export class DiskFull extends Schema.TaggedError<DiskFull>()("DiskFull", {
  folder: Schema.String,
  freeBytes: Schema.Finite
}) {
  override get message(): string {
    const mebibytes = (bytes: number) => Math.floor(bytes / 1024 / 1024)
    return (
      `Expected room on the disk of ${this.folder}, found ${mebibytes(this.freeBytes)} MiB free; below ` +
      `${mebibytes(diskLowBytes)} MiB nothing more is taken. What was acknowledged is safe. ` +
      "Free some space, or move the folder to a larger disk (WADJET_DATA), and start Wadjet again."
    )
  }
}

/** Fails when the disk of a folder is nearly full, and never succeeds. */
export const watchDisk = (folder: string, lowBytes = diskLowBytes): Effect.Effect<never, DiskFull> =>
  Effect.tryPromise(() => statfs(folder)).pipe(
    Effect.map((space) => space.bavail * space.bsize),
    // Where the file system cannot be asked, a write will say what is wrong.
    Effect.orElseSucceed(() => Number.POSITIVE_INFINITY),
    Effect.flatMap((freeBytes) =>
      freeBytes < lowBytes ? Effect.fail(new DiskFull({ folder, freeBytes })) : Effect.void
    ),
    Effect.repeat(Schedule.spaced(`${lookEverySeconds} seconds`)),
    Effect.andThen(Effect.never)
  )
