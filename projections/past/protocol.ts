/** What a thread that folds the past is given, and what it says. Plain values, as threads exchange them. */
import type { Digest } from "../digest.ts"
import type { ProjectorFailure } from "../failure.ts"
import type { Position } from "../projector.ts"
import type { Difference } from "./difference.ts"

/** The `workerData` of the thread. */
export interface PastInput {
  readonly nats: { readonly url: string; readonly user: string; readonly password: string }
  readonly dataFolder: string
  /** How much it gives way to other threads, as nice(1) counts. */
  readonly niceness: number
}

export type PastTask =
  /** Fold the log up to an event into a file, beginning with a copy of the nearest of `kept` that stands for no more. */
  | {
      readonly task: "fold"
      readonly file: string
      readonly until: number
      readonly kept: ReadonlyArray<string>
    }
  /** Fold the log anew into a file, compare it with the one that answers at the same event, and delete it. */
  | { readonly task: "check"; readonly file: string }

/** The read models stand for `until`. `began` is the event that the copied file stood for, 0 for none. */
export interface FoldedPast {
  readonly done: "fold"
  readonly until: number
  /** Of that event, milliseconds since the epoch. */
  readonly time: number
  readonly began: number
  readonly bytes: number
}

/** How the read models that answer stand to the log, at an event. */
export interface CheckedModels {
  readonly done: "check"
  readonly sequence: number
  readonly seconds: number
  /** Of the read models that answer. */
  readonly digest: Digest
  /** The first difference of each table that has one; none where all are what the log makes of them. */
  readonly differences: ReadonlyArray<Difference>
}

export type PastResult = FoldedPast | CheckedModels

export type PastMessage =
  | ({ readonly say: "folding" } & Position)
  | { readonly say: "done"; readonly result: PastResult }
  | {
      readonly say: "failed"
      readonly reason: ProjectorFailure
      readonly sequence?: number
      readonly message: string
    }
