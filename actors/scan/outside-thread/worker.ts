/** Entry of the thread that asks the outside, by the client that the product uses: with no exemption. */
import { Context, Effect, Layer } from "effect"
import { GuardedClient, guardedClient } from "../../../infra/guarded-client/client.ts"
import { serveOutside } from "./serve-outside.ts"

serveOutside(Effect.map(Layer.build(guardedClient), (built) => Context.get(built, GuardedClient)))
