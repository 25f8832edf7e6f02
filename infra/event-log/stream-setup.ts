/** Makes the declared streams on the server, and reads what it says of itself. */
import { randomBytes } from "node:crypto"
import {
  DiscardPolicy,
  JetStreamApiError,
  type JetStreamManager,
  RetentionPolicy,
  StorageType,
  StoreCompression,
  type StreamConfig,
  type StreamInfo
} from "@nats-io/jetstream"
import { nanos } from "@nats-io/transport-node"
import { Effect } from "effect"
import type { StreamDefinition } from "../../contracts/streams.ts"
import type { Archived } from "./archive/archive-files.ts"
import { LogUnavailable } from "./event-log.ts"

const generationKey = "wadjet-generation"
const restoredKey = "wadjet-restored-up-to"
const archivedKey = "wadjet-archived-up-to"
const archiveKey = "wadjet-archive"
const streamNotFound = 10059
const streamNameInUse = 10058

const configOf = (definition: StreamDefinition, replicas: number) =>
  ({
    name: definition.name,
    subjects: [...definition.subjects],
    description: definition.about,
    storage: StorageType.File,
    retention: RetentionPolicy.Limits,
    discard: DiscardPolicy.New,
    // A flipped bit then costs one event, whose place is seen to be empty; compressed, it costs ten thousand, and who
    // reads on waits for them for ever. docs/decisions/0024-blocks-are-not-compressed.md
    compression: StoreCompression.None,
    num_replicas: replicas,
    allow_direct: true,
    allow_atomic: definition.atomic,
    deny_delete: definition.immutable,
    deny_purge: definition.immutable,
    duplicate_window: nanos(definition.duplicateWindowSeconds * 1_000)
  }) satisfies Partial<StreamConfig>

/** Several processes may start at once: the first makes the stream, and the others find the name taken. */
const ensure = async (
  manager: JetStreamManager,
  definition: StreamDefinition,
  replicas: number
): Promise<StreamInfo> => {
  const show = () => manager.streams.info(definition.name)
  try {
    return await show()
  } catch (cause) {
    if (!isError(cause, streamNotFound)) throw cause
  }
  try {
    const metadata = { [generationKey]: freshGeneration() }
    return await manager.streams.add({ ...configOf(definition, replicas), metadata })
  } catch (cause) {
    if (!isError(cause, streamNameInUse)) throw cause
    return await show()
  }
}

/**
 * A stream that was restored is made with a shorter time for recognising ids, for it is filled faster than it was.
 * What is declared holds as soon as anybody runs on it.
 */
const ensureWindow = async (
  manager: JetStreamManager,
  definition: StreamDefinition,
  info: StreamInfo
): Promise<StreamInfo> => {
  const duplicate_window = nanos(definition.duplicateWindowSeconds * 1_000)
  if (info.config.duplicate_window === duplicate_window) return info
  return await manager.streams.update(definition.name, { ...info.config, duplicate_window })
}

/** The random id of a generation. */
export const freshGeneration = (): string => randomBytes(6).toString("hex")

/** Makes a stream for messages that were stored before, whose first has a number. Fails where there is one of that name. */
export const makeStream = (
  manager: JetStreamManager,
  definition: StreamDefinition,
  duplicateWindowMillis: number,
  first: number
) =>
  Effect.tryPromise({
    try: () =>
      manager.streams.add({
        ...configOf(definition, 1),
        duplicate_window: nanos(duplicateWindowMillis),
        ...(first === 1 ? {} : { first_seq: first })
      }),
    catch: failed(definition)
  })

/**
 * Makes it a generation of a log that was there before. Whoever takes work begins behind an event; what is before the
 * first of the stream is in files.
 */
export const markRestored = (
  manager: JetStreamManager,
  definition: StreamDefinition,
  generation: string,
  restoredUpTo: number,
  archived: Archived | undefined
) =>
  Effect.tryPromise({
    try: async () => {
      const { config } = await manager.streams.info(definition.name)
      const metadata = {
        ...config.metadata,
        [generationKey]: generation,
        [restoredKey]: String(restoredUpTo),
        ...(archived === undefined
          ? {}
          : { [archivedKey]: String(archived.upTo), [archiveKey]: archived.digest })
      }
      await manager.streams.update(definition.name, { ...config, metadata })
    },
    catch: failed(definition)
  })

/** What a stream says of the part of its log that is in files. */
export const archivedIn = ({ config: { metadata } }: Pick<StreamInfo, "config">): Archived | undefined => {
  const { [archiveKey]: digest, [archivedKey]: upTo } = metadata ?? {}
  return digest === undefined || upTo === undefined ? undefined : { upTo: Number(upTo), digest }
}

/** Up to which event a log was restored; 0 where it was not. */
export const restoredUpToIn = ({ config: { metadata } }: Pick<StreamInfo, "config">): number =>
  Number(metadata?.[restoredKey] ?? "0")

const isError = (cause: unknown, code: number): boolean =>
  cause instanceof JetStreamApiError && cause.code === code

/** Makes a stream where it is missing, and answers with its generation, and with what of it was restored, or is in files. */
export const ensureStream = Effect.fn("ensureStream")(function* (
  manager: JetStreamManager,
  definition: StreamDefinition,
  replicas = 1
) {
  const info = yield* Effect.tryPromise({
    try: async () => ensureWindow(manager, definition, await ensure(manager, definition, replicas)),
    catch: failed(definition)
  })
  const { [generationKey]: generation = "unmarked" } = info.config.metadata ?? {}
  return {
    generation,
    restoredUpTo: restoredUpToIn(info),
    last: info.state.last_seq,
    archived: archivedIn(info)
  }
})

const failed =
  ({ name }: StreamDefinition) =>
  (cause: unknown) =>
    new LogUnavailable({
      operation: `make the stream ${name}`,
      message: `the server did not make or show the stream ${name}: ${cause instanceof Error ? cause.message : String(cause)}`
    })
