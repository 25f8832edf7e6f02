/** What the process is told from outside. Only `main.ts` looks there; everything else asks for this. */
import type { Readable, Writable } from "node:stream"
import { Context, Effect } from "effect"
import { readConfig, type Environment } from "../../infra/config/settings.ts"

export interface HostService {
  readonly environment: Environment
  readonly pid: number
  /** The folder of the program: a checkout, or where it was installed. */
  readonly home: string
  /** How a person calls the program from where they are: `./wadjet` in a checkout. */
  readonly command: string
  readonly stdin: Readable
  readonly stdout: Writable
  /** Milliseconds since the process was started. */
  readonly sinceStart: () => number
  /**
   * Answers with the signal by which somebody asks the process to stop. Whoever waits for it stops by itself;
   * all others are interrupted.
   */
  readonly stopAsked: Effect.Effect<string>
}

export class Host extends Context.Service<Host, HostService>()("wadjet/operator/Host") {
  /** All settings, checked. */
  static readonly config = Effect.flatMap(Host, ({ environment }) => readConfig(environment))
}
