/**
 * Saying in the log how a copy of it stands. What is said has to be copied as well, so that little is said: the state
 * of a place when it changes, and how far it has come once an hour, if anything but that was copied since.
 */
import { Clock, Effect } from "effect"
import {
  BackupKeepingChanged,
  BackupPlaceChanged,
  BackupPointMade,
  BackupPruned,
  BackupScrubbed,
  BackupShipped,
  BackupUnverified,
  BackupVerified,
  type KeepStep,
  type PlaceState
} from "../../../contracts/backup.ts"
import type { Fact } from "../../../contracts/event.ts"
import { eventId } from "../../../contracts/ids.ts"
import { parseEventSubject } from "../../../contracts/subjects.ts"
import type { Beside } from "../../../infra/actor/process-manager.ts"
import type { RawMessage } from "../../../infra/event-log/raw-log.ts"
import { metrics } from "../../../infra/telemetry/metrics.ts"
import type { Proof, Scrubbed } from "../keep/keep-place.ts"
import type { MadePoint } from "../points/make-point.ts"
import type { Pruned } from "../points/prune.ts"
import { placeStates, shipped } from "../state.ts"
import type { Stored } from "./store-segment.ts"

export const publishes = [
  BackupShipped,
  BackupPlaceChanged,
  BackupPointMade,
  BackupPruned,
  BackupVerified,
  BackupKeepingChanged,
  BackupUnverified,
  BackupScrubbed
] as const
export type Published = Fact<(typeof publishes)[number]>

/** How often it is said at most how far a place has come. */
const sayEveryMillis = 3_600_000

const isOwn = ({ subject }: RawMessage): boolean => parseEventSubject(subject)?.context === "backup"

/** What is said of one place. */
export const sayingOf = (own: Beside<Published>, place: string, generation: string) => {
  let segments = 0
  let bytes = 0
  let anything = false

  const record = Effect.fnUntraced(function* (cause: string, fact: Published) {
    const id = eventId(cause, "backup", place)
    const { sequence } = yield* own.begin().record({ cause: id, correlation: id }, "said", fact)
    yield* own.begin().folded(sequence)
  })

  const onState = Effect.fnUntraced(function* (state: PlaceState, reason: string | null) {
    const told = { place, state, reason: reason ?? undefined }
    yield* state === "shipping"
      ? Effect.logInfo("a place for backups does what it is asked", told)
      : Effect.logError("a place for backups does not do what it is asked", told)
    if (own.state.get(placeStates, place) === state) return
    const at = yield* Clock.currentTimeMillis
    yield* record(
      `${place} ${state} ${at}`,
      BackupPlaceChanged({ place, state, at, ...(reason === null ? {} : { reason }) })
    )
  })

  const onStored = Effect.fnUntraced(function* (stored: Stored, messages: ReadonlyArray<RawMessage>) {
    segments += 1
    bytes += stored.bytes
    anything ||= !messages.every(isOwn)
    metrics.backupSegments.inc({ place })
    metrics.backupBytes.inc({ place }, stored.bytes)
    const before = own.state.get(shipped, place)
    const at = yield* Clock.currentTimeMillis
    if (!anything || (before?.generation === generation && at - before.at < sayEveryMillis)) return
    const said = { place, generation, upTo: stored.tail.last, segment: stored.first, segments, bytes, at }
    segments = 0
    bytes = 0
    anything = false
    yield* record(`${generation} ${stored.tail.last}`, BackupShipped(said))
  })

  /** Says what was done at the place, once. */
  const saying =
    <A>(what: string, fact: (about: A, at: number) => Published) =>
    (about: A) =>
      Effect.gen(function* () {
        const at = yield* Clock.currentTimeMillis
        yield* record(`${place} ${what} ${at}`, fact(about, at))
      })

  const here = { place, generation }

  /** A step of keeping the place fails for a reason, or works again, where that is null. */
  const onKeeping = Effect.fnUntraced(function* (step: KeepStep, reason: string | null) {
    const at = yield* Clock.currentTimeMillis
    const state = reason === null ? ({ state: "working" } as const) : ({ state: "failing", reason } as const)
    yield* record(`${place} keeping ${step} ${at}`, BackupKeepingChanged({ ...here, at, step, ...state }))
  })

  return {
    onState,
    onStored,
    onKeeping,
    onPoint: saying("point", ({ at, bytes, files, sequence }: MadePoint) =>
      BackupPointMade({ ...here, at, sequence, files, bytes })
    ),
    onPruned: saying("pruned", ({ drop, keep, parts }: Pruned, at) =>
      BackupPruned({ ...here, at, dropped: drop, kept: keep.length, parts })
    ),
    onVerified: saying("verified", (proof: Proof, at) => BackupVerified({ ...here, at, ...proof })),
    onUnverified: saying("unverified", (since: number, at) => BackupUnverified({ place, at, since })),
    onScrubbed: saying("scrubbed", (scrubbed: Scrubbed, at) => BackupScrubbed({ ...here, at, ...scrubbed }))
  }
}
