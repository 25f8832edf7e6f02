import { closeSync, existsSync, mkdirSync, openSync, readSync, statSync, writeSync } from "node:fs"
import { join } from "node:path"
import { expect, it } from "@effect/vitest"
import { Effect, Result } from "effect"
import { runActors } from "../../../actors/operator/system.ts"
import { mendStore } from "../../../actors/operator/mend.ts"
import { directoryPlace } from "../../../actors/backup/places/directory-place.ts"
import { scrub } from "../../../actors/backup/verify/scrub.ts"
import { eventStream } from "../../../contracts/streams.ts"
import { EventLog } from "../../../infra/event-log/event-log.ts"
import { RawLog, rawJetStreamLog } from "../../../infra/event-log/raw-log.ts"
import { Keyring } from "../../../infra/keyring/keyring.ts"
import { serve } from "../../faults/one-system.ts"
import { unpaced } from "../../faults/owners.ts"
import { temporaryFolder } from "../../faults/temporary-folder.ts"
import { by, entry, received } from "../../infra/event-log/subject.ts"
import { program } from "../../infra/started-server.ts"
import { someIdentity } from "../backup/segment/some-messages.ts"
import { allShipped, copyingOf, directoryAddress } from "../backup/world.ts"

/** The server begins another block at eight megabytes, and is done with the one before. */
const events = 80
const textCharacters = 100_000

const flipBit = (path: string, part: number) => {
  const file = openSync(path, "r+")
  // In the words of an event: all are of one length.
  const size = statSync(path).size / events
  const place = Math.floor(size * Math.floor(part * events) + textCharacters / 2)
  const byte = new Uint8Array(1)
  readSync(file, byte, 0, 1, place)
  writeSync(file, Uint8Array.of(byte[0]! ^ 1), 0, 1, place)
  closeSync(file)
}

/** What the log holds, by sequence, as far as it can be read. */
const heldBy = Effect.fnUntraced(function* (upTo: number) {
  const log = yield* EventLog
  const found: Array<string> = []
  for (let sequence = 1; sequence <= upTo; sequence++) {
    const event = yield* Effect.result(log.get(sequence))
    found.push(Result.isSuccess(event) ? JSON.stringify(event.success ?? null) : "unreadable")
  }
  return found
})

it.live(
  "flipped bits in the live log are found by a scrub, and what they cost comes back from a backup by mending",
  () =>
    Effect.gen(function* () {
      const data = yield* temporaryFolder
      const backup = join(yield* temporaryFolder, "backup")
      mkdirSync(backup)
      const { identity, recipient } = yield* Effect.promise(someIdentity)
      const address = directoryAddress(backup)
      const on = <A, E>(
        inside: Effect.Effect<A, E, Effect.Services<typeof allShipped> | EventLog | Keyring | RawLog>
      ) =>
        Effect.scoped(
          Effect.gen(function* () {
            const { base } = yield* serve(data)
            return yield* inside.pipe(Effect.provide(rawJetStreamLog), Effect.provideContext(base))
          })
        )
      const before = yield* Effect.scoped(
        Effect.gen(function* () {
          const { base } = yield* serve(data)
          return yield* Effect.gen(function* () {
            const log = yield* EventLog
            for (let index = 0; index < events; index++)
              yield* log.append([entry(`a${index}`, received(String(index).padEnd(textCharacters, "x")))], by)
            const copying = copyingOf({ places: [address], recipients: [recipient] })
            yield* runActors({ dataFolder: data, pacing: unpaced, only: new Set(["backup"]), copying })
            yield* allShipped
            return yield* heldBy(yield* log.last)
          }).pipe(Effect.provideContext(base))
        })
      )
      const blocks = join(data, "nats/store/jetstream/$G/streams", eventStream.name, "msgs")
      flipBit(join(blocks, "1.blk"), 0.25)
      flipBit(join(blocks, "1.blk"), 0.5)
      const scrubbed = yield* on(
        Effect.gen(function* () {
          const log = yield* EventLog
          const { account } = yield* Keyring
          const origin = { account, generation: log.generation }
          const options = { place: directoryPlace("disk", backup), origin, recipients: [recipient] }
          return yield* scrub({ ...options, log, raw: yield* RawLog, shipped: null })
        })
      )
      expect(scrubbed.log.length).toBe(2)
      for (const hole of scrubbed.log)
        expect(hole).toMatch(/^event \d+ is missing in the log; disk holds what is missing$/)
      expect(scrubbed).toMatchObject({ problems: [], mended: 0 })
      const mended = yield* mendStore({
        dataFolder: data,
        binary: program(),
        place: address,
        identity,
        onProgress: () => Effect.void
      })
      expect(mended).toMatchObject({ filled: 2, last: before.length })
      expect(existsSync(mended.aside!)).toBe(true)
      expect(yield* on(heldBy(before.length))).toEqual(before)
      // The same log, and nothing is left to mend.
      const again = yield* mendStore({
        dataFolder: data,
        binary: program(),
        place: address,
        identity,
        onProgress: () => Effect.void
      })
      expect(again).toMatchObject({ filled: 0, aside: undefined })
    }),
  300_000
)
