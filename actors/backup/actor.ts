/** The backup actor: it ships the log, and the stores of secrets, to every place of the settings, and sees that they are good. */
import { Clock, Effect, Latch, Schedule, Semaphore } from "effect"
import { type TimeZone, zoneToString } from "effect/DateTime"
import { BackupStatus, KeepBackup, PruneBackup } from "../../contracts/backup.ts"
import { type Payload, Refused } from "../../contracts/command.ts"
import {
  answer,
  type Answerer,
  type Beside,
  processManager,
  type Self
} from "../../infra/actor/process-manager.ts"
import { EventLog } from "../../infra/event-log/event-log.ts"
import { RawLog } from "../../infra/event-log/raw-log.ts"
import { Keyring } from "../../infra/keyring/keyring.ts"
import { metrics } from "../../infra/telemetry/metrics.ts"
import { lookAtClock, makeClockHeld } from "./keep/clock-held.ts"
import { type Asked, keepPlace, type KeepFailed, type Proof } from "./keep/keep-place.ts"
import { openPlace, type PlaceAddress } from "./places/open-place.ts"
import { prune } from "./points/prune.ts"
import type { Policy } from "./retention/retain.ts"
import type { Packing, Recipient } from "./segment/seal.ts"
import type { Origin } from "./segment/segment.ts"
import { elapsedMillis } from "./ship/elapsed.ts"
import { type Published, publishes, sayingOf } from "./ship/saying.ts"
import { shipTo } from "./ship/ship-place.ts"
import { type PlaceStatus, startingStatus } from "./ship/status.ts"
import { makeUnshippedAge } from "./ship/unshipped-age.ts"
import { evolve, keptAt, listens, shipped } from "./state.ts"
import { scrubPlace } from "./verify/scrub-place.ts"

export interface BackupOptions {
  readonly dataFolder: string
  readonly places: ReadonlyArray<PlaceAddress>
  /** Who can open what is stored; at least one. */
  readonly recipients: ReadonlyArray<Recipient>
  /** How points are made small; zstd if left out. */
  readonly packing?: Packing
  /** Which points are kept, by the calendar of a zone. */
  readonly policy: Policy
  readonly zone: TimeZone
  /** Checks what a place is worth: where it takes long, beside this process. */
  readonly verify: (address: PlaceAddress, origin: Origin) => Effect.Effect<Proof, KeepFailed>
}

type Needs = EventLog | RawLog | Keyring
type Answering = Answerer<Published, Needs>

/** How often the age of what is not stored yet is measured. */
const measureEverySeconds = 1

/** Measures it again and again. */
const measuring = (statuses: ReadonlyMap<string, PlaceStatus>) => {
  const places = [...statuses].map(([place, status]) => ({ place, status, ageOf: makeUnshippedAge() }))
  const measure = Effect.gen(function* () {
    const [now, elapsed] = [yield* Clock.currentTimeMillis, yield* elapsedMillis]
    for (const { ageOf, place, status } of places)
      metrics.backupUnshipped.set({ place }, ageOf(status.unshippedSince(), now, elapsed) / 1_000)
  })
  return Effect.repeat(measure, Schedule.spaced(`${measureEverySeconds} seconds`))
}

const noSuchPlace = (command: string, place: string, places: ReadonlyArray<PlaceAddress>) =>
  new Refused({
    command,
    reason: "not-found",
    message: `expected one of ${places.map(({ name }) => name).join(", ")}, found ${place}`
  })

/** Which points are kept, as the settings have it. */
const keepWords = ({ policy: { counts }, zone }: BackupOptions): string =>
  [...Object.entries(counts), ["zone", zoneToString(zone)]]
    .map(([name, value]) => `${name}=${value}`)
    .join(" ")

/** One place, as long as the actor holds its lease: shipped to, and kept. */
const runPlace = Effect.fnUntraced(function* (
  { dataFolder, packing = "zst", policy, recipients, verify, zone }: BackupOptions,
  address: PlaceAddress,
  status: PlaceStatus,
  asked: Asked,
  own: Beside<Published>
) {
  const log = yield* EventLog
  const raw = yield* RawLog
  const { account } = yield* Keyring
  const { generation } = log
  const origin = { account, generation }
  const place = yield* openPlace(address)
  const known = own.state.get(shipped, address.name)
  const saying = sayingOf(own, address.name, generation)
  const shipping = shipTo({
    place,
    everyMillis: address.everyMillis,
    origin,
    stores: { dataFolder, account, recipients },
    log,
    raw,
    status: Object.assign(status, startingStatus()),
    known: known?.generation === generation ? { first: known.segment, last: known.upTo } : undefined,
    ...saying
  })
  const keeping = keepPlace({
    place,
    dataFolder,
    origin,
    recipients,
    packing,
    policy,
    zone,
    log,
    raw,
    status,
    known: () => keptAt(own.state, address.name, generation),
    asked,
    verify: verify(address, origin),
    scrub: Effect.suspend(() => scrubPlace({ place, origin, recipients, log, raw, shipped: status.tail })),
    ...saying
  })
  return yield* Effect.raceFirst(shipping, keeping)
})

/** Declares the actor for places that the settings name. */
export const makeBackup = (options: BackupOptions) => {
  const { places, policy, zone } = options
  const statuses = new Map(places.map(({ name }) => [name, startingStatus()]))
  const asked = new Map(
    places.map(({ name }): [string, Asked] => [
      name,
      {
        tasks: new Set(),
        some: Latch.makeUnsafe(false),
        alone: Semaphore.makeUnsafe(1),
        clockHeld: makeClockHeld()
      }
    ])
  )

  const rowOf = (address: PlaceAddress, self: Self<Published>) => {
    const { lost, recheckStores: __, tail: _, unshippedSince, ...known } = statuses.get(address.name)!
    const { good, point, scrubbed, verified } = keptAt(self.state, address.name, self.generation)
    return {
      place: address.name,
      address: address.shown,
      everyMillis: address.everyMillis,
      ...known,
      unshippedSince: unshippedSince(),
      pointAt: point?.at ?? null,
      goodAt: good?.at ?? null,
      verifiedAt: verified?.at ?? null,
      scrubbedAt: scrubbed?.at ?? null,
      problems: [
        ...(lost === null ? [] : [lost]),
        ...(verified?.problems ?? []),
        ...(scrubbed?.problems ?? [])
      ].slice(0, 20)
    }
  }

  const status: Answering = answer(
    BackupStatus,
    () => "status",
    Effect.fnUntraced(function* (_: Payload<typeof BackupStatus>, self: Self<Published>) {
      const log = yield* EventLog
      return {
        generation: self.generation,
        sequence: 0,
        last: yield* log.last,
        keep: keepWords(options),
        places: places.map((address) => rowOf(address, self))
      }
    })
  )

  const keep: Answering = answer(
    KeepBackup,
    () => "keep",
    Effect.fnUntraced(function* ({ place, task }: Payload<typeof KeepBackup>, self: Self<Published>) {
      const wanted = asked.get(place)
      if (wanted === undefined) return yield* noSuchPlace(KeepBackup.command, place, places)
      wanted.tasks.add(task)
      wanted.some.openUnsafe()
      return { generation: self.generation, sequence: 0 }
    })
  )

  const pruning: Answering = answer(
    PruneBackup,
    () => "prune",
    Effect.fnUntraced(function* (
      { damaged = false, dryRun, place }: Payload<typeof PruneBackup>,
      self: Self<Published>
    ) {
      const address = places.find(({ name }) => name === place)
      if (address === undefined) return yield* noSuchPlace(PruneBackup.command, place, places)
      const { generation } = self
      const { account } = yield* Keyring
      const { alone, clockHeld: held } = asked.get(place)!
      const lastGood = keptAt(self.state, place, generation).good?.point
      const clockHeld = yield* lookAtClock(held)
      const pruned = yield* Effect.scoped(
        Effect.flatMap(openPlace(address), (opened) =>
          prune(opened, { account, generation }, { policy, zone, lastGood, clockHeld, dryRun, damaged })
        )
      ).pipe(
        alone.withPermits(1),
        Effect.mapError(
          ({ message }) => new Refused({ command: PruneBackup.command, reason: "unavailable", message })
        )
      )
      return { generation, sequence: 0, ...pruned }
    })
  )

  return processManager({
    name: "backup",
    version: 4,
    owns: ["backup"],
    listens,
    publishes,
    slots: [1],
    evolve,
    // Everything it does goes on for as long as it holds its lease.
    perform: () => Effect.undefined,
    answers: [status, keep, pruning],
    beside: (own) =>
      Effect.raceAllFirst([
        ...places.map((address) =>
          runPlace(options, address, statuses.get(address.name)!, asked.get(address.name)!, own)
        ),
        Effect.andThen(measuring(statuses), Effect.never)
      ])
  })
}
