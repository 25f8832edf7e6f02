/** What the projector's thread is given, and what it says. Plain values, as threads exchange them. */
import type { ProjectorFailure } from "./failure.ts"
import type { Position } from "./projector.ts"

/**
 * What is done with the file at first.
 * - `go-on`: fold it from where it stands. One that other folds or other read models made is left as it is: the thread
 *   says so, and ends. One that is worth nothing is begun anew.
 * - `go-on-here`: the same, but whatever does not fit is begun anew.
 * - `anew`: fold the log from its first event into it, whatever it held.
 * - `go-back`: fold it from where it stands; one that does not fit is a failure.
 */
export type Begin = "go-on" | "go-on-here" | "anew" | "go-back"

/** The `workerData` of the thread. */
export interface ThreadInput {
  readonly nats: { readonly url: string; readonly user: string; readonly password: string }
  readonly dataFolder: string
  readonly file: string
  readonly begin: Begin
  /** Whether an event of the past that cannot be folded ends it, rather than being parked. */
  readonly strict: boolean
}

export type ThreadMessage =
  /** The database is open, at this position; folding begins. */
  | ({ readonly say: "ready" } & Position)
  | ({ readonly say: "committed" } & Position)
  /** The past is folded into a file that cannot be asked yet, and this is how far. */
  | ({ readonly say: "building" } & Position)
  /** Folded by other versions of the same tables. What it holds is true up to this position, and it can be asked. */
  | ({ readonly say: "outdated" } & Position)
  /** Other read models made it. It cannot be asked. */
  | { readonly say: "foreign" }
  | {
      readonly say: "failed"
      readonly reason: ProjectorFailure
      readonly sequence?: number
      readonly message: string
    }

/** The one thing that the thread is told: to finish its transaction, close and end. */
export const stopMessage = "stop"
