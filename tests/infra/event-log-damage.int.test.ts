import { closeSync, openSync, readSync, statSync, writeSync } from "node:fs"
import { join } from "node:path"
import { expect, it } from "@effect/vitest"
import { Effect, Layer, Redacted } from "effect"
import { eventStream } from "../../contracts/streams.ts"
import { EventLog } from "../../infra/event-log/event-log.ts"
import { jetStreamLog } from "../../infra/event-log/jetstream-log.ts"
import { sqliteKeyring } from "../../infra/keyring/sqlite-keyring.ts"
import { Nats } from "../../infra/nats/connection.ts"
import { by, entry, readEvents, received } from "./event-log/subject.ts"
import { start, temporaryFolder } from "./started-server.ts"

/** The server begins another block at eight megabytes, and is done with the one before. */
const events = 80
const textCharacters = 100_000

const onServer = <A, E>(dataFolder: string, effect: Effect.Effect<A, E, EventLog>) =>
  Effect.gen(function* () {
    const { pass, url, user } = yield* start(dataFolder)
    const base = Layer.merge(
      Nats.layer({ url, user, password: Redacted.make(pass) }, "tests"),
      sqliteKeyring(":memory:")
    )
    return yield* effect.pipe(Effect.provide(jetStreamLog.pipe(Layer.provide(base))))
  }).pipe(Effect.scoped)

/** In the words of an event: all are of one length, so the block's middle is where one begins. */
const flipBit = (path: string) => {
  const file = openSync(path, "r+")
  const place = Math.floor(statSync(path).size / 2 + textCharacters / 2)
  const byte = new Uint8Array(1)
  readSync(file, byte, 0, 1, place)
  writeSync(file, Uint8Array.of(byte[0]! ^ 1), 0, 1, place)
  closeSync(file)
}

it.live("one flipped bit in an old block costs one event, and a reader stops at its place and says so", () =>
  Effect.gen(function* () {
    const dataFolder = yield* temporaryFolder
    yield* onServer(
      dataFolder,
      Effect.flatMap(EventLog, (log) =>
        Effect.forEach(
          Array.from({ length: events }, (_, index) => index),
          (index) => log.append([entry(`a${index}`, received("x".repeat(textCharacters)))], by),
          { discard: true }
        )
      )
    )
    const messages = join(dataFolder, "nats/store/jetstream/$G/streams", eventStream.name, "msgs")
    expect(statSync(join(messages, "2.blk")).size).toBeGreaterThan(0)
    flipBit(join(messages, "1.blk"))
    const found = yield* onServer(
      dataFolder,
      Effect.gen(function* () {
        const log = yield* EventLog
        const damaged = yield* Effect.flip(readEvents(log, { from: 1 }, events))
        if (damaged._tag !== "DamagedLog") return yield* damaged
        const after = yield* readEvents(log, { from: damaged.found }, events - damaged.expected)
        return { damaged, after: after.events.length }
      })
    )
    expect(found.damaged.found).toBe(found.damaged.expected + 1)
    expect(found.after).toBe(events - found.damaged.expected)
  })
)
