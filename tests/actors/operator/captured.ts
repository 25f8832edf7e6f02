/** Running a command line in this process, with everything it writes kept. */
import { PassThrough, Readable } from "node:stream"
import { fileURLToPath } from "node:url"
import { Effect } from "effect"
import { runCli } from "../../../actors/operator/cli.ts"
import { Host } from "../../../actors/operator/host.ts"
import { Output, outputTo } from "../../../actors/operator/output.ts"

const home = fileURLToPath(new URL("../../..", import.meta.url))

export interface Captured {
  readonly exit: string
  readonly out: string
  readonly err: string
}

/** Runs `wadjet <args>`; `environment` is all that it sees of settings. */
export const wadjet = async (
  args: ReadonlyArray<string>,
  environment: Readonly<Record<string, string>> = {}
): Promise<Captured> => {
  const stdout = new PassThrough({ highWaterMark: 1 << 26 })
  const stderr = new PassThrough({ highWaterMark: 1 << 26 })
  const host = Host.of({
    environment,
    pid: process.pid,
    home,
    command: "./wadjet",
    stdin: Readable.from([]),
    stdout,
    sinceStart: () => 0,
    stopAsked: Effect.never
  })
  const exit = await Effect.runPromise(
    runCli(args).pipe(
      Effect.provideService(Host, host),
      Effect.provideService(Output, outputTo(stdout, stderr, true))
    )
  )
  const text = (stream: PassThrough) => String(stream.read() ?? "")
  return { exit, out: text(stdout), err: text(stderr) }
}
