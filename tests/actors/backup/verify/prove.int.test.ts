/** Proving a place of a log that not everything can be made of, and on a disk that has no room for it. */
import { mkdirSync } from "node:fs"
import { join } from "node:path"
import { expect, it } from "@effect/vitest"
import { headers } from "@nats-io/transport-node"
import Database from "better-sqlite3"
import { Effect } from "effect"
import { inject } from "vitest"
import { directoryPlace } from "../../../../actors/backup/places/directory-place.ts"
import type { Place } from "../../../../actors/backup/places/place.ts"
import { pointKey } from "../../../../actors/backup/points/keys.ts"
import { readModelFile } from "../../../../actors/backup/points/make-point.ts"
import { encodePoint } from "../../../../actors/backup/points/point.ts"
import { storeFile } from "../../../../actors/backup/points/store-file.ts"
import type { Recipient } from "../../../../actors/backup/segment/seal.ts"
import type { Origin } from "../../../../actors/backup/segment/segment.ts"
import { prove } from "../../../../actors/backup/verify/prove.ts"
import { KeepBackup } from "../../../../contracts/backup.ts"
import { CommandBus } from "../../../../infra/command-bus/command-bus.ts"
import { FreeSpace } from "../../../../infra/disk/room.ts"
import { EventLog } from "../../../../infra/event-log/event-log.ts"
import { Keyring } from "../../../../infra/keyring/keyring.ts"
import { Nats } from "../../../../infra/nats/connection.ts"
import { startProjector } from "../../../../projections/start-projector.ts"
import { post } from "../../../faults/one-system.ts"
import { temporaryFolder } from "../../../faults/temporary-folder.ts"
import { someIdentity } from "../segment/some-messages.ts"
import { allShipped, directoryAddress, startCopyingAt, until } from "../world.ts"

const binary = () => {
  const found = inject("natsServer")
  if ("missing" in found) throw new Error(found.missing)
  return found.path
}

/** What no version of Wadjet could have written, in the middle of the log. */
const garble = Effect.gen(function* () {
  const { jetstream } = yield* Nats
  const { account } = yield* Keyring
  const named = headers()
  named.set("Nats-Msg-Id", "garbled")
  named.set("ce-id", "garbled")
  named.set("ce-type", "wadjet.projection.checked.v1")
  yield* Effect.promise(() =>
    jetstream.publish(`evt.${account}.projection.main.checked`, "{ no JSON", { headers: named })
  )
})

/** A point that another version made: it knew none of the tables of today. */
const pointOfOthers = Effect.fnUntraced(function* (place: Place, origin: Origin, recipient: Recipient) {
  const at = join(yield* temporaryFolder, "other.db")
  const db = new Database(at)
  db.exec("create table checkpoint (models text); insert into checkpoint values ('another 1')")
  db.close()
  const sealing = { recipients: [recipient], packing: "zst" } as const
  const { file } = yield* storeFile(place, origin, { path: readModelFile, at }, sealing, new Map())
  const now = Date.now()
  yield* place.putIfAbsent(
    pointKey(origin, now),
    encodePoint({ ...origin, at: now, sequence: 1, files: [file] })
  )
})

it.live(
  "a log with an event that the read models set aside, and a point of another version, is proven as any other, where there is room",
  () =>
    Effect.gen(function* () {
      const { identity, recipient } = yield* Effect.promise(someIdentity)
      const data = yield* temporaryFolder
      const backup = join(yield* temporaryFolder, "backup")
      mkdirSync(backup)
      const { address, base } = yield* startCopyingAt(data, {
        places: [directoryAddress(backup)],
        recipients: [recipient]
      })
      yield* Effect.gen(function* () {
        yield* post("Family", "Ada", { id: "before", text: "see https://one.example/" })
        yield* garble
        yield* post("Family", "Ada", { id: "after", text: "see https://two.example/" })
        const projector = yield* startProjector({ nats: address, dataFolder: data })
        yield* projector.reached(yield* (yield* EventLog).last)
        yield* CommandBus.use((bus) => bus.request(KeepBackup, { place: "disk", task: "point" }))
        yield* until(({ places: [disk] }) => disk!.pointAt !== null)
        yield* allShipped
        const { generation } = yield* EventLog
        const { account } = yield* Keyring
        const options = {
          place: directoryPlace("disk", backup),
          origin: { account, generation },
          identity,
          binary: binary(),
          scratch: join(yield* temporaryFolder, "verify-disk"),
          random: 0
        }
        expect(yield* prove(options)).toMatchObject({ problems: [], points: [{ same: true }] })
        yield* pointOfOthers(options.place, options.origin, recipient)
        expect(yield* prove(options)).toMatchObject({
          problems: [],
          points: [{ sequence: 1, same: null }, { same: true }]
        })
        const full = Effect.provideService(prove(options), FreeSpace, () => Effect.succeed(300 * 1024 * 1024))
        expect(yield* full).toMatchObject({ problems: [] })
        const tooFull = Effect.provideService(prove(options), FreeSpace, () =>
          Effect.succeed(256 * 1024 * 1024)
        )
        expect(yield* Effect.flip(tooFull)).toMatchObject({
          _tag: "NoRoom",
          message: expect.stringMatching(/^expected room to restore the log in .*, found no room: it takes/)
        })
      }).pipe(Effect.provideContext(base))
    }),
  120_000
)
