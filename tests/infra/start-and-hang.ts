/** A process that starts a nats-server, says so on its output, and never stops: to be killed by a test. */
import { Effect } from "effect"
import { startNatsServer } from "../../infra/nats-server/start.ts"

const [binary, dataFolder] = process.argv.slice(2)
if (binary === undefined || dataFolder === undefined) throw new Error("expected a program and a data folder")

const program = Effect.gen(function* () {
  const { died: _, ...server } = yield* startNatsServer({ binary, dataFolder })
  process.stdout.write(`${JSON.stringify(server)}\n`)
  return yield* Effect.never
})
await Effect.runPromise(Effect.scoped(program))
