/** Fills a log quickly: facts in atomic batches as large as the server takes them. */
import type { NatsConnection } from "@nats-io/transport-node"
import { Effect } from "effect"
import type { AnyFact } from "../../contracts/catalogue.ts"
import { publish } from "../../infra/event-log/append.ts"
import { encodeEntry } from "../../infra/event-log/codec.ts"
import type { KeyringService } from "../../infra/keyring/keyring.ts"

/** The most messages that the server takes as one atomic batch. */
const batchMax = 1_000

export const seed = Effect.fn("seed")(function* (
  connection: NatsConnection,
  keyring: KeyringService,
  facts: Iterable<AnyFact>,
  startMillis: number
) {
  let ordinal = 0
  let batch: Array<Parameters<typeof publish>[1][number]> = []
  const flush = Effect.promise(async () => {
    if (batch.length === 0) return
    const answer = await publish(connection, batch)
    if ("code" in answer)
      throw new Error(`the server refused a batch: ${answer.description} (${answer.code})`)
    batch = []
  })
  for (const fact of facts) {
    const entry = { fact, id: `seed-${ordinal}` }
    const message = yield* encodeEntry(keyring, entry, { actor: "bench" }, startMillis + ordinal)
    batch.push({ ...message, expected: undefined })
    ordinal++
    if (batch.length === batchMax) yield* flush
  }
  yield* flush
  return ordinal
})
