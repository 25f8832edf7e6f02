/** The JetStream log as the contract suite wants it: empty for each test. */
import { headers } from "@nats-io/transport-node"
import { Context, Effect, Layer, Redacted } from "effect"
import { eventStream } from "../../../contracts/streams.ts"
import { jetStreamLog } from "../../../infra/event-log/jetstream-log.ts"
import { sqliteKeyring } from "../../../infra/keyring/sqlite-keyring.ts"
import { Nats } from "../../../infra/nats/connection.ts"
import { startTestNats, type TestNatsOptions } from "../../setup/local-nats.ts"
import type { TestNats } from "../../setup/test-nats.ts"
import { Behind } from "./subject.ts"

export class Server extends Context.Service<Server, TestNats>()("wadjet/tests/Server") {
  static readonly layer = (options: TestNatsOptions) => Layer.effect(Server, startTestNats(options))
}

export const natsLayer = Layer.unwrap(
  Effect.map(Server, ({ pass, url, user }) =>
    Nats.layer({ url, user, password: Redacted.make(pass) }, "tests")
  )
)

const behind = Layer.effect(
  Behind,
  Effect.map(Nats, ({ jetstream, manager }) => ({
    store: (subject, values, data) =>
      Effect.promise(async () => {
        const all = headers()
        for (const [name, value] of Object.entries(values)) all.set(name, value)
        return (await jetstream.publish(subject, data, { headers: all })).seq
      }),
    show: (sequence) =>
      Effect.promise(async () => {
        const found = await manager.direct.getMessage(eventStream.name, { seq: sequence })
        return { header: (name: string) => found!.header.get(name), data: found!.string() }
      }),
    pass: (millis) => Effect.sleep(millis)
  }))
)

/** The log of a server, and a keyring of its own. */
export const jetStreamLogOn = Layer.mergeAll(jetStreamLog, behind).pipe(
  Layer.provideMerge(sqliteKeyring(":memory:")),
  Layer.provideMerge(natsLayer)
)

/**
 * A server for one test. On a shared one the stream would have to be deleted and made again between tests, and
 * nats-server goes on answering for a deleted one for a moment.
 */
const ownServer = Server.layer({ sync: "default" })

export const ownNats = Layer.fresh(natsLayer.pipe(Layer.provide(ownServer)))
export const emptyJetStreamLog = Layer.fresh(jetStreamLogOn.pipe(Layer.provide(ownServer)))
