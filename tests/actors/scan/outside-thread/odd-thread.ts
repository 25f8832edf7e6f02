/** Entry of a thread that asks a loopback internet, and breaks or logs over sites of certain names. */
import { workerData } from "node:worker_threads"
import { Effect } from "effect"
import { serveOutside } from "../../../../actors/scan/outside-thread/serve-outside.ts"
import type { Asked, GuardedClientService } from "../../../../infra/guarded-client/client.ts"
import { type InternetPlace, openInternetClient } from "../../../loopback-internet/internet.ts"

const { internet } = workerData as { readonly internet: InternetPlace }

/** It breaks once: that it did is written where its successors see it. */
const isToBreak = (host: string): boolean =>
  host === "breaks.com" && Atomics.exchange(internet.trouble, 1, 1) === 0

const misbehave = ({ url }: Asked): Effect.Effect<void> =>
  Effect.suspend(() => {
    const { hostname } = new URL(url)
    if (isToBreak(hostname)) process.exit(7)
    return hostname === "logs.com"
      ? Effect.logWarning("something is odd", { host: hostname, times: 2 })
      : Effect.void
  })

serveOutside(
  Effect.map(openInternetClient(internet), (client): GuardedClientService => ({
    ...client,
    ask: (asked) => Effect.andThen(misbehave(asked), client.ask(asked))
  }))
)
