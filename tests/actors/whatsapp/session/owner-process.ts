/**
 * A process that runs the WhatsApp actor of a data folder, session included, against a loopback server:
 *
 *     owner-process.ts <folder> <server> <nats url> <user> <password>
 *
 * Where LOOPBACK_MEDIA_PORT and LOOPBACK_MEDIA_CERTIFICATE name a media host, pictures are got there and read.
 *
 * It waits for the lease like any replica, and says a JSON line once it holds it.
 */
import { Effect, Layer, Redacted } from "effect"
import { runActors, services } from "../../../../actors/operator/system.ts"
import { request } from "undici"
import type { GetMedia } from "../../../../actors/whatsapp/incoming/pictures/media-host.ts"
import { mediaTrust } from "../../../loopback-whatsapp/media/trust.ts"
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

/** The loopback's media host in place of WhatsApp's. */
const mediaAt = (port: string, certificate: string): GetMedia => {
  const { agent } = mediaTrust({ port: Number(port), certificate })
  return (path) =>
    Effect.tryPromise({
      try: async () => {
        const { body, statusCode } = await request(`https://mmg.whatsapp.net${path}`, { dispatcher: agent })
        return { status: statusCode, bytes: Buffer.from(await body.arrayBuffer()), cut: false }
      },
      catch: (error) => new Error(String(error))
    })
}

const { LOOPBACK_MEDIA_CERTIFICATE: certificate, LOOPBACK_MEDIA_PORT: port } = process.env
const media = port === undefined || certificate === undefined ? undefined : mediaAt(port, certificate)

const address = { url, user, password: Redacted.make(password) }
const program = Effect.gen(function* () {
  yield* runActors({
    dataFolder,
    pacing: defaultPacing,
    only: new Set(["whatsapp"] as const),
    whatsApp: true,
    pictures: media === undefined ? "off" : "qr",
    around: { whatsAppServer: server, ...(media === undefined ? {} : { whatsAppMedia: media }) }
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
