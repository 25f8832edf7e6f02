/**
 * Checking a place beside the system that runs: by `wadjet verify` in a process of its own, which gives way to
 * everything else. Restoring a million events would otherwise keep every warning waiting.
 */
import { spawn } from "node:child_process"
import { setPriority } from "node:os"
import { join } from "node:path"
import { Effect, Schema } from "effect"
import type { KeepFailed, Proof } from "../backup/keep/keep-place.ts"
import type { PlaceAddress } from "../backup/places/open-place.ts"
import type { Origin } from "../backup/segment/segment.ts"
import type { HostService } from "./host.ts"

/** How much it gives way, as nice(1) counts. */
const niceness = 15
/** A log of many gigabytes over a slow line is done by then, or will not be tonight. */
const limitHours = 6

const Row = Schema.fromJsonString(
  Schema.Struct({
    generation: Schema.String,
    account: Schema.String,
    soundUpTo: Schema.Int,
    opened: Schema.Boolean,
    points: Schema.Array(
      Schema.Struct({ at: Schema.Int, sequence: Schema.Int, same: Schema.NullOr(Schema.Boolean) })
    ),
    problems: Schema.Array(Schema.String),
    seconds: Schema.Finite
  })
)

const failed = (message: string): KeepFailed => ({ _tag: "VerifyFailed", message })

/** Runs it to its end, and answers with what it printed. */
const runVerify = ({ environment, home }: HostService, place: string, log: string) =>
  Effect.callback<string, KeepFailed>((resume) => {
    const child = spawn(join(home, "wadjet"), ["verify", "--from", place, "--log", log, "--json"], {
      env: { ...environment },
      stdio: ["ignore", "pipe", "pipe"]
    })
    let printed = ""
    let said = ""
    child.stdout.on("data", (part: Buffer) => (printed += part.toString()))
    child.stderr.on("data", (part: Buffer) => (said = (said + part.toString()).slice(-2_000)))
    child.once("error", (cause) =>
      resume(Effect.fail(failed(`expected to run wadjet verify, found: ${cause.message}`)))
    )
    child.once("close", () =>
      resume(
        printed === ""
          ? Effect.fail(failed(`expected a report of wadjet verify, found: ${said.trim()}`))
          : Effect.succeed(printed)
      )
    )
    if (child.pid !== undefined) setPriority(child.pid, niceness)
    return Effect.sync(() => child.kill("SIGTERM"))
  })

/** `verify` of the actor's options: of the log that runs, since nobody keeps what an older one is worth. */
export const verifyBeside =
  (host: HostService) =>
  ({ name }: PlaceAddress, { account, generation }: Origin): Effect.Effect<Proof, KeepFailed> =>
    runVerify(host, name, `${account}/${generation}`).pipe(
      Effect.timeoutOrElse({
        duration: `${limitHours} hours`,
        orElse: () =>
          Effect.fail(failed(`expected wadjet verify to end within ${limitHours} hours, found it running`))
      }),
      Effect.flatMap((printed) =>
        Effect.forEach(
          printed.split("\n").filter((line) => line !== ""),
          (line) => Schema.decodeUnknownEffect(Row)(line)
        )
      ),
      Effect.mapError((error) => failed(error.message)),
      Effect.flatMap((rows) => {
        const row = rows.find((it) => it.generation === generation && it.account === account)
        if (row === undefined)
          return Effect.fail(failed(`expected a report of generation ${generation}, found none`))
        const { opened, points, problems, seconds, soundUpTo } = row
        return Effect.succeed({ upTo: soundUpTo, opened, points, problems, seconds })
      })
    )
