/** The jobs that a restore left open, by job. Such a job is not among what is due, and hands nothing over. */
import type { StateReader } from "../../../infra/actor/state.ts"
import { collection } from "../../../infra/actor/collection.ts"

export interface Held {
  /** The first occurrence that had come due by the restore, in milliseconds since the epoch; null where none had. */
  readonly planned: number | null
}

export const held = collection<Held>("held")

export const isHeld = (state: StateReader, job: string): boolean => state.get(held, job) !== undefined
