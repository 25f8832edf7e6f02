/** The process that will be killed, as its parent sees it: its server, what it was told, and what it left behind. */
import { spawn } from "node:child_process"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"
import { Deferred, Effect, Redacted, Schema } from "effect"
import type { NatsAddress } from "../../../infra/nats/connection.ts"
import { embeddedServers } from "../embedded-server.ts"
import type { Life } from "./life.ts"

class Ended extends Schema.TaggedError<Ended>()("Ended", { message: Schema.String }) {}

const Told = Schema.fromJsonString(
  Schema.Struct({ url: Schema.String, user: Schema.String, password: Schema.String })
)
const decode = Schema.decodeUnknownSync(Told)

/** Starts it, and answers once its actors take inputs. It is killed, and its server too, when the scope closes. */
export const startDoomed = Effect.fn("startDoomed")(function* (life: Life) {
  const ready = yield* Deferred.make<NatsAddress, Ended>()
  const gone = yield* Deferred.make<void>()
  let words = ""
  const child = spawn(
    process.execPath,
    [fileURLToPath(new URL("system-process.ts", import.meta.url)), JSON.stringify(life)],
    { stdio: ["ignore", "pipe", "pipe"] }
  )
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    words = (words + text).slice(-4_000)
  })
  createInterface({ input: child.stdout }).on("line", (line) => {
    const { password, ...address } = decode(line)
    Deferred.doneUnsafe(ready, Effect.succeed({ ...address, password: Redacted.make(password) }))
  })
  child.once("close", () => {
    Deferred.doneUnsafe(gone, Effect.void)
    Deferred.doneUnsafe(ready, Effect.fail(new Ended({ message: `it ended by itself: ${words}` })))
  })
  const kill = Effect.gen(function* () {
    const servers = embeddedServers(life.dataFolder)
    child.kill("SIGKILL")
    for (const pid of servers) yield* Effect.ignore(Effect.try(() => process.kill(pid, "SIGKILL")))
    yield* Deferred.await(gone)
  })
  yield* Effect.addFinalizer(() => kill)
  return { address: yield* Deferred.await(ready), kill }
})
