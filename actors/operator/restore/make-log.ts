/** Making the log anew in a folder beside the one that it is for, on a nats-server of its own. */
import { join } from "node:path"
import { Clock, Effect, Layer, Redacted } from "effect"
import { beginLog } from "../../../infra/event-log/rebuild-log.ts"
import { freshGeneration } from "../../../infra/event-log/stream-setup.ts"
import type { ErasureSubject } from "../../../contracts/account.ts"
import { forgottenIn } from "../../../infra/keyring/forgotten-in.ts"
import { Keyring } from "../../../infra/keyring/keyring.ts"
import { sqliteKeyring } from "../../../infra/keyring/sqlite-keyring.ts"
import { Nats } from "../../../infra/nats/connection.ts"
import { startNatsServer } from "../../../infra/nats-server/start.ts"
import { restoreLog, type Restoring } from "../../backup/restore/restore-log.ts"
import { sayRestored } from "../../backup/restore/say-restored.ts"

/** Nothing is answered for before all of it is synced at once, in the end. */
const syncIntervalMs = 600_000

export interface Making extends Omit<Restoring, "into"> {
  /** Where it is made; the keyring is there already. */
  readonly stage: string
  /** The nats-server program. */
  readonly binary: string
  /** Whom this machine has forgotten, whether the copy knows of it or not. */
  readonly forgottenHere?: ReadonlyArray<ErasureSubject> | undefined
}

/** Answers with what was restored, and the generation that it is from here on. The server has ended by then. */
export const makeLog = Effect.fn("makeLog")(function* ({
  binary,
  forgottenHere = [],
  stage,
  ...restoring
}: Making) {
  const { pass, url, user } = yield* startNatsServer({ binary, dataFolder: stage, syncIntervalMs })
  const address = { url, user, password: Redacted.make(pass) }
  const services = Layer.merge(Nats.layer(address, "wadjet"), sqliteKeyring(join(stage, "keyring.db")))
  const making = Effect.gen(function* () {
    const log = yield* beginLog(yield* Nats)
    const restored = yield* restoreLog({ ...restoring, into: log })
    const generation = freshGeneration()
    const at = yield* Clock.currentTimeMillis
    const said = { generation, from: restoring.origin.generation, place: restoring.place.name, at }
    const known = new Set(yield* forgottenIn(join(stage, "keyring.db")))
    const unknown = forgottenHere.filter((subject) => !known.has(subject))
    yield* sayRestored(log, yield* Keyring, said, { ...restored, unknown })
    yield* log.finish(generation, restored.upTo)
    return { ...restored, generation, at, last: log.last() }
  })
  return yield* making.pipe(Effect.provide(services), Effect.scoped)
}, Effect.scoped)
