/** What is open of a job: a job is complete only when nothing is. */
import type { StateReader } from "../../infra/actor/state.ts"
import { retries, running } from "./model.ts"

export const isRunning = (state: StateReader, job: string): boolean =>
  state.first(running, `${job}/`, 1).length > 0

/** Whether an occurrence of its own times is being sent: what fires beside them displaces none of them. */
export const isSendingItsOwn = (state: StateReader, job: string): boolean =>
  state.walk(running, `${job}/`).some(([, { beside }]) => beside !== true)

/** Whether anything that was refused waits to be tried again. */
export const hasRetries = (state: StateReader, job: string): boolean =>
  state.first(retries, `${job}/`, 1).length > 0

export const isOpen = (state: StateReader, job: string): boolean =>
  isRunning(state, job) || hasRetries(state, job)
