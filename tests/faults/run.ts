/**
 * Kills the system at its named points as often as one likes:
 *
 *     npm run faults -- [--rounds N, 20 by default] [--seed S, 1 by default] [--server outlives|dies]
 *
 *     npm run faults -- whatsapp [see whatsapp/run.ts]
 *
 *     npm run faults -- schedule [see schedule/run.ts]
 *
 *     npm run faults -- backup [see backup/run.ts]
 *
 *     npm run faults -- restore [see restore/run.ts]
 *
 *     npm run faults -- archive [see archive/run.ts]
 *
 *     npm run faults -- webhooks [see webhooks/run.ts]
 *
 * A round hits each point once. Prints the counts, and every breach of a law; the exit code says whether there
 * was one.
 */
import { parseArgs } from "node:util"
import { Effect } from "effect"
import { ensureNatsServer } from "../../infra/nats-server/ensure.ts"
import { bundleProgram } from "./bundle.ts"
import { pointNames } from "./points.ts"
import { runRestoreFaults } from "./restore/run.ts"
import { runArchiveFaults } from "./archive/run.ts"
import { runBackupFaults } from "./backup/run.ts"
import { runScheduleFaults } from "./schedule/run.ts"
import { runWebhookFaults } from "./webhooks/run.ts"
import { runWhatsAppFaults } from "./whatsapp/run.ts"
import { runWorld } from "./world.ts"

const [first, ...others] = process.argv.slice(2)
if (first === "restore") process.exit((await runRestoreFaults(others)) ? 0 : 1)
if (first === "archive") process.exit((await runArchiveFaults(others)) ? 0 : 1)
if (first === "backup") process.exit((await runBackupFaults(others)) ? 0 : 1)
if (first === "schedule") process.exit((await runScheduleFaults(others)) ? 0 : 1)
if (first === "webhooks") process.exit((await runWebhookFaults(others)) ? 0 : 1)
if (first === "whatsapp") process.exit((await runWhatsAppFaults(others)) ? 0 : 1)

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "20" },
    seed: { type: "string", default: "1" },
    server: { type: "string", default: "outlives" }
  }
})
const rounds = Number(values.rounds)

const program = Effect.gen(function* () {
  const say = (line: string) => Effect.sync(() => console.log(line))
  const { path } = yield* ensureNatsServer({ dataFolder: ".cache/nats-server", say })
  return yield* runWorld({
    program: yield* bundleProgram,
    binary: path,
    server: values.server === "dies" ? "dies" : "outlives",
    hits: Object.fromEntries(pointNames.map((point) => [point, rounds])),
    late: true,
    seed: Number(values.seed)
  })
})

const { breaches, hits, ...rest } = await Effect.runPromise(Effect.scoped(program))
for (const point of pointNames)
  console.log(`${point.padEnd(16)} ${String(hits[point] ?? 0).padStart(6)} kills`)
console.log(JSON.stringify(rest))
console.log(breaches.length === 0 ? "the laws hold" : breaches.join("\n"))
process.exit(breaches.length === 0 ? 0 : 1)
