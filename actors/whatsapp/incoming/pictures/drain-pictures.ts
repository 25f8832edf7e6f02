/**
 * The pictures of messages, read beside the drain: a few at a time, and never in the way of what is said. A row
 * stays in the journal until its pictures were read or given up, so that whoever is killed begins with it again.
 */
import { Clock, Effect, FiberSet, Latch, Option, Semaphore, Stream } from "effect"
import type { KeyringUnavailable } from "../../../../infra/keyring/keyring.ts"
import { metrics } from "../../../../infra/telemetry/metrics.ts"
import type { OpenSocket, SessionService } from "../../session/connection.ts"
import type { Journal, JournalEntry } from "../../session/journal.ts"
import { type Commit, untilKeyring } from "../commit.ts"
import type { EntryRefused } from "../decode-entry.ts"
import type { HeardFrom } from "../heard.ts"
import type { Item } from "../item.ts"
import { notRead, type PictureMeans, type PictureRead, readPicture } from "./read-picture.ts"

/** What pictures are got by and read with. */
export interface PictureReading extends PictureMeans {
  /** Seconds between one attempt and the next, while connected; after the last one it is given up. */
  readonly againSeconds?: ReadonlyArray<number>
}

/** An hour in all: what the media host does not give within that is not going to come. */
const againSecondsDefault: ReadonlyArray<number> = [5, 30, 120, 600, 3_000]
/** How long after its arrival a picture is still asked for: WhatsApp itself keeps one for about as long. */
const arrivedMillisMax = 30 * 86_400_000
/** Got and read side by side. */
const attemptsMax = 3
/** Waiting for their turn, or for another attempt. */
const waitingMax = 256
/** Pictures of one message. */
const perMessageMax = 16

interface PictureOptions {
  /** Without it none is got, and what waits from before is given up. */
  readonly reading: PictureReading | undefined
  readonly session: SessionService | undefined
  readonly journal: Journal
  readonly commit: Commit
  /** What a row says. */
  readonly heardIn: (row: JournalEntry) => Effect.Effect<ReadonlyArray<HeardFrom>, EntryRefused>
  /** The item of what a message's pictures say; `undefined` where they may not be read. */
  readonly itemOf: (from: HeardFrom, read: PictureRead) => Effect.Effect<Item | undefined, KeyringUnavailable>
}

/** What ends the drain, and this with it. */
interface Fault {
  readonly _tag: string
  readonly message: string
}

/** Those that brought pictures. */
export const withPictures = (heard: ReadonlyArray<HeardFrom>): ReadonlyArray<HeardFrom> =>
  heard.filter(({ pictures }) => pictures !== undefined)

/** The open socket, once there is one. */
const untilOpen = ({ socket, states }: SessionService): Effect.Effect<OpenSocket> =>
  Effect.flatMap(socket, (now) =>
    now !== undefined
      ? Effect.succeed(now)
      : Stream.mapEffect(states, () => socket).pipe(
          Stream.filter((it) => it !== undefined),
          Stream.runHead,
          Effect.flatMap(Option.match({ onNone: () => Effect.never, onSome: Effect.succeed }))
        )
  )

/** What all pictures of one message say, and why the first that was not read was not. */
const together = (reads: ReadonlyArray<PictureRead>): PictureRead => {
  const failed = reads.find((read) => read.failed !== undefined)?.failed
  return { codes: reads.flatMap(({ codes }) => codes), ...(failed === undefined ? {} : { failed }) }
}

export const pictureDrain = Effect.fnUntraced(function* (options: PictureOptions) {
  const { commit, heardIn, itemOf, journal, reading, session } = options
  const bell = Latch.makeUnsafe(true)
  const turns = yield* Semaphore.make(attemptsMax)
  const places = yield* Semaphore.make(waitingMax)
  const again = reading?.againSeconds ?? againSecondsDefault

  /** It may have been forgotten meanwhile. */
  const rowAt = (position: number) =>
    Effect.map(journal.pictures(1, position - 1), ([row]) => (row?.position === position ? row : undefined))

  const readAll = Effect.fnUntraced(function* (means: PictureReading, open: SessionService, from: HeardFrom) {
    const socket = yield* untilOpen(open)
    const pictures = from.pictures ?? []
    const reads = yield* Effect.forEach(pictures.slice(0, perMessageMax), (picture) =>
      readPicture(means, socket, from.origin, picture)
    )
    return together(pictures.length > perMessageMax ? [...reads, notRead("unsupported")] : reads)
  })

  /** Tried until they are read, or for as long as that is of use. */
  const readOrGivenUp = Effect.fnUntraced(function* (row: JournalEntry, from: HeardFrom) {
    const isOld = (yield* Clock.currentTimeMillis) - row.arrivedAt > arrivedMillisMax
    if (reading === undefined || session === undefined || isOld) return notRead("absent")
    for (const seconds of [...again, undefined]) {
      const read = yield* turns
        .withPermits(1)(readAll(reading, session, from))
        .pipe(
          Effect.catch((error) =>
            Effect.as(
              Effect.logWarning("a picture could not be read yet", {
                error: error._tag,
                message: error.message,
                againSeconds: seconds ?? "never"
              }),
              undefined
            )
          )
        )
      if (read !== undefined) return read
      if (seconds !== undefined) yield* Effect.sleep(`${seconds} seconds`)
    }
    return notRead("absent")
  })

  const take = Effect.fnUntraced(function* (row: JournalEntry, from: HeardFrom) {
    const { position } = row
    if ((yield* untilKeyring(itemOf(from, notRead("absent")))) === undefined) return
    const read = yield* readOrGivenUp(row, from)
    if ((yield* rowAt(position)) === undefined) return
    const what = read.failed === undefined ? "picture" : `picture-${read.failed}`
    metrics.heard.inc({ what, arrival: from.origin.arrival })
    const item = yield* untilKeyring(itemOf(from, read))
    if (item !== undefined) yield* commit(position, [item])
  })

  const takeAll = Effect.fnUntraced(function* (row: JournalEntry) {
    const heard = yield* heardIn(row)
    for (const from of withPictures(heard)) yield* take(row, from)
    yield* journal.done([row.position])
  })

  /** Kept for a person to look at. */
  const setAside = ({ position }: JournalEntry, { message: reason }: Fault) =>
    Effect.andThen(
      Effect.logError("the pictures of a message could not be taken, and were set aside", {
        position,
        reason
      }),
      journal.setAside(position, reason)
    )

  const takeRow = Effect.fnUntraced(function* (position: number) {
    const row = yield* rowAt(position)
    if (row === undefined) return
    yield* takeAll(row).pipe(
      Effect.catchTags({
        EntryRefused: (error) => setAside(row, error),
        Untakeable: (error) => setAside(row, error)
      })
    )
  })

  /** Rows up to here were begun with. */
  let begun = 0

  const begin = Effect.fnUntraced(function* (fibers: FiberSet.FiberSet<void, Fault>) {
    for (;;) {
      yield* places.take(1)
      const [row] = yield* journal.pictures(1, begun)
      if (row === undefined) return void (yield* places.release(1))
      begun = row.position
      yield* FiberSet.run(fibers, Effect.ensuring(takeRow(begun), places.release(1)))
    }
  })

  return {
    /** To be called when rows were left for their pictures. */
    left: () => void bell.openUnsafe(),
    /** Reads what there is, and what comes. */
    run: Effect.scoped(
      Effect.gen(function* () {
        const fibers = yield* FiberSet.make<void, Fault>()
        const beginning = Effect.forever(
          Effect.andThen(
            bell.await,
            Effect.suspend(() => {
              bell.closeUnsafe()
              return begin(fibers)
            })
          )
        )
        return yield* Effect.raceFirst(beginning, Effect.andThen(FiberSet.join(fibers), Effect.never))
      })
    )
  }
})
