/** Entry of a process that archives a log, and is killed where it is told to. */
import { PassThrough, Readable } from "node:stream"
import { Effect, Option } from "effect"
import { archiveWadjet } from "../../../actors/operator/archive/archive.ts"
import { explain } from "../../../actors/operator/failure.ts"
import { Host } from "../../../actors/operator/host.ts"
import { Output, outputTo } from "../../../actors/operator/output.ts"
import type { ArchiveLife } from "./world.ts"

const life = JSON.parse(process.argv[2] ?? "") as ArchiveLife

let passed = 0
/** Nothing is finished, flushed or tidied behind this. */
const pass = () => {
  passed += 1
  if (passed === life.dieAt) process.kill(process.pid, "SIGKILL")
}

const host = Host.of({
  environment: life.environment,
  pid: process.pid,
  home: "",
  command: "./wadjet",
  stdin: Readable.from([]),
  stdout: new PassThrough(),
  sinceStart: () => 0,
  stopAsked: Effect.never
})

const archiving = archiveWadjet(
  { before: Option.none(), keep: Option.some(life.keep), dryRun: false, json: true },
  { onStep: () => Effect.sync(pass), onMove: pass }
).pipe(
  Effect.provideService(Host, host),
  Effect.provideService(Output, outputTo(process.stdout, process.stderr, true))
)

const exit = await Effect.runPromise(Effect.result(archiving))
if (exit._tag === "Failure") {
  console.error(JSON.stringify(explain(exit.failure)))
  process.exit(1)
}
