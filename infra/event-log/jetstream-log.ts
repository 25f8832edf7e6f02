/** The event log on NATS JetStream. */
import { Effect, Layer } from "effect"
import { boundarySubject } from "../../contracts/subjects.ts"
import { eventStream } from "../../contracts/streams.ts"
import { Keyring } from "../keyring/keyring.ts"
import { Nats } from "../nats/connection.ts"
import { overArchive } from "./archive/archived-log.ts"
import { openArchive } from "./archive/read-archive.ts"
import { decodeOnce } from "./decode-once.ts"
import { EventLog } from "./event-log.ts"
import { findLastAmong } from "./find-last-among.ts"
import { appendTo, findMessage } from "./jetstream-append.ts"
import { readFrom } from "./jetstream-read.ts"
import { workFrom } from "./jetstream-work.ts"
import { ensureStream } from "./stream-setup.ts"
import { makeTail } from "./tail.ts"
import { tryLog } from "./try-log.ts"

const make = Effect.gen(function* () {
  const nats = yield* Nats
  const keyring = yield* Keyring
  const { archived, generation, restoredUpTo } = yield* ensureStream(nats.manager, eventStream)
  const archive = yield* openArchive(archived)
  const name = eventStream.name
  const account = keyring.account
  const decode = decodeOnce()

  const get = (sequence: number) =>
    Effect.map(
      tryLog("show an event", () => findMessage(nats, { seq: sequence })),
      (found) =>
        found === undefined
          ? undefined
          : decode({
              sequence: found.seq,
              subject: found.subject,
              header: (header) => found.header.get(header),
              data: () => found.string()
            })
    )

  const whole = overArchive(archive, account, {
    read: readFrom(nats, account, decode, makeTail(nats)),
    get,
    lastOf: (context, boundary) =>
      Effect.map(
        tryLog("show the end of a boundary", () =>
          findMessage(nats, { last_by_subj: boundarySubject(account, context, boundary) })
        ),
        (found) => found?.seq ?? 0
      ),
    lastAmong: (events, from) =>
      tryLog("show what was added", () => findLastAmong(nats, account, events, from))
  })

  return EventLog.of({
    ...whole,
    generation,
    append: appendTo(nats, keyring, archive),
    work: workFrom({ nats, account, generation, restoredUpTo, decode }),
    last: Effect.map(
      tryLog("show its end", () => nats.manager.streams.info(name)),
      (info) => info.state.last_seq
    )
  })
})

/** Needs a connection and the keyring; makes the stream where it is missing. */
export const jetStreamLog = Layer.effect(EventLog, make)
