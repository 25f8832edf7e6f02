/**
 * A process that runs the WhatsApp actor of a data folder, session included, against a loopback server:
 *
 *     owner-process.ts <folder> <server> <nats url> <user> <password>
 *
 * It waits for the lease like any replica, and says a JSON line once it holds it.
 */
import { Effect, Layer, Redacted } from "effect"
import { runActors, services } from "../../../../actors/operator/system.ts"
import { trustRootOfEnvironment } from "../../../loopback-whatsapp/trust-root.ts"
import { defaultPacing } from "../../../../actors/whatsapp/pacing/limits.ts"

const [dataFolder, server, url, user, password] = process.argv.slice(2)
if (
  dataFolder === undefined ||
  server === undefined ||
  url === undefined ||
  user === undefined ||
  password === undefined
)
  throw new Error("expected a folder, a server and the address of a NATS server")
trustRootOfEnvironment()

const address = { url, user, password: Redacted.make(password) }
const program = Effect.gen(function* () {
  yield* runActors({
    dataFolder,
    pacing: defaultPacing,
    only: new Set(["whatsapp"] as const),
    whatsApp: true,
    around: { whatsAppServer: server }
  })
  process.stdout.write(`${JSON.stringify({ holds: true })}\n`)
  return yield* Effect.never
}).pipe(
  Effect.provide(
    services({ address, dataFolder, server: "external", serverVersion: "", died: Effect.never }).pipe(
      Layer.orDie
    )
  ),
  Effect.scoped
)

await Effect.runPromise(program)
