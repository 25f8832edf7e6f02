/** Looking at a log that is to be archived: what that comes to, and whatever speaks against it. Writes nothing. */
import { existsSync, statfsSync } from "node:fs"
import { dirname, join } from "node:path"
import { readdir, stat } from "node:fs/promises"
import { Effect } from "effect"
import { eventStream, leaseBucket, placeBucket } from "../../../contracts/streams.ts"
import {
  archiveFolder,
  indexPath,
  LogFolder,
  measureArchive,
  readIndex
} from "../../../infra/event-log/archive/archive-files.ts"
import { EventLog } from "../../../infra/event-log/event-log.ts"
import { RawLog } from "../../../infra/event-log/raw-log.ts"
import { archivedIn, restoredUpToIn } from "../../../infra/event-log/stream-setup.ts"
import { tryLog } from "../../../infra/event-log/try-log.ts"
import { Keyring } from "../../../infra/keyring/keyring.ts"
import { Nats, type NatsService } from "../../../infra/nats/connection.ts"
import { openSqliteReadOnly } from "../../../infra/sqlite/open.ts"
import { locationIn } from "../../../projections/location.ts"
import { surveyLog } from "../../backup/archive/survey-log.ts"
import { openPlace, type PlaceAddress } from "../../backup/places/open-place.ts"
import { OperatorFailed } from "../failure.ts"
import { counted } from "../words.ts"
import { type Group, groupsOf } from "./groups.ts"

export interface LookOptions {
  readonly dataFolder: string
  readonly places: ReadonlyArray<PlaceAddress>
  /** Of a log that ends with an event, the last event that is to be in files. */
  readonly upToOf: (last: number) => Effect.Effect<number, { readonly message: string }, EventLog>
  readonly onProgress: (events: number, of: number) => Effect.Effect<void>
}

const bytesUnder = (folder: string) =>
  Effect.promise(async () => {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => [])
    const files = entries.filter((entry) => entry.isFile())
    const sizes = await Promise.all(
      files.map(async ({ name, parentPath }) => {
        const found = await stat(join(parentPath, name)).catch(() => undefined)
        return found?.size ?? 0
      })
    )
    return sizes.reduce((sum, size) => sum + size, 0)
  })

const freeAt = (path: string): number => {
  const space = statfsSync(existsSync(path) ? path : dirname(path))
  return space.bavail * space.bsize
}

/** How far the read models stand for a log. */
const modelsUpTo = Effect.fnUntraced(
  function* (dataFolder: string, generation: string) {
    const db = yield* openSqliteReadOnly(locationIn(dataFolder).database)
    const found = yield* Effect.try(() =>
      db
        .prepare<[], { generation: string; sequence: number }>("select generation, sequence from checkpoint")
        .get()
    )
    return found?.generation === generation ? found.sequence : 0
  },
  Effect.scoped,
  Effect.orElseSucceed(() => 0)
)

const ours: ReadonlySet<string> = new Set([eventStream.name, `KV_${leaseBucket}`, `KV_${placeBucket}`])

/** Streams of somebody else would be gone with the store that they are in. */
const foreignStreams = ({ manager }: NatsService) =>
  tryLog("show its streams", async () => {
    const names: Array<string> = []
    for await (const { config } of manager.streams.list()) names.push(config.name)
    return names.filter((name) => !ours.has(name))
  })

const groupProblems = (groups: ReadonlyArray<Group>, upTo: number): ReadonlyArray<string> => {
  if (groups.length === 0)
    return ["no scanner has worked on this log yet: start Wadjet once, and let it catch up"]
  return groups.flatMap(({ doneUpTo, inHand, name, waiting }) => {
    if (inHand > 0)
      return [`${name} has ${counted(inHand, "input")} in hand: let Wadjet run until they are done`]
    return doneUpTo >= upTo
      ? []
      : [`${name} has ${counted(waiting, "input")} before it: let Wadjet run until it has caught up`]
  })
}

/** The log must be whole: a hole goes into no file. */
const holed = ({ message }: { readonly message: string }) =>
  new OperatorFailed({
    what: "The log cannot be archived as it is",
    why: message,
    next: "`wadjet mend` brings back what is missing."
  })

const damagedIndex = (path: string) => ({ message: `expected ${path} as it was written, found it damaged` })

/** Looks. Fails where the log has a hole, or somebody does not answer; what speaks against archiving is among the answers. */
export const lookAtLog = Effect.fn("lookAtLog")(function* (options: LookOptions) {
  const { dataFolder, onProgress } = options
  const nats = yield* Nats
  const log = yield* EventLog
  const { account } = yield* Keyring
  const { generation } = log
  const last = yield* log.last
  const info = yield* tryLog("show itself", () => nats.manager.streams.info(eventStream.name))
  const archived = archivedIn(info)
  const before = readIndex(dataFolder, archived)
  if (before === undefined) return yield* holed(damagedIndex(indexPath(dataFolder)))
  const upTo = yield* options.upToOf(last)
  const places = yield* Effect.forEach(options.places, openPlace)
  const survey = yield* surveyLog({
    raw: yield* RawLog,
    before,
    upTo: Math.max(upTo, before.upTo),
    last,
    places,
    origin: { account, generation },
    onProgress: (events) => onProgress(events, last)
  }).pipe(
    Effect.catchTag("DamagedLog", (error) => Effect.fail(holed(error))),
    Effect.provideService(LogFolder, dataFolder)
  )
  const groups = yield* groupsOf(nats, { generation, last })
  const models = yield* modelsUpTo(dataFolder, generation)
  const others = yield* foreignStreams(nats)
  const folder = archiveFolder(dataFolder)
  const room = {
    store: yield* bytesUnder(join(dataFolder, "nats", "store")),
    archive: (yield* measureArchive(folder, before)).bytes,
    freeForFiles: freeAt(folder),
    freeForStream: freeAt(dataFolder)
  }
  const problems = [
    ...survey.places.flatMap(({ place, problem }) => (problem === null ? [] : [`${place}: ${problem}`])),
    ...groupProblems(groups, upTo),
    ...(models >= upTo
      ? []
      : [`the read models stand for event ${models}: let Wadjet run until they have caught up`]),
    ...others.map((name) => `the server also holds the stream ${name}, which would be gone: move it away`),
    ...(room.freeForFiles > survey.archived.packedBytes
      ? []
      : [`the files do not fit on the disk of ${folder}: make that a symbolic link to a larger disk`]),
    ...(room.freeForStream > 2 * survey.kept.bytes
      ? []
      : [`what stays does not fit beside the store: keep less of it`])
  ]
  return {
    generation,
    last,
    before,
    upTo,
    restoredUpTo: restoredUpToIn(info),
    groups,
    survey,
    room,
    problems
  }
})

export type Look = Effect.Success<ReturnType<typeof lookAtLog>>
