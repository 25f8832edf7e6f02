/** A process that tells webhooks as the product does, to be paused and killed. */
import { join } from "node:path"
import { Effect, Layer, Redacted, Schema } from "effect"
import { accountsFile, openAccounts } from "../../../actors/admin/accounts.ts"
import { retryLimits } from "../../../actors/admin/webhooks/retry.ts"
import { startWebhooks } from "../../../actors/admin/webhooks/start-webhooks.ts"
import { jetStreamLog } from "../../../infra/event-log/jetstream-log.ts"
import { type Asked, makeGuardedClient } from "../../../infra/guarded-client/client.ts"
import { dnsResolver } from "../../../infra/guarded-client/resolve-name.ts"
import { sqliteKeyring } from "../../../infra/keyring/sqlite-keyring.ts"
import { natsLeasesOf } from "../../../infra/leases/nats-leases.ts"
import { Nats } from "../../../infra/nats/connection.ts"
import { Life } from "./life.ts"

const { dataFolder, dns, lease, name, nats, receiver } = Schema.decodeUnknownSync(
  Schema.fromJsonString(Life)
)(process.argv[2])

const address = { url: nats.url, user: nats.user, password: Redacted.make(nats.pass) }
const services = Layer.mergeAll(jetStreamLog, natsLeasesOf(lease)).pipe(
  Layer.provideMerge(sqliteKeyring(join(dataFolder, "keyring.db"))),
  Layer.provideMerge(Nats.layer(address, "wadjet"))
)

const program = Effect.gen(function* () {
  const client = yield* makeGuardedClient({
    resolve: dnsResolver([dns]),
    exempt: (found, at) => found === receiver.address && at === receiver.port,
    ca: receiver.certificate
  })
  const ask = (asked: Asked) => client.ask({ ...asked, headers: { ...asked.headers, "x-teller": name } })
  const accounts = yield* openAccounts(join(dataFolder, accountsFile))
  // An answer that is held is waited for, however long this process was stopped.
  const retrying = { ...retryLimits, answerMillis: 600_000, firstMillis: 10, longestMillis: 40 }
  yield* startWebhooks(accounts, { dataFolder, outbound: { ...client, ask }, retrying })
  process.stdout.write("ready\n")
  return yield* Effect.never
}).pipe(Effect.provide(services), Effect.scoped)

await Effect.runPromise(program)
