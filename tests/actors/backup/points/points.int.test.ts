import { mkdirSync, statSync, truncateSync } from "node:fs"
import { readdir } from "node:fs/promises"
import { join } from "node:path"
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { beforeAll, inject } from "vitest"
import { directoryPlace } from "../../../../actors/backup/places/directory-place.ts"
import { pointsAt } from "../../../../actors/backup/points/prune.ts"
import type { Identity, Recipient } from "../../../../actors/backup/segment/seal.ts"
import { storeKey } from "../../../../actors/backup/ship/keys.ts"
import { prove } from "../../../../actors/backup/verify/prove.ts"
import { KeepBackup, type KeepTask, PruneBackup } from "../../../../contracts/backup.ts"
import { CommandBus } from "../../../../infra/command-bus/command-bus.ts"
import { EventLog } from "../../../../infra/event-log/event-log.ts"
import { Keyring } from "../../../../infra/keyring/keyring.ts"
import { startProjector } from "../../../../projections/start-projector.ts"
import { post } from "../../../faults/one-system.ts"
import { keyringsIn } from "../../../faults/opened-copies.ts"
import { temporaryFolder } from "../../../faults/temporary-folder.ts"
import { someIdentity } from "../segment/some-messages.ts"
import { allShipped, directoryAddress, startCopyingAt, until } from "../world.ts"

let identity: Identity
let recipient: Recipient

beforeAll(async () => {
  const own = await someIdentity()
  identity = own.identity
  recipient = own.recipient
})

const binary = () => {
  const found = inject("natsServer")
  if ("missing" in found) throw new Error(found.missing)
  return found.path
}

const ask = (task: KeepTask) => CommandBus.use((bus) => bus.request(KeepBackup, { place: "disk", task }))

const say = (id: string) => post("Family", "Ada", { id, text: `see https://${id}.example/` })

const parts = (folder: string) => readdir(folder, { recursive: true })

describe("points", () => {
  it.live(
    "hold the read models and what actors hold, are restored to see that they are good, and cost nothing twice",
    () =>
      Effect.gen(function* () {
        const data = yield* temporaryFolder
        const backup = join(yield* temporaryFolder, "backup")
        mkdirSync(backup)
        const place = directoryPlace("disk", backup)
        const scratch = yield* temporaryFolder
        const { address, base } = yield* startCopyingAt(data, {
          places: [directoryAddress(backup)],
          recipients: [recipient],
          policy: { counts: { last: 1 }, within: {} },
          verify: (_, origin) =>
            prove({ place, origin, identity, binary: binary(), scratch: join(scratch, "v"), random: 0 }).pipe(
              Effect.map(({ points, problems, report, seconds }) => ({
                upTo: report.soundUpTo,
                opened: report.opened,
                points,
                problems,
                seconds
              }))
            )
        })
        yield* Effect.gen(function* () {
          for (let index = 0; index < 5; index++) yield* say(`m${index}`)
          const projector = yield* startProjector({ nats: address, dataFolder: data })
          yield* projector.reached(yield* (yield* EventLog).last)
          yield* ask("point")
          // A place that has a point is checked, and scrubbed, without being asked.
          const seen = yield* until(
            ({ places: [disk] }) => disk!.goodAt !== null && disk!.scrubbedAt !== null
          )
          expect(seen.places[0]).toMatchObject({ problems: [], keeping: null })
          const { generation } = yield* EventLog
          const { account } = yield* Keyring
          const origin = { account, generation }
          const [first] = yield* pointsAt(place, origin)
          const before = (yield* Effect.promise(() => parts(backup))).filter((name) =>
            name.endsWith(".wpart")
          )
          yield* say("later")
          yield* projector.reached(yield* (yield* EventLog).last)
          yield* ask("point")
          yield* until(({ places: [disk] }) => (disk!.pointAt ?? 0) > first!)
          // Of two points one is more than the rule keeps, but it is the one that was proven good.
          expect((yield* pointsAt(place, origin)).length).toBe(2)
          yield* ask("verify")
          yield* until(({ places: [disk] }) => (disk!.goodAt ?? 0) > disk!.pointAt!)
          const bus = yield* CommandBus
          const dry = yield* bus.request(PruneBackup, { place: "disk", dryRun: true })
          expect(dry).toMatchObject({ drop: [first], withheld: null })
          expect((yield* pointsAt(place, origin)).length).toBe(2)
          yield* bus.request(PruneBackup, { place: "disk", dryRun: false })
          const left = yield* pointsAt(place, origin)
          expect(left.length).toBe(1)
          expect(left[0]).toBeGreaterThan(first!)
          const after = (yield* Effect.promise(() => parts(backup))).filter((name) => name.endsWith(".wpart"))
          expect(after.some((name) => !before.includes(name))).toBe(true)
          yield* allShipped
          // Secrets are scrubbed as well: what is damaged of them is named, and stored again.
          const keyring = join(backup, storeKey(account, "keyring"))
          truncateSync(keyring, statSync(keyring).size - 1)
          yield* ask("scrub")
          const scrubbed = yield* until(({ places: [disk] }) => disk!.problems.length > 0)
          expect(scrubbed.places[0]!.problems).toEqual([
            expect.stringMatching(/^keyring: expected a body of/)
          ])
          yield* allShipped
          yield* ask("scrub")
          yield* until(({ places: [disk] }) => disk!.problems.length === 0)
          // What is left is whole. Whatever moment it is killed at, no keys lie on the disk then.
          const keyrings: Array<string> = []
          const looks = (key: string) =>
            Effect.andThen(
              Effect.sync(() => void keyrings.push(...keyringsIn(scratch))),
              place.get(key)
            )
          const proven = yield* prove({
            place: { ...place, get: looks },
            origin,
            identity,
            binary: binary(),
            scratch: join(scratch, "again"),
            random: 0
          })
          expect(proven).toMatchObject({ problems: [], points: [{ at: left[0], same: true }] })
          expect(keyrings).toEqual([])
        }).pipe(Effect.provideContext(base))
      }),
    120_000
  )
})
