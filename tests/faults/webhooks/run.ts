/**
 * Pauses and kills whoever tells a webhook, each in the middle of a request, with the product's own times of leases:
 *
 *     npm run faults -- webhooks [--rounds N, 20 by default] [--seed S, 1 by default]
 *
 * Every fourth round is a pause, which takes as long as a lease lives. Prints every breach of what is promised.
 */
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { parseArgs } from "node:util"
import { Effect } from "effect"
import { leaseTimes } from "../../../infra/leases/nats-leases.ts"
import { ensureNatsServer } from "../../../infra/nats-server/ensure.ts"
import { startNatsServer } from "../../../infra/nats-server/start.ts"
import { randomOf } from "../../simulation/random.ts"
import { type Round, runWebhookWorld } from "./world.ts"

const program = (rounds: number, seed: number) =>
  Effect.gen(function* () {
    const say = (line: string) => Effect.sync(() => console.log(line))
    const { path } = yield* ensureNatsServer({ dataFolder: ".cache/nats-server", say })
    const dataFolder = yield* Effect.acquireRelease(
      Effect.promise(() => mkdtemp(join(tmpdir(), "wadjet-webhooks-"))),
      (folder) => Effect.promise(() => rm(folder, { recursive: true, force: true }))
    )
    const { pass, url, user } = yield* startNatsServer({ binary: path, dataFolder })
    const kinds = Array.from({ length: rounds }, (_, index): Round => (index % 4 === 3 ? "pause" : "kill"))
    return yield* runWebhookWorld({
      nats: { url, user, pass },
      dataFolder,
      lease: leaseTimes,
      // Whoever was paused last shows that it is still there once the other one is killed.
      rounds: [...kinds, "kill"],
      random: randomOf(seed).next
    })
  })

/** Whether all that is promised held. */
export const runWebhookFaults = async (args: ReadonlyArray<string>): Promise<boolean> => {
  const { values } = parseArgs({
    args: [...args],
    options: { rounds: { type: "string", default: "20" }, seed: { type: "string", default: "1" } }
  })
  const rounds = Number(values.rounds)
  const { breaches, requests } = await Effect.runPromise(Effect.scoped(program(rounds, Number(values.seed))))
  const events = new Set(requests.map(({ sequence }) => sequence)).size
  const pauses = Math.floor(rounds / 4)
  console.log(
    `${rounds - pauses + 1} kills and ${pauses} pauses; ${events} events in ${requests.length} requests of ${new Set(requests.map(({ teller }) => teller)).size} processes`
  )
  console.log(breaches.length === 0 ? "what is promised holds" : breaches.join("\n"))
  return breaches.length === 0
}
