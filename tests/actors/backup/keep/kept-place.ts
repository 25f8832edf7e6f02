/** A place that is kept: what is said of it is folded as the actor folds it, and nothing else is there. */
import Database from "better-sqlite3"
import { Effect, Latch, Semaphore } from "effect"
import { makeClockHeld } from "../../../../actors/backup/keep/clock-held.ts"
import { type Keeping, keepPlace, type KeepFailed } from "../../../../actors/backup/keep/keep-place.ts"
import { zoneOf } from "../../../../actors/backup/retention/calendar.ts"
import type { Recipient } from "../../../../actors/backup/segment/seal.ts"
import { type Published, sayingOf } from "../../../../actors/backup/ship/saying.ts"
import { startingStatus } from "../../../../actors/backup/ship/status.ts"
import { evolve, type Heard, keptAt } from "../../../../actors/backup/state.ts"
import type { Beside } from "../../../../infra/actor/process-manager.ts"
import { openStateStore } from "../../../../infra/actor/state-store.ts"
import { recorded } from "../../../projections/given.ts"
import { memoryLog, memoryPlace } from "../memory-place.ts"
import { origin } from "../segment/some-messages.ts"

const nothingScrubbed = { upTo: 1, segments: 1, log: [], problems: [], mended: 0, seconds: 0 }

export const nothingWrong = { upTo: 1, opened: true, points: [], problems: [], seconds: 1 }

export const fails = (message: string): Effect.Effect<never, KeepFailed> =>
  Effect.fail({ _tag: "Failed", message })

export interface KeptPlaceOptions {
  readonly dataFolder: string
  readonly recipient: Recipient
  /** What was said of it before, each at the moment that is in it. */
  readonly before?: ReadonlyArray<Published>
  readonly verify?: Keeping<never>["verify"]
  readonly scrub?: Keeping<never>["scrub"]
}

/** A place in memory, to which everything was shipped, and what is needed to keep it. */
export const keptPlace = (options: KeptPlaceOptions) => {
  const place = memoryPlace("disk")
  const said: Array<Published> = []
  const { state } = openStateStore(new Database(":memory:"), origin.generation, 1)
  const say = (fact: Published) => {
    said.push(fact)
    evolve(state, recorded(fact, said.length) as unknown as Heard)
    return { sequence: said.length }
  }
  options.before?.forEach(say)
  const own = {
    state,
    begin: () => ({
      record: (_reason: unknown, _part: string, fact: Published) => Effect.sync(() => say(fact)),
      folded: () => Effect.void
    })
  } as unknown as Beside<Published>
  const status = { ...startingStatus(), state: "shipping" as const, upTo: Number.MAX_SAFE_INTEGER }
  const asked = {
    tasks: new Set<"point" | "verify" | "scrub">(),
    some: Latch.makeUnsafe(false),
    alone: Semaphore.makeUnsafe(1),
    clockHeld: makeClockHeld()
  }
  const keeping = keepPlace({
    place,
    dataFolder: options.dataFolder,
    origin,
    recipients: [options.recipient],
    packing: "zst",
    policy: { counts: { hourly: -1 }, within: {} },
    zone: zoneOf("UTC")!,
    log: {
      last: Effect.succeed(0),
      read: () => {
        throw new Error("nothing is read of an empty log")
      }
    },
    raw: memoryLog([]),
    status,
    known: () => keptAt(state, place.name, origin.generation),
    asked,
    verify: options.verify ?? Effect.succeed(nothingWrong),
    scrub: options.scrub ?? Effect.succeed(nothingScrubbed),
    ...sayingOf(own, place.name, origin.generation)
  })
  return {
    place,
    status,
    said,
    keeping,
    ask: (task: "point" | "verify" | "scrub") =>
      Effect.sync(() => {
        asked.tasks.add(task)
        asked.some.openUnsafe()
      })
  }
}
