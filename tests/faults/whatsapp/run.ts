/**
 * Everything that a linked number lives through, as often as one likes:
 *
 *     npm run faults -- whatsapp [--messages N, 10000 by default] [--kills K, 4 by default]
 *       [--each L, 150 by default] [--seed S, 1 by default]
 *
 * Each point is hit K times; L messages are said in one life. Prints the counts, and every breach of a law; the exit code says whether there was one.
 */
import { parseArgs } from "node:util"
import { Effect } from "effect"
import { ensureNatsServer } from "../../../infra/nats-server/ensure.ts"
import { bundleProgram } from "./bundle.ts"
import { everyIncoming, everyOutgoing } from "./points.ts"
import { runScenario } from "./scenario.ts"
import { startWorld } from "./world.ts"

export const runWhatsAppFaults = async (args: ReadonlyArray<string>): Promise<boolean> => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      messages: { type: "string", default: "10000" },
      kills: { type: "string", default: "4" },
      each: { type: "string", default: "150" },
      seed: { type: "string", default: "1" }
    }
  })
  const kills = Number(values.kills)
  const seed = Number(values.seed)
  const say = (line: string) => Effect.sync(() => console.log(line))
  const { path } = await Effect.runPromise(ensureNatsServer({ dataFolder: ".cache/nats-server", say }))
  const program = await bundleProgram()
  const world = await startWorld({ program: program.path, binary: path, seed })
  try {
    const { breaches, ...report } = await runScenario({
      world,
      deaths: { ...everyIncoming(kills), ...everyOutgoing(kills) },
      shots: kills,
      rounds: 1,
      saidPerLife: Number(values.each),
      tell: console.log,
      saidMin: Number(values.messages),
      seed
    })
    for (const [point, times] of Object.entries(report.kills))
      console.log(`${point.padEnd(28)} ${String(times).padStart(6)} kills`)
    console.log(JSON.stringify(report))
    console.log(breaches.length === 0 ? "the laws hold" : breaches.join("\n"))
    return breaches.length === 0
  } finally {
    await world.close()
    program.remove()
  }
}
