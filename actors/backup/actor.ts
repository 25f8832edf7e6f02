/** The backup actor: it ships the log, and the stores of secrets, to every place of the settings. */
import { Clock, Effect, Schedule } from "effect"
import { BackupStatus } from "../../contracts/backup.ts"
import type { Payload } from "../../contracts/command.ts"
import { answer, processManager, type Self } from "../../infra/actor/process-manager.ts"
import { EventLog } from "../../infra/event-log/event-log.ts"
import { RawLog } from "../../infra/event-log/raw-log.ts"
import { Keyring } from "../../infra/keyring/keyring.ts"
import { metrics } from "../../infra/telemetry/metrics.ts"
import { openPlace, type PlaceAddress } from "./places/open-place.ts"
import type { Recipient } from "./segment/seal.ts"
import { type Published, publishes, sayingOf } from "./ship/saying.ts"
import { shipTo } from "./ship/ship-place.ts"
import { type PlaceStatus, startingStatus } from "./ship/status.ts"
import { evolve, listens, shipped } from "./state.ts"

export interface BackupOptions {
  readonly dataFolder: string
  readonly places: ReadonlyArray<PlaceAddress>
  /** Who can open what is stored; at least one. */
  readonly recipients: ReadonlyArray<Recipient>
}

/** How often the age of what is not stored yet is measured. */
const measureEverySeconds = 1

const measure = (statuses: ReadonlyMap<string, PlaceStatus>) =>
  Effect.map(Clock.currentTimeMillis, (now) => {
    for (const [place, { unshippedSince }] of statuses) {
      const since = unshippedSince()
      metrics.backupUnshipped.set({ place }, since === null ? 0 : Math.max(0, now - since) / 1_000)
    }
  })

/** Declares the actor for places that the settings name. */
export const makeBackup = ({ dataFolder, places, recipients }: BackupOptions) => {
  const statuses = new Map(places.map(({ name }) => [name, startingStatus()]))

  const status = answer(
    BackupStatus,
    () => "status",
    Effect.fnUntraced(function* (_: Payload<typeof BackupStatus>, self: Self<Published>) {
      const log = yield* EventLog
      return {
        generation: self.generation,
        sequence: 0,
        last: yield* log.last,
        places: places.map((address) => {
          const { unshippedSince, ...known } = statuses.get(address.name)!
          return { place: address.name, address: address.shown, ...known, unshippedSince: unshippedSince() }
        })
      }
    })
  )

  return processManager({
    name: "backup",
    version: 1,
    owns: ["backup"],
    listens,
    publishes,
    slots: [1],
    evolve,
    // Everything it does goes on for as long as it holds its lease.
    perform: () => Effect.undefined,
    answers: [status],
    beside: (own) =>
      Effect.gen(function* () {
        const log = yield* EventLog
        const raw = yield* RawLog
        const { account } = yield* Keyring
        const { generation } = log
        const shipping = places.map((address) =>
          Effect.gen(function* () {
            const place = yield* openPlace(address)
            const known = own.state.get(shipped, address.name)
            return yield* shipTo({
              place,
              everyMillis: address.everyMillis,
              origin: { account, generation },
              stores: { dataFolder, account, recipients },
              log,
              raw,
              status: Object.assign(statuses.get(address.name)!, startingStatus()),
              known:
                known?.generation === generation ? { first: known.segment, last: known.upTo } : undefined,
              ...sayingOf(own, address.name, generation)
            })
          })
        )
        const measuring = Effect.repeat(measure(statuses), Schedule.spaced(`${measureEverySeconds} seconds`))
        return yield* Effect.raceAllFirst([...shipping, Effect.andThen(measuring, Effect.never)])
      })
  })
}
