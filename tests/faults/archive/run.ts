/**
 * Archives a log in processes that are killed at every step and between all moves, twice each time, and then lets it
 * succeed:
 *
 *     npm run faults -- archive [--rounds N, 3 by default] [--messages M, 200 by default] [--seed S, 1 by default]
 *
 * After every kill the log is the old one or the new one, event by event, with what is folded from it and where its
 * groups of workers are; only between two moves it is neither, and then nothing runs on it.
 */
import { fileURLToPath } from "node:url"
import { parseArgs } from "node:util"
import { Effect } from "effect"
import { ensureNatsServer } from "../../../infra/nats-server/ensure.ts"
import { runArchiveWorld, silently } from "./world.ts"

const cacheFolder = fileURLToPath(new URL("../../../.cache/nats-server", import.meta.url))

/** Mulberry32: a small generator whose numbers follow from its seed. */
const generator = (seed: number) => {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** Answers whether the log was whole after all of it. */
export const runArchiveFaults = async (words: ReadonlyArray<string>): Promise<boolean> => {
  const { values } = parseArgs({
    args: [...words],
    options: {
      rounds: { type: "string", default: "3" },
      messages: { type: "string", default: "200" },
      seed: { type: "string", default: "1" }
    }
  })
  const say = (line: string) => Effect.sync(() => console.log(line))
  const program = Effect.gen(function* () {
    const { path } = yield* ensureNatsServer({ dataFolder: cacheFolder, say })
    return yield* runArchiveWorld({
      binary: path,
      messages: Number(values.messages),
      rounds: Number(values.rounds),
      random: generator(Number(values.seed)),
      onRound: ({ breaches, dieAgainAt, dieAt, halfMoved }) =>
        console.log(
          `killed at ${dieAt}${halfMoved ? " (half moved)" : ""}, then at ${dieAgainAt}: ${breaches.length === 0 ? "whole" : breaches.join("; ")}`
        )
    })
  })
  const { breaches, events, rounds } = await Effect.runPromise(silently(Effect.scoped(program)))
  console.log(
    `${rounds.length} archivings of ${events} events, killed ${2 * rounds.length} times, ${rounds.filter(({ halfMoved }) => halfMoved).length} of them half moved`
  )
  console.log(breaches.length === 0 ? "the log was whole after each" : breaches.join("\n"))
  return breaches.length === 0
}
