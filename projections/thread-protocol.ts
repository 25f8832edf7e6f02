/** What the projector's thread is given, and what it says. Plain values, as threads exchange them. */
import type { ProjectorFailure } from "./failure.ts"
import type { Position } from "./projector.ts"

/** The `workerData` of the thread. */
export interface ThreadInput {
  readonly nats: { readonly url: string; readonly user: string; readonly password: string }
  readonly dataFolder: string
}

export type ThreadMessage =
  /** The database is open, at this position; folding begins. */
  | ({ readonly say: "ready" } & Position)
  | ({ readonly say: "committed" } & Position)
  | {
      readonly say: "failed"
      readonly reason: ProjectorFailure
      readonly sequence?: number
      readonly message: string
    }

/** The one thing that the thread is told: to finish its transaction, close and end. */
export const stopMessage = "stop"
