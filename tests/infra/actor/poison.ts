/** An input that breaks the toy, and what becomes of it. */
import { Effect } from "effect"
import { ActorUnparked } from "../../../contracts/actor.ts"
import type { FaultPlan } from "../../../infra/event-log/simulated-log.ts"
import { input, makeToy } from "./toy.ts"
import { makeWorld, until, type World } from "./world.ts"

export const poisonous = (...numbers: ReadonlyArray<number>) => ({
  poison: (number: number) => numbers.includes(number)
})

export const decide = (world: World, sequence: number, decision: "retry" | "drop") =>
  world.append(ActorUnparked({ actor: "verdict", sequence, decision, by: "operator" }))

export const parkedOf = (world: World) => world.named("actor.parked").map(({ data }) => data.sequence)

/** The input 13 of the first chat is parked under the sequence `parked`, and these inputs wait behind it. */
export const blocked = Effect.fnUntraced(function* (behind: ReadonlyArray<number>, faults: FaultPlan = {}) {
  const world = yield* makeWorld(faults)
  const toy = yield* world.start(makeToy(poisonous(13)))
  const parked = yield* world.append(input(1, 13))
  for (const number of behind) yield* world.append(input(1, number))
  yield* until("it is parked", () => parkedOf(world).length > 0)
  return { world, toy, parked }
})
