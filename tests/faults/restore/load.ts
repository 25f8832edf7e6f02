/** One life under load, up to the kill; and what whoever watched it knows. */
import { Clock, Effect, Fiber, Layer, Schedule } from "effect"
import Database from "better-sqlite3"
import { services } from "../../../actors/operator/system.ts"
import { BackupStatus } from "../../../contracts/backup.ts"
import { IngestMessages } from "../../../contracts/commands.ts"
import { CommandBus } from "../../../infra/command-bus/command-bus.ts"
import { EventLog } from "../../../infra/event-log/event-log.ts"
import { rawJetStreamLog, RawLog, type RawMessage } from "../../../infra/event-log/raw-log.ts"
import { Keyring } from "../../../infra/keyring/keyring.ts"
import type { NatsAddress } from "../../../infra/nats/connection.ts"
import { readModels } from "../../../projections/catalogue.ts"
import { type Digest, digest } from "../../../projections/digest.ts"
import { locationIn } from "../../../projections/location.ts"
import { readLog } from "../history.ts"
import { maliciousUrl } from "../traffic.ts"
import { askAgain } from "./ask-again.ts"
import { startDoomed } from "./doomed.ts"
import type { Answered } from "./examine.ts"
import { type Wanted, wantJobs } from "./jobs.ts"
import { lookedAt } from "./laws.ts"
import type { Life } from "./life.ts"

const betweenMillis = 60

const servicesOf = (dataFolder: string, address: NatsAddress) =>
  Layer.provideMerge(
    rawJetStreamLog,
    services({ address, dataFolder, server: "external", serverVersion: "", died: Effect.never })
  )

/** Posts until it is interrupted: to a chat of old, and to new ones, whose keys are as young as they are. */
const post = Effect.fnUntraced(function* (round: number, posted: Array<Answered>, tried: Array<Answered>) {
  const bus = yield* CommandBus
  for (let number = 0; ; number++) {
    const chatName = number % 3 === 0 ? `Chat ${round}-${number}` : "Family"
    const sentAt = yield* Clock.currentTimeMillis
    const message = {
      id: `m-${round}-${number}`,
      author: "You",
      sentAt,
      text: `see ${maliciousUrl(round * 1_000 + number)}`
    }
    const asked = { chatName, message, sequence: Number.POSITIVE_INFINITY, at: Number.POSITIVE_INFINITY }
    tried.push(asked)
    const { sequence } = yield* askAgain(
      bus.request(IngestMessages, { gateway: "sandbox", chatName, messages: [message] })
    )
    posted.push({ ...asked, sequence, at: yield* Clock.currentTimeMillis })
    yield* Effect.sleep(betweenMillis)
  }
})

interface Models {
  readonly sequence: number
  readonly digest: Digest
}

/** The read models as they stand, for a comparison with those that come of the restored log. */
const modelsOf = (dataFolder: string): Models => {
  const db = new Database(locationIn(dataFolder).database, { readonly: true })
  try {
    return db.transaction(() => ({
      sequence: db.prepare<[], number>("select sequence from checkpoint").pluck().get() ?? 0,
      digest: digest(db, readModels)
    }))()
  } finally {
    db.close()
  }
}

/** How far the copy has come, and the log. */
const standing = Effect.gen(function* () {
  const { last, places } = yield* (yield* CommandBus).request(BackupStatus, {})
  return { last, upTo: places[0]?.upTo ?? 0 }
})

type Standing = Effect.Success<typeof standing>

/** Waits until the copy has come as far as is wanted. */
const copied = (isFar: (standing: Standing) => boolean) =>
  standing.pipe(
    Effect.flatMap((it) => (isFar(it) ? Effect.void : Effect.fail("not yet"))),
    Effect.retry(Schedule.spaced("50 millis"))
  )

/** Waits until those outside have answered for a link: before that there is none that they must not be asked about again. */
const answeredFor = Effect.gen(function* () {
  const { events } = yield* readLog(yield* EventLog)
  return lookedAt(events).size > 0 ? undefined : yield* Effect.fail("not yet")
}).pipe(Effect.retry(Schedule.spaced("50 millis")))

/** What the log held when it was lost, as a second reader saw it. */
const copyLog = Effect.fnUntraced(function* (seen: Array<RawMessage>) {
  const reader = yield* (yield* RawLog).readFrom(1)
  while (true) seen.push(...(yield* reader.next))
})

/** One life: load, and a kill. Everything but the copy and the other side is lost then. */
export const liveAndDie = Effect.fnUntraced(function* (round: number, loadMillis: number, life: Life) {
  const posted: Array<Answered> = []
  const tried: Array<Answered> = []
  const jobs: Array<Wanted> = []
  const seen: Array<RawMessage> = []
  const { address, kill } = yield* startDoomed(life)
  const base = yield* Layer.build(servicesOf(life.dataFolder, address))
  const { account } = yield* Effect.provideContext(Keyring, base)
  const { generation } = yield* Effect.provideContext(EventLog, base)
  const copying = yield* Effect.forkScoped(Effect.provideContext(Effect.ignore(copyLog(seen)), base))
  yield* Effect.provideContext(
    copied(({ last, upTo }) => upTo >= last),
    base
  )
  const asking = yield* Effect.forEach([post(round, posted, tried), wantJobs(round, jobs)], (people) =>
    Effect.forkScoped(Effect.provideContext(Effect.ignore(people), base))
  )
  yield* Effect.sleep(loadMillis / 2)
  yield* Effect.provideContext(answeredFor, base)
  const models = modelsOf(life.dataFolder)
  const { last } = yield* Effect.provideContext(standing, base)
  yield* Effect.provideContext(
    copied(({ upTo }) => upTo >= Math.max(models.sequence, last)),
    base
  )
  yield* Effect.sleep(loadMillis / 2)
  const { upTo } = yield* Effect.provideContext(standing, base)
  const killedAt = yield* Clock.currentTimeMillis
  yield* kill
  yield* Fiber.interruptAll([copying, ...asking])
  return { posted, tried, jobs, seen, models, killedAt, shipped: upTo, origin: { account, generation } }
}, Effect.scoped)
