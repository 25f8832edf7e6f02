/**
 * Loses a log with its machine as often as one likes, and restores it:
 *
 *     npm run faults -- restore [--rounds N, 20 by default] [--seed S, 1 by default] [--without GUARD]
 *                               [--place directory|s3|swift] [--within MILLIS, 1000 by default]
 *     npm run faults -- restore --forgotten
 *
 * What was acknowledged longer than so many milliseconds before the loss has to be there; a machine that has other
 * work besides needs more than it should. Prints a line for each round, or for each way in which what was copied of somebody forgotten is restored; answers
 * whether everything held.
 */
import { parseArgs } from "node:util"
import { Effect } from "effect"
import { ensureNatsServer } from "../../../infra/nats-server/ensure.ts"
import { guards } from "./examine.ts"
import { eraseAndRestore, ways } from "./forgotten.ts"
import { placeKinds } from "./place.ts"
import { runRestoreWorld } from "./world.ts"

const say = (line: string) => Effect.sync(() => console.log(line))
const serverProgram = Effect.map(
  ensureNatsServer({ dataFolder: ".cache/nats-server", say }),
  ({ path }) => path
)

/** Every way to restore what was copied before an erasure. */
const runForgotten = async (): Promise<boolean> => {
  const found = await Effect.runPromise(
    Effect.scoped(Effect.flatMap(serverProgram, (binary) => eraseAndRestore(binary, ways)))
  )
  for (const { after, before, name } of found)
    console.log(`${name.padEnd(26)} ${before} findings while nobody was forgotten, ${after.length} after it`)
  const left = found.flatMap(({ after, name }) => after.map((it) => `${name}: ${JSON.stringify(it)}`))
  console.log(left.length === 0 ? "the canary is nowhere" : left.join("\n"))
  return left.length === 0
}

export const runRestoreFaults = async (args: ReadonlyArray<string>): Promise<boolean> => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rounds: { type: "string", default: "20" },
      seed: { type: "string", default: "1" },
      without: { type: "string" },
      place: { type: "string", default: "directory" },
      within: { type: "string", default: "1000" },
      forgotten: { type: "boolean", default: false }
    }
  })
  if (values.forgotten) return await runForgotten()
  const without = guards.find((guard) => guard === values.without)
  const place = placeKinds.find((kind) => kind === values.place)
  if (place === undefined || (values.without !== undefined && without === undefined)) {
    console.log(`expected --place ${placeKinds.join("|")} and --without ${guards.join("|")}`)
    return false
  }
  const program = Effect.gen(function* () {
    return yield* runRestoreWorld({
      rounds: Number(values.rounds),
      seed: Number(values.seed),
      binary: yield* serverProgram,
      place,
      withinMillis: Number(values.within),
      onRound: (line) => console.log(line),
      ...(without === undefined ? {} : { without })
    })
  })
  const { breaches, rounds } = await Effect.runPromise(Effect.scoped(program))
  const sum = (of: (round: (typeof rounds)[number]) => number) => rounds.reduce((all, it) => all + of(it), 0)
  console.log(
    `${rounds.length} losses: ${sum((it) => it.acknowledged)} messages acknowledged, ${sum((it) => it.lost)} of the last second lost, ` +
      `${sum((it) => it.held)} held, of which ${sum((it) => it.hadLeft)} had left; ` +
      `${sum((it) => it.jobs)} jobs wanted, ${sum((it) => it.heldJobs)} held`
  )
  console.log(breaches.length === 0 ? "the laws hold" : breaches.join("\n"))
  return breaches.length === 0
}
