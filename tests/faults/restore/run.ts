/**
 * Loses a log with its machine as often as one likes, and restores it:
 *
 *     npm run faults -- restore [--rounds N, 20 by default] [--seed S, 1 by default] [--without GUARD]
 *
 * Prints a line for each round; answers whether everything held.
 */
import { parseArgs } from "node:util"
import { Effect } from "effect"
import { ensureNatsServer } from "../../../infra/nats-server/ensure.ts"
import { guards, runRestoreWorld } from "./world.ts"

export const runRestoreFaults = async (args: ReadonlyArray<string>): Promise<boolean> => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rounds: { type: "string", default: "20" },
      seed: { type: "string", default: "1" },
      without: { type: "string" }
    }
  })
  const say = (line: string) => Effect.sync(() => console.log(line))
  const without = guards.find((guard) => guard === values.without)
  const program = Effect.gen(function* () {
    const { path } = yield* ensureNatsServer({ dataFolder: ".cache/nats-server", say })
    return yield* runRestoreWorld({
      rounds: Number(values.rounds),
      seed: Number(values.seed),
      binary: path,
      withinMillis: 1_000,
      onRound: (line) => console.log(line),
      ...(without === undefined ? {} : { without })
    })
  })
  const { breaches, rounds } = await Effect.runPromise(program)
  const sum = (of: (round: (typeof rounds)[number]) => number) => rounds.reduce((all, it) => all + of(it), 0)
  console.log(
    `${rounds.length} losses: ${sum((it) => it.acknowledged)} messages acknowledged, ${sum((it) => it.lost)} of the last second lost, ` +
      `${sum((it) => it.held)} held, of which ${sum((it) => it.hadLeft)} had left`
  )
  console.log(breaches.length === 0 ? "the laws hold" : breaches.join("\n"))
  return breaches.length === 0
}
