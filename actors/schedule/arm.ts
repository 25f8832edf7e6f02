/** What is to fire next, as open work: one piece for all jobs, due when the first of them is. */
import type { State } from "../../infra/actor/state.ts"
import { keyOf } from "../../infra/actor/collection.ts"
import { alarm, due, dueKey, type Job, jobs, madeInChat, momentIn, plannedWith, zonesSeen } from "./model.ts"
import { isSendingItsOwn } from "./open.ts"
import { isHeld } from "./quarantine/held.ts"

/** The event that changes what is to be done. */
export interface Trigger {
  readonly id: string
  readonly correlation: string | undefined
}

export const fireWork = "fire"
/** The lane in which jobs fire. */
export const fireLane = "clock"

/** Work under way at once: firing, and what follows from it. */
export const priorities = { fire: 0, follow: 1 } as const

/** Whether an occurrence waits for the one before it to end. */
const waitsForEnd = ({ policies: { missed, overlap } }: Job): boolean =>
  overlap === "queue" || (overlap === "skip" && missed === "send-all")

const keyFor = (state: State, job: Job): string | undefined => {
  if (job.status !== "active" || job.next === null || isHeld(state, job.job)) return undefined
  return waitsForEnd(job) && isSendingItsOwn(state, job.job) ? undefined : dueKey(job.next, job.job)
}

/** Keeps a job that is to fire among those of the tz database that it was planned with. */
const fileUnder = (state: State, { filed, job, next, status, zones }: Job): string | undefined => {
  const under = status === "active" && next !== null ? zones : undefined
  if (filed === under) return under
  if (filed !== undefined) state.drop(plannedWith, keyOf(filed, job))
  if (under === undefined) return undefined
  state.put(plannedWith, keyOf(under, job), true)
  if (state.get(zonesSeen, under) === undefined) state.put(zonesSeen, under, true)
  return under
}

/** Keeps a job that was made in a chat among those of the chat, as long as it is to fire. */
const fileInChat = (state: State, { job, next, origin, recipients: [first], status }: Job) => {
  if (origin !== "chat" || first?.to !== "chat") return
  const key = keyOf(first.chat, job)
  if (next !== null && (status === "active" || status === "paused")) state.put(madeInChat, key, true)
  else state.drop(madeInChat, key)
}

/** Keeps a job, and its place among what is due. */
export const putJob = (state: State, job: Job, trigger: Trigger): void => {
  const key = keyFor(state, job)
  if (job.armed !== undefined && job.armed !== key) state.drop(due, job.armed)
  if (key !== undefined && job.armed !== key) state.put(due, key, job.job)
  const under = fileUnder(state, job)
  fileInChat(state, job)
  const { armed: _armed, filed: _filed, ...rest } = job
  state.put(jobs, job.job, {
    ...rest,
    ...(key === undefined ? {} : { armed: key }),
    ...(under === undefined ? {} : { filed: under })
  })
  if (job.armed !== key) sound(state, trigger)
}

/** Opens the work of firing for the first that is due. */
const sound = (state: State, { correlation, id }: Trigger): void => {
  const [first] = state.first(due, "", 1)
  const key = first?.[0]
  if (key === state.get(alarm, "")) return
  if (key === undefined) {
    state.drop(alarm, "")
    return state.close(fireWork)
  }
  state.put(alarm, "", key)
  state.open({
    key: fireWork,
    kind: fireWork,
    priority: priorities.fire,
    lane: fireLane,
    due: momentIn(key),
    cause: id,
    correlation: correlation ?? id
  })
}
