/** The system on a folder, copied to places, and what a reader of a place finds there. */
import { writeFile } from "node:fs/promises"
import { join } from "node:path"
import { Effect, Schedule } from "effect"
import { runActors } from "../../../actors/operator/system.ts"
import type { Copying } from "../../../actors/operator/run-backup.ts"
import type { PlaceAddress } from "../../../actors/backup/places/open-place.ts"
import type { Place } from "../../../actors/backup/places/place.ts"
import { zoneOf } from "../../../actors/backup/retention/calendar.ts"
import { unframe } from "../../../actors/backup/segment/frame.ts"
import { type Identity, unseal } from "../../../actors/backup/segment/seal.ts"
import { storeKey, type StoreName } from "../../../actors/backup/ship/keys.ts"
import { StoreHeader } from "../../../actors/backup/ship/stores.ts"
import { checkFollows, openSegment, type Tail } from "../../../actors/backup/segment/segment.ts"
import { segmentAt, segmentsHeld, tailOf } from "../../../actors/backup/ship/tail.ts"
import { BackupStatus } from "../../../contracts/backup.ts"
import { CommandBus } from "../../../infra/command-bus/command-bus.ts"
import { EventLog } from "../../../infra/event-log/event-log.ts"
import { rawJetStreamLog, RawLog } from "../../../infra/event-log/raw-log.ts"
import { Keyring } from "../../../infra/keyring/keyring.ts"
import { serve } from "../../faults/one-system.ts"
import { temporaryFolder } from "../../faults/temporary-folder.ts"
import { unpaced } from "../../faults/owners.ts"

/** Where the copies go, and for whom; left to itself nothing is checked, and every point is kept. */
export type SomeCopying = Pick<Copying, "places" | "recipients"> & Partial<Copying>

export const copyingOf = (some: SomeCopying): Copying => ({
  policy: { counts: { hourly: -1 }, within: {} },
  zone: zoneOf("UTC")!,
  verify: () => Effect.fail({ _tag: "NotHere", message: "nothing is checked in this test" }),
  ...some
})

export const directoryAddress = (path: string, everyMillis = 50): PlaceAddress => ({
  name: "disk",
  shown: path,
  everyMillis,
  kind: "directory",
  path
})

/** Runs the actors and copies what they say, until the scope closes. */
export const startCopying = (dataFolder: string, some: SomeCopying) =>
  Effect.map(startCopyingAt(dataFolder, some), ({ base }) => base)

/** The same, and where its server is. */
export const startCopyingAt = Effect.fnUntraced(function* (dataFolder: string, some: SomeCopying) {
  const { address, base } = yield* serve(dataFolder)
  yield* Effect.provideContext(runActors({ dataFolder, pacing: unpaced, copying: copyingOf(some) }), base)
  return { address, base }
})

/** How the places stand. */
export const status = Effect.gen(function* () {
  const bus = yield* CommandBus
  return yield* bus.request(BackupStatus, {})
})

type Status = Effect.Success<typeof status>

/** How long a fact is waited for where many tests share a small machine; nothing is told by how long it takes. */
const patience = "120 seconds"

/** Waits until the places stand as wanted. */
export const until = (wanted: (status: Status) => boolean) =>
  status.pipe(
    Effect.flatMap((now) => (wanted(now) ? Effect.succeed(now) : Effect.fail(now))),
    Effect.retry(Schedule.spaced("25 millis")),
    Effect.timeout(patience)
  )

/** Waits until every place holds everything. */
export const allShipped = until(({ last, places }) => places.every(({ upTo }) => upTo === last))

const notCopied = (message: string) => Effect.fail({ _tag: "NotCopied", message } as const)

/** Everything that a place holds of this log, read from its first segment to its last, each held against its neighbours. */
export const heldAt = Effect.fnUntraced(function* (place: Place, identity: Identity) {
  const { generation } = yield* EventLog
  const { account } = yield* Keyring
  const origin = { account, generation }
  const events: Array<Shown> = []
  let tail: Tail | null = null
  for (const first of yield* segmentsHeld(place, origin)) {
    const segment = yield* segmentAt(place, origin, first)
    // One that is damaged may be moved out of the way between being listed and being read.
    if (segment === undefined)
      return yield* notCopied(`${place.name} no longer has the segment from ${first}`)
    yield* checkFollows(segment, origin, tail)
    for (const { data, headers, subject } of yield* openSegment(segment, identity))
      events.push({ subject, headers, data: Buffer.from(data).toString("utf8") })
    tail = tailOf(segment)
  }
  return events
})

interface Shown {
  readonly subject: string
  readonly headers: string
  readonly data: string
}

/** What the log holds, as the server hands it out. */
export const loggedEvents = Effect.gen(function* () {
  const raw = yield* RawLog
  const last = yield* (yield* EventLog).last
  const reader = yield* raw.readFrom(1)
  const messages: Array<Shown> = []
  while (messages.length < last)
    for (const { data, headers, subject } of yield* reader.next)
      messages.push({ subject, headers, data: Buffer.from(data).toString("utf8") })
  return messages
}).pipe(Effect.scoped, Effect.provide(rawJetStreamLog))

const isSame = (one: ReadonlyArray<Shown>, other: ReadonlyArray<Shown>): boolean =>
  JSON.stringify(one) === JSON.stringify(other)

/**
 * Waits until a place holds every event as the log does, and what is wanted among them, and answers with them. What is
 * said of a copy is copied a moment after it is said, so that one look may come in between.
 */
export const copiedAt = (
  place: Place,
  identity: Identity,
  wanted: (held: ReadonlyArray<Shown>) => boolean = () => true
) =>
  Effect.gen(function* () {
    const held = yield* heldAt(place, identity)
    const logged = yield* loggedEvents
    if (isSame(held, logged) && wanted(held)) return held
    return yield* notCopied(
      `expected ${logged.length} events of the log at ${place.name}, found ${held.length}`
    )
  }).pipe(Effect.retry(Schedule.spaced("100 millis")), Effect.timeout(patience))

/** A store of secrets as a place holds it, opened and put into a file that is gone with the scope. */
export const storedAt = Effect.fnUntraced(function* (
  place: Place,
  account: string,
  store: StoreName,
  identity: Identity
) {
  const { body, header } = unframe((yield* place.get(storeKey(account, store)))!, StoreHeader)
  const path = join(yield* temporaryFolder, `${store}.db`)
  const plain = yield* Effect.promise(() => unseal(body, identity, header.content.bytes))
  yield* Effect.promise(() => writeFile(path, plain))
  return path
})
