/** The JetStream log as the contract suite wants it: empty for each test, on a server that they share. */
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

/** Deletes the stream, which its own settings allow: they guard the messages in it. */
const emptied = Layer.effectDiscard(
  Effect.flatMap(Nats, ({ manager }) =>
    Effect.promise(() => manager.streams.delete(eventStream.name).catch(() => false))
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

/** An empty log and a keyring of its own. */
export const emptyJetStreamLog = Layer.mergeAll(jetStreamLog, behind).pipe(
  Layer.provideMerge(sqliteKeyring(":memory:")),
  Layer.provide(emptied),
  Layer.provideMerge(natsLayer)
)
