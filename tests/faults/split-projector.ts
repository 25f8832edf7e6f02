/** The projector without its guard: the checkpoint is committed by itself, and the rows after it. */
import { join } from "node:path"
import { parentPort, workerData } from "node:worker_threads"
import { Effect, Layer, Redacted, Stream } from "effect"
import { EventLog } from "../../infra/event-log/event-log.ts"
import { jetStreamLog } from "../../infra/event-log/jetstream-log.ts"
import { sqliteKeyring } from "../../infra/keyring/sqlite-keyring.ts"
import { Nats } from "../../infra/nats/connection.ts"
import { openReadModels } from "../../projections/database.ts"
import { prepareFolds } from "../../projections/folding.ts"
import { locationIn } from "../../projections/location.ts"
import type { ReadModel } from "../../projections/read-model.ts"
import type { ThreadInput, ThreadMessage } from "../../projections/thread-protocol.ts"

const projecting = Effect.fnUntraced(function* (
  input: ThreadInput,
  models: ReadonlyArray<ReadModel>,
  say: (message: ThreadMessage) => void
) {
  const log = yield* EventLog
  const database = yield* openReadModels(locationIn(input.dataFolder).database, log.generation, models)
  const fold = prepareFolds(database.db, models)
  let { sequence } = database.checkpoint()
  say({ say: "ready", sequence, time: 0, pending: 0 })
  yield* Stream.runForEach(log.read({ from: sequence + 1 }), ({ events, pending }) =>
    Effect.sync(() => {
      const last = events.at(-1)
      if (last === undefined) return
      database.advance(sequence, last.sequence, 0)
      database.db.transaction(() => {
        for (const event of events) if (event.type !== "unreadable") fold(event)
      })()
      sequence = last.sequence
      say({ say: "committed", sequence, time: 0, pending })
    })
  )
})

export const runSplitProjectorThread = (models: ReadonlyArray<ReadModel>): void => {
  // Whoever starts the thread is startProjector, which hands over what the protocol says.
  const input = workerData as ThreadInput
  const { nats } = input
  const log = jetStreamLog.pipe(
    Layer.provide(
      Layer.merge(
        Nats.layer({ ...nats, password: Redacted.make(nats.password) }, "split-projector"),
        sqliteKeyring(join(input.dataFolder, "keyring.db"))
      )
    )
  )
  const say = (message: ThreadMessage) => parentPort?.postMessage(message)
  Effect.runFork(projecting(input, models, say).pipe(Effect.scoped, Effect.provide(log)))
}
