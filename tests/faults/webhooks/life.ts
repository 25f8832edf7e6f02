/** What a process that tells webhooks is told of itself. */
import { Schema } from "effect"

export const Life = Schema.Struct({
  /** Sent with each request as `x-teller`. */
  name: Schema.String,
  nats: Schema.Struct({ url: Schema.String, user: Schema.String, pass: Schema.String }),
  dataFolder: Schema.String,
  receiver: Schema.Struct({ address: Schema.String, port: Schema.Int, certificate: Schema.String }),
  dns: Schema.String,
  lease: Schema.Struct({
    leaseMillis: Schema.Int,
    renewEveryMillis: Schema.Int,
    waitMillis: Schema.Int,
    marginMillis: Schema.Int
  })
})
export type Life = typeof Life.Type
