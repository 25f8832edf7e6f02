/** The command `wadjet`. The one file that looks at the process: arguments, environment, streams, signals. */
import { dirname } from "node:path"
import { fileURLToPath } from "node:url"
import { Cause, Deferred, Effect, Fiber } from "effect"
import { exitCodes } from "./exit-codes.ts"
import { Host } from "./host.ts"
import { flushed, Output, outputTo } from "./output.ts"
import { lastWords } from "./last-words.ts"
import { runWords } from "./run-words.ts"
import { stopSecondsMax } from "./stop-limit.ts"

// The package's own file lies in the program's folder, beside a bundle as well as beside the sources.
const home = dirname(dirname(fileURLToPath(import.meta.url))).replace(/\/actors$/u, "")

const asked = Deferred.makeUnsafe<string>()
/** Whether the command ends by itself when it is asked to, rather than being interrupted. */
let endsByItself = false
let quietEnd = false
let ends = 0
let hasBroken = false

const host = Host.of({
  environment: process.env,
  pid: process.pid,
  home,
  command: process.cwd() === home ? "./wadjet" : "wadjet",
  stdin: process.stdin,
  stdout: process.stdout,
  sinceStart: () => performance.now(),
  stopAsked: Effect.suspend(() => {
    endsByItself = true
    return Deferred.await(asked)
  })
})
const output = outputTo(process.stdout, process.stderr, (process.env["NO_COLOR"] ?? "") !== "")

const main = runWords(process.argv.slice(2)).pipe(
  Effect.provideService(Host, host),
  Effect.provideService(Output, output)
)
const fiber = Effect.runFork(main)

/** Whoever is already ending is not disturbed: under npm a Ctrl-C arrives twice. */
const end = (why: string) => {
  ends += 1
  if (ends > 1) return
  setTimeout(() => {
    process.stderr.write(
      `wadjet: it did not end within ${stopSecondsMax} s and is ended now; nothing acknowledged is lost\n`
    )
    process.exit(exitCodes.failed.code)
  }, stopSecondsMax * 1_000).unref()
  if (endsByItself) Deferred.doneUnsafe(asked, Effect.succeed(why))
  else fiber.interruptUnsafe()
}
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => end(signal))

/** Nothing of ours throws like this. What was acknowledged is on the disk, and the rest is ended in order. */
process.on("uncaughtException", (error, origin) => {
  hasBroken = true
  lastWords("something broke that nobody expected, and everything is ended", { origin }, error)
  end(origin)
})

/** Whoever read our output has read enough (`wadjet events tail | head`): no reason to complain, or to stop a server. */
const onBrokenPipe = (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error
  if (endsByItself) return
  quietEnd = true
  fiber.interruptUnsafe()
}
process.stdout.on("error", onBrokenPipe)
process.stderr.on("error", onBrokenPipe)

const exit = await Effect.runPromise(Fiber.await(fiber))
if (exit._tag === "Failure" && !Cause.hasInterruptsOnly(exit.cause))
  lastWords("the command broke", {}, Cause.squash(exit.cause))
const finished = exit._tag === "Success" ? exit.value : "interrupted"
const ended = hasBroken ? "failed" : finished
// Writing to a pipe goes on behind our back, and ending the process would cut it off.
await Effect.runPromise(Effect.all([flushed(process.stdout), flushed(process.stderr)]))
// Something that was left open must not keep a command from ending.
process.exit(quietEnd ? exitCodes.ok.code : exitCodes[ended].code)
