/**
 * Putting the earlier part of a log into files, and making its stream anew without it. Files are added to the archive,
 * and nobody looks at them before a stream names them; the stream and its index are made in a folder of their own, held
 * against what there is, and exchanged in the end. Whatever cuts it off leaves the old store or the new one, whole.
 */
import { createHash } from "node:crypto"
import { copyFileSync, mkdirSync } from "node:fs"
import { join } from "node:path"
import { Clock, Effect, Layer, Redacted } from "effect"
import { archiveFolder, writeArchived, writeIndex } from "../../../infra/event-log/archive/archive-files.ts"
import type { ArchiveIndex } from "../../../infra/event-log/archive/archive-index.ts"
import { makeArchive } from "../../../infra/event-log/archive/make-archive.ts"
import { archiveAt } from "../../../infra/event-log/archive/read-archive.ts"
import { packMessages } from "../../../infra/event-log/packed-messages.ts"
import {
  RawLog,
  rawJetStreamLog,
  type RawLogService,
  type RawMessage
} from "../../../infra/event-log/raw-log.ts"
import { beginLog } from "../../../infra/event-log/rebuild-log.ts"
import { Nats } from "../../../infra/nats/connection.ts"
import { startNatsServer } from "../../../infra/nats-server/start.ts"
import { OperatorFailed } from "../failure.ts"
import {
  dropAsideStores,
  freshStage,
  ofArchive,
  putInPlace,
  stampOf,
  syncTree
} from "../restore/put-in-place.ts"
import { continueGroup } from "./groups.ts"
import type { Look } from "./look.ts"

/** Nothing is answered for before all of it is synced at once, when its server stops. */
const syncIntervalMs = 600_000

/** What is done, in this order; whoever is told of a step is told before it. */
export const steps = ["write-files", "make-stream", "name-files", "compare", "exchange", "tidy"] as const
export type Step = (typeof steps)[number]

export interface ArchiveOptions {
  readonly dataFolder: string
  readonly binary: string
  /** The log as it is, on a server that nobody else speaks with. */
  readonly raw: RawLogService
  readonly look: Look
  readonly onStep: (step: Step) => Effect.Effect<void>
  readonly onProgress: (events: number, of: number) => Effect.Effect<void>
}

export interface Exchanging {
  readonly onStep: ArchiveOptions["onStep"]
  /** Is told before each thing is moved. */
  readonly onMove?: ((name: string) => void) | undefined
}

/** Reads events of a log, and hands on what of each batch lies between two. */
const readBetween = Effect.fnUntraced(function* <E, R>(
  raw: RawLogService,
  first: number,
  last: number,
  take: (messages: ReadonlyArray<RawMessage>) => Effect.Effect<void, E, R>
) {
  if (last < first) return
  const reader = yield* raw.readFrom(first)
  for (let read = first - 1; read < last;) {
    const messages = (yield* reader.next).filter(({ sequence }) => sequence <= last)
    read = messages.at(-1)?.sequence ?? last
    yield* take(messages)
  }
}, Effect.scoped)

const writeFiles = Effect.fnUntraced(function* ({ dataFolder, look, onProgress, raw }: ArchiveOptions) {
  const folder = archiveFolder(dataFolder)
  const making = makeArchive(look.before, (file, packed) => writeArchived(folder, file, packed))
  yield* readBetween(raw, look.before.upTo + 1, look.upTo, (messages) =>
    Effect.andThen(making.add(messages), onProgress(messages.at(-1)?.sequence ?? 0, look.upTo))
  )
  return yield* making.finish
})

const unequal = (what: string) =>
  new OperatorFailed({
    what: "The log was not archived",
    why: `expected ${what} as the log has it, found something else`,
    next: "Nothing was changed. Look after the disk, and try again."
  })

/** Every file that was written is read again, and every event that stays, from the stream that is to have it. */
const compare = Effect.fnUntraced(function* (
  { dataFolder, look, raw }: ArchiveOptions,
  index: ArchiveIndex,
  made: RawLogService
) {
  const archive = archiveAt(archiveFolder(dataFolder), index)
  for (const file of index.files.filter(({ last }) => last > look.before.upTo))
    yield* Effect.mapError(archive.load(file), () => unequal(`events ${file.first} to ${file.last}`))
  const digestOf = Effect.fnUntraced(function* (log: RawLogService) {
    const hash = createHash("sha256")
    yield* readBetween(log, look.upTo + 1, look.last, (messages) =>
      Effect.sync(() => void hash.update(packMessages(messages)))
    )
    return hash.digest("hex")
  })
  if ((yield* digestOf(raw)) !== (yield* digestOf(made)))
    return yield* unequal(`events ${look.upTo + 1} to ${look.last}`)
})

/** Makes the stream in `stage`, whose server has ended when this answers. */
const makeStore = Effect.fnUntraced(function* (options: ArchiveOptions, stage: string) {
  const { binary, dataFolder, look, onStep, raw } = options
  yield* onStep("write-files")
  const index = yield* writeFiles(options)
  yield* onStep("make-stream")
  mkdirSync(join(stage, "nats"), { recursive: true, mode: 0o700 })
  // Whoever speaks with the server from outside goes on by the same password.
  copyFileSync(join(dataFolder, "nats", "credentials.json"), join(stage, "nats", "credentials.json"))
  const { pass, url, user } = yield* startNatsServer({ binary, dataFolder: stage, syncIntervalMs })
  const server = Nats.layer({ url, user, password: Redacted.make(pass) }, "wadjet-archive")
  // Of its own: the one of the log as it is was built from the same layer, and is compared with it.
  const base = yield* Layer.build(Layer.provideMerge(Layer.fresh(rawJetStreamLog), server))
  yield* Effect.gen(function* () {
    const nats = yield* Nats
    const into = yield* beginLog(nats, look.upTo + 1)
    yield* readBetween(raw, look.upTo + 1, look.last, into.add)
    yield* onStep("name-files")
    const archived = yield* writeIndex(stage, index)
    yield* into.finish(look.generation, Math.max(look.restoredUpTo, look.upTo), archived)
    yield* Effect.forEach(look.groups, (group) => continueGroup(nats, look.generation, group), {
      discard: true
    })
    yield* onStep("compare")
    yield* compare(options, index, yield* RawLog)
  }).pipe(Effect.provideContext(base))
  return index
}, Effect.scoped)

/** Makes it all, but for the exchange. Answers with the index of all files, and what is left to do: nothing may run meanwhile. */
export const makeArchived = Effect.fn("makeArchived")(function* (options: ArchiveOptions) {
  const stage = yield* freshStage(options.dataFolder, ofArchive)
  const index = yield* makeStore(options, stage)
  syncTree(stage)
  return index
})

/** Exchanges the stores, or ends an exchange that was cut off; nothing may run on either of them. The old one is deleted. */
export const exchangeStores = Effect.fn("exchangeStores")(function* (
  dataFolder: string,
  { onMove, onStep }: Exchanging
) {
  yield* onStep("exchange")
  putInPlace(dataFolder, ofArchive, stampOf(yield* Clock.currentTimeMillis), { onMove })
  yield* onStep("tidy")
  dropAsideStores(dataFolder)
})
