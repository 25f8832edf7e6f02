/** The whole system on a folder with its own nats-server, as one process composes it, and what it leaves there. */
import { Effect, Layer, Logger, Redacted } from "effect"
import { inject } from "vitest"
import type { Copying } from "../../actors/operator/run-backup.ts"
import { type Around, runActors, services } from "../../actors/operator/system.ts"
import { IngestMessages, type IncomingMessage } from "../../contracts/commands.ts"
import { eventStream } from "../../contracts/streams.ts"
import { CommandBus } from "../../infra/command-bus/command-bus.ts"
import { Nats } from "../../infra/nats/connection.ts"
import { startNatsServer } from "../../infra/nats-server/start.ts"
import { startProjector } from "../../projections/start-projector.ts"
import { unpaced } from "./owners.ts"

const program = () => {
  const provided = inject("natsServer")
  if ("missing" in provided) throw new Error(provided.missing)
  return provided.path
}

/** A server on a folder, and the services over it, until the scope closes. */
export const serve = Effect.fnUntraced(function* (dataFolder: string, around: Around = {}) {
  const { pass, url, user } = yield* startNatsServer({ binary: program(), dataFolder })
  const address = { url, user, password: Redacted.make(pass) }
  const base = yield* Layer.build(
    services({ address, dataFolder, server: "external", serverVersion: "", died: Effect.never }, around)
  )
  return { address, base }
})

/** The whole system, until the scope closes. What it logs is kept. */
export const startSystem = Effect.fnUntraced(function* (
  dataFolder: string,
  said: Array<Buffer> = [],
  around: Around = {},
  copying?: Copying
) {
  const { address, base } = yield* serve(dataFolder, around)
  const logger = Logger.make<unknown, void>(
    (line) => void said.push(Buffer.from(JSON.stringify([line.message, line.cause])))
  )
  const projector = yield* startProjector({ nats: address, dataFolder })
  yield* runActors({ dataFolder, pacing: unpaced, around, copying }).pipe(
    Effect.provideContext(base),
    Effect.provide(Logger.layer([logger]))
  )
  return { base, address, projector }
})

/** Everything that the log stores, as the server gives it out: its blocks on the disk are compressed. */
export const storedMessages = Effect.fnUntraced(function* (last: number) {
  const { manager } = yield* Nats
  return yield* Effect.forEach(
    Array.from({ length: last }, (_, index) => index + 1),
    (seq) =>
      Effect.promise(async () => {
        const message = await manager.direct.getMessage(eventStream.name, { seq })
        const headers = [...message!.header].map(([name, values]) => `${name}: ${values.join(", ")}`)
        return Buffer.from(`${message!.subject}\n${headers.join("\n")}\n${message!.string()}`)
      })
  )
})

/** Posts one message. */
export const post = Effect.fnUntraced(function* (
  chatName: string,
  author: string,
  message: Pick<IncomingMessage, "id" | "text" | "change"> & { readonly sentAt?: number },
  gateway: "sandbox" | "export" = "sandbox"
) {
  const bus = yield* CommandBus
  const messages = [{ author, sentAt: 1_767_225_600_000, ...message }]
  return yield* bus.request(IngestMessages, { gateway, chatName, messages })
})
