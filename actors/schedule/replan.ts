/** At start: jobs that were planned with another tz database are planned with the one of now, piece by piece. */
import { Effect } from "effect"
import type { Beside } from "../../infra/actor/process-manager.ts"
import type { StateReader } from "../../infra/actor/state.ts"
import { fireLane } from "./arm.ts"
import { type Firing, replanning } from "./fire.ts"
import { jobs, plannedWith, zonesSeen } from "./model.ts"
import { ZoneData, type Zones } from "./zone-data.ts"

/** Jobs of one commit. */
const jobsPerCommit = 200

/** The first jobs that were planned with other zones. */
const staleJobs = (state: StateReader, zones: Zones) =>
  state
    .walk(zonesSeen, "")
    .filter(([version]) => version !== zones.version)
    .flatMap(([version]) => state.first(plannedWith, `${version}/`, jobsPerCommit))
    .slice(0, jobsPerCommit)
    .flatMap(([key]) => state.get(jobs, key.slice(key.indexOf("/") + 1)) ?? [])

const replanSome = Effect.fnUntraced(function* ({ begin, state }: Beside<Firing>, zones: Zones) {
  const self = begin()
  const [first, ...more] = staleJobs(state, zones).flatMap((job) =>
    job.next === null ? [] : replanning(state, { ...job, next: job.next }, zones)
  )
  if (first === undefined) return false
  const reason = { cause: `zones/${zones.version}`, correlation: `zones/${zones.version}` }
  const { sequence } = yield* self.appendEach(reason, [first, ...more])
  yield* self.folded(sequence)
  return true
})

/** Each piece is planned while nothing fires, and begun again where somebody changed one of its jobs. */
export const replanAll = Effect.fnUntraced(function* (own: Beside<Firing>) {
  const zones = yield* ZoneData
  const some = own
    .within(
      fireLane,
      Effect.suspend(() => replanSome(own, zones))
    )
    .pipe(Effect.retry({ while: (error) => error._tag === "Conflict" }))
  while (yield* some);
  return yield* Effect.never
})
