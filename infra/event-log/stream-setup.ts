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
import { LogUnavailable } from "./event-log.ts"

const generationKey = "wadjet-generation"
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
    const metadata = { [generationKey]: randomBytes(6).toString("hex") }
    return await manager.streams.add({ ...configOf(definition, replicas), metadata })
  } catch (cause) {
    if (!isError(cause, streamNameInUse)) throw cause
    return await show()
  }
}

const isError = (cause: unknown, code: number): boolean =>
  cause instanceof JetStreamApiError && cause.code === code

/** Makes a stream where it is missing, and answers with its generation. */
export const ensureStream = Effect.fn("ensureStream")(function* (
  manager: JetStreamManager,
  definition: StreamDefinition,
  replicas = 1
) {
  const info = yield* Effect.tryPromise({
    try: () => ensure(manager, definition, replicas),
    catch: (cause) =>
      new LogUnavailable({
        operation: `make the stream ${definition.name}`,
        message: `the server did not make or show the stream ${definition.name}: ${cause instanceof Error ? cause.message : String(cause)}`
      })
  })
  return { generation: info.config.metadata?.[generationKey] ?? "unmarked", last: info.state.last_seq }
})
