import { spawn } from "node:child_process"
import { Effect, Schema } from "effect"

/** A program of the system that could not be run, ended badly or took too long. */
export class CommandFailed extends Schema.TaggedError<CommandFailed>()("CommandFailed", {
  command: Schema.String,
  problem: Schema.String,
  output: Schema.String
}) {
  override get message(): string {
    return `${this.command}: ${this.problem}${this.output === "" ? "" : `: ${this.output}`}`
  }
}

/** What is kept of a program's output, in characters: enough for its reason, whatever it prints. */
const outputCharactersMax = 16_000

/**
 * Runs a program to its end with no input and a bound on its time, and answers what it printed.
 *
 * @example runCommand("dpkg", ["-x", archive, folder], { limitSeconds: 30 })
 */
export const runCommand = Effect.fn("runCommand")(function* (
  file: string,
  args: ReadonlyArray<string>,
  { limitSeconds }: { readonly limitSeconds: number }
) {
  const failed = (problem: string, output = "") =>
    new CommandFailed({ command: [file, ...args].join(" "), problem, output: output.trim() })
  return yield* Effect.callback<string, CommandFailed>((resume) => {
    const child = spawn(file, [...args], { stdio: ["ignore", "pipe", "pipe"] })
    let output = ""
    const keep = (chunk: string) => {
      output = (output + chunk).slice(-outputCharactersMax)
    }
    child.stdout.setEncoding("utf8").on("data", keep)
    child.stderr.setEncoding("utf8").on("data", keep)
    child.once("error", (error) => resume(Effect.fail(failed(error.message))))
    child.once("close", (code, signal) => {
      if (code === 0) return resume(Effect.succeed(output))
      const ending = signal === null ? `ended with code ${code}` : `was ended by ${signal}`
      resume(Effect.fail(failed(ending, output)))
    })
    return Effect.sync(() => child.kill("SIGKILL"))
  }).pipe(
    Effect.timeoutOrElse({
      duration: `${limitSeconds} seconds`,
      orElse: () => Effect.fail(failed(`took longer than ${limitSeconds} s and was stopped`))
    })
  )
})
