/** Deleting points because somebody asks for it: on the word of the same clock as every hour. */
import { mkdirSync } from "node:fs"
import { join } from "node:path"
import { expect, it } from "@effect/vitest"
import Database from "better-sqlite3"
import { Clock, Effect } from "effect"
import { makeBackup } from "../../../../actors/backup/actor.ts"
import { directoryPlace } from "../../../../actors/backup/places/directory-place.ts"
import { pointKey } from "../../../../actors/backup/points/keys.ts"
import { encodePoint } from "../../../../actors/backup/points/point.ts"
import { pointsAt } from "../../../../actors/backup/points/prune.ts"
import { PruneBackup } from "../../../../contracts/backup.ts"
import type { Self } from "../../../../infra/actor/process-manager.ts"
import { openStateStore } from "../../../../infra/actor/state-store.ts"
import { Keyring } from "../../../../infra/keyring/keyring.ts"
import { sqliteKeyring } from "../../../../infra/keyring/sqlite-keyring.ts"
import { temporaryFolder } from "../../../faults/temporary-folder.ts"
import { makeMovedClock } from "../../verdict/manual/moved-clock.ts"
import { origin } from "../segment/some-messages.ts"
import { copyingOf, directoryAddress } from "../world.ts"

const hour = 3_600_000
const year = 365 * 24 * hour

it.live("nothing is deleted by hand while the clock jumped, and no dry run makes it forget that", () =>
  Effect.gen(function* () {
    const { generation } = origin
    const { account } = yield* Keyring
    const path = join(yield* temporaryFolder, "backup")
    mkdirSync(path)
    const place = directoryPlace("disk", path)
    const start = Date.now() - 10 * hour
    for (let index = 0; index < 5; index++) {
      const at = start + index * hour
      const point = encodePoint({ account, generation, at, sequence: 1, files: [] })
      yield* place.putIfAbsent(pointKey({ account, generation }, at), point)
    }
    const backup = makeBackup({
      dataFolder: path,
      ...copyingOf({ places: [directoryAddress(path)], recipients: [] }),
      policy: { counts: { last: 1 }, within: {} }
    })
    const { handle } = backup.answers.find(({ command }) => command === PruneBackup)!
    const { state } = openStateStore(new Database(":memory:"), generation, 1)
    const clock = makeMovedClock(Date.now())
    const self = { state, generation } as unknown as Self<never>
    // What it answers has no type of its own here: any command is among the answers.
    const ask = handle as (payload: object, self: Self<never>) => Effect.Effect<unknown, unknown, Keyring>
    const prune = (dryRun: boolean) =>
      ask({ place: "disk", dryRun }, self).pipe(Effect.provideService(Clock.Clock, clock))
    expect(yield* prune(true)).toMatchObject({ withheld: null })
    clock.goOnFrom(Date.now() + year)
    for (const dryRun of [true, false])
      expect(yield* prune(dryRun)).toMatchObject({ drop: [], withheld: "the clock of this machine jumped" })
    expect((yield* pointsAt(place, { account, generation })).length).toBe(5)
  }).pipe(Effect.scoped, Effect.provide(sqliteKeyring(":memory:")))
)
