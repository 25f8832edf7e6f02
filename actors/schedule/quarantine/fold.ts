/**
 * What a restore leaves open of jobs, folded. An occurrence that had come due by then may have fired in the moments
 * that were lost, and one that had fired may have been handed over further, or tried again: all of it waits for a
 * decision.
 */
import type { RecordedOf } from "../../../contracts/catalogue.ts"
import type { JobId } from "../../../contracts/ids.ts"
import type { State } from "../../../infra/actor/state.ts"
import { putJob, type Trigger } from "../arm.ts"
import { dealing } from "../dealt-with.ts"
import { endRunning, handOverAgain, stopHandingOver } from "../fold-occurrences.ts"
import { due, jobs, momentIn, running } from "../model.ts"
import { dropRetries, retryAgain, stopRetries } from "../retry.ts"
import { held } from "./held.ts"

const hold = (state: State, id: JobId, planned: number | null, trigger: Trigger) => {
  const job = state.get(jobs, id)
  if (job === undefined) return
  state.put(held, id, { planned: state.get(held, id)?.planned ?? planned })
  putJob(state, job, trigger)
}

/** The first of what is due that had come due by a moment. Whatever is held is due no more. */
const firstDueBy = (state: State, at: number) => {
  const [first] = state.first(due, "", 1)
  return first === undefined || momentIn(first[0]) > at
    ? undefined
    : { planned: momentIn(first[0]), job: first[1] }
}

export const foldRestored = (state: State, event: RecordedOf<"backup.restored">): void => {
  const { at } = event.data
  for (let it = firstDueBy(state, at); it !== undefined; it = firstDueBy(state, at))
    hold(state, it.job, it.planned, event)
  for (const job of stopRetries(state)) hold(state, job, null, event)
  for (const [key, { job, queued, total }] of state.walk(running, "")) {
    const next = state.get(jobs, job)?.next ?? null
    if (queued < total) stopHandingOver(state, key)
    // What waits for it to end may have fired, too.
    if (queued < total || (next !== null && next <= at))
      hold(state, job, next !== null && next <= at ? next : null, event)
  }
}

export const foldDecided = (state: State, event: RecordedOf<"schedule.quarantine-decided">): void => {
  const { decision, job: id, next, zones } = event.data
  const job = state.get(jobs, id)
  if (job === undefined || state.get(held, id) === undefined) return
  state.drop(held, id)
  for (const [key, it] of state.walk(running, `${id}/`)) {
    if (it.queued >= it.total) continue
    if (decision === "release") handOverAgain(state, key, it, event)
    else endRunning(state, key, it, event)
  }
  if (decision === "release") retryAgain(state, id, event)
  else dropRetries(state, id)
  const dropped = { ...job, next, zones, ...dealing(event.data, event.time) }
  putJob(state, decision === "release" ? job : dropped, event)
}
