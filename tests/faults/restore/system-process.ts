/**
 * Entry of a process that will be killed: the whole system on a data folder, copied to a directory. The other side is
 * slower than what comes in, before it has a message or after, so that claims are open at any moment.
 */
import { writeSync } from "node:fs"
import { Effect, Layer, Logger, Redacted } from "effect"
import { layFoundation, runActors, services } from "../../../actors/operator/system.ts"
import type { GatewayService } from "../../../actors/whatsapp/gateway.ts"
import { startProjector } from "../../../projections/start-projector.ts"
import { copyingTo, type Life, pacing } from "./life.ts"
import { notedOutside } from "./outside.ts"

const slowMillis = 300

const slow = (gateway: GatewayService): GatewayService => ({
  ...gateway,
  transmit: (message) =>
    Number.parseInt(message.whatsApp.slice(-1), 16) % 2 === 0
      ? Effect.andThen(Effect.sleep(slowMillis), gateway.transmit(message))
      : Effect.andThen(gateway.transmit(message), Effect.sleep(slowMillis))
})

const living = Effect.fnUntraced(function* ({ asked, dataFolder, place, recipient }: Life) {
  const foundation = yield* layFoundation({ dataFolder, external: undefined, say: () => Effect.void })
  const around = { gateway: slow, outside: notedOutside(asked) }
  const base = yield* Layer.build(services(foundation, around))
  const { address } = foundation
  const nats = { url: address.url, user: address.user, password: Redacted.value(address.password) }
  yield* startProjector({ nats, dataFolder })
  const copying = copyingTo(place, recipient)
  yield* Effect.provideContext(runActors({ dataFolder, pacing, around, copying }), base)
  writeSync(1, `${JSON.stringify(nats)}\n`)
  return yield* Effect.never
})

await Effect.runPromise(
  living(JSON.parse(process.argv[2] ?? "") as Life).pipe(Effect.scoped, Effect.provide(Logger.layer([])))
)
