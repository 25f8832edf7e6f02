/** Two writers of one boundary: what one decides upon must be what the log held when it decided. */
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { chat, done, input, makeToy, output, reasonOf, sequenceOf } from "../infra/actor/toy.ts"
import { makeWorld, until } from "../infra/actor/world.ts"

describe("an attempt at a piece of work", () => {
  it.effect("is refused where another writer's fact was folded between its decision and its append", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld()
      const decidedOn: Array<number | undefined> = []
      let folded = () => 0
      const toy = yield* world.start(
        makeToy({
          perform: Effect.fnUntraced(function* (work, self) {
            decidedOn.push(self.state.get(done, chat(1)))
            if (decidedOn.length === 1) {
              // The other writer is faster, and this one has even heard of it before it appends.
              const sequence = yield* Effect.orDie(world.append(output(chat(1), 77)))
              yield* self.folded(sequence)
              expect(folded()).toBeGreaterThanOrEqual(sequence)
            }
            yield* self.append(reasonOf(work), work.key, [output(chat(1), sequenceOf(work))])
            return undefined
          })
        })
      )
      folded = toy.folded
      const sequence = yield* world.append(input(1, 1))
      yield* until("the work is done", () => toy.work.size() === 0 && toy.folded() > sequence)
      expect(decidedOn).toEqual([undefined, 77])
      expect(world.named("policy.muted").map(({ data }) => data.until)).toEqual([77, sequence])
    }).pipe(Effect.scoped)
  )

  it.effect("expects its own appends, and may make several", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld()
      const toy = yield* world.start(
        makeToy({
          perform: Effect.fnUntraced(function* (work, self) {
            yield* self.append(reasonOf(work), "first", [output(chat(1), 5)])
            yield* self.append(reasonOf(work), "second", [output(chat(1), sequenceOf(work))])
            return undefined
          })
        })
      )
      const sequence = yield* world.append(input(1, 1))
      yield* until("the work is done", () => toy.work.size() === 0 && toy.folded() > sequence)
      expect(world.named("policy.muted").map(({ data }) => data.until)).toEqual([5, sequence])
    }).pipe(Effect.scoped)
  )
})
