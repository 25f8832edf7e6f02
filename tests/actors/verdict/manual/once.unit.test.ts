/** Commands among crashes, lost answers of the log and things delivered twice: each is answered once. */
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { whatsAppIdOf } from "../../../../contracts/ids.ts"
import { randomOf } from "../../../simulation/random.ts"
import { makeGroup } from "./group.ts"

const asked = [
  "!wadjet status",
  "!wadjet mute 1h",
  "!wadjet unmute",
  "!wadjet deny example.com",
  "!wadjet hlep"
]
const deeds = 25

const history = Effect.fnUntraced(function* (seed: number) {
  const random = randomOf(seed)
  let isCalm = false
  const group = yield* makeGroup(["Ada"], {
    append: () => ({
      delayMillis: random.below(40),
      ...(!isCalm && random.chance(0.1) ? { lost: random.pick(["before", "answer"] as const) } : {})
    }),
    delivery: () => ({ twice: random.chance(0.1) })
  })
  for (let deed = 0; deed < deeds; deed++) {
    if (random.chance(0.7)) yield* Effect.forkChild(Effect.exit(group.posts("Ada", random.pick(asked))))
    else yield* group.restarts
  }
  isCalm = true
  yield* group.passes(60_000)
  const commands = group.named("message.received").map(({ data }) => data.message)
  const answers = group.named("policy.command-answered").map(({ data }) => data.message)
  const replies = group.named("outbox.queued").map(({ data }) => data.outbox)
  // A denied link that a command names is warned about, too.
  const ids = new Set(replies.map((outbox) => whatsAppIdOf(outbox)))
  const sent = group.transmissions.map(({ message }) => message.whatsApp).filter((id) => ids.has(id))
  return { commands, answers, replies, sent }
})

describe("every command", () => {
  it.effect("is answered once, and its answer is sent once", () =>
    Effect.gen(function* () {
      let total = 0
      for (let seed = 1; seed <= 10; seed++) {
        const { answers, commands, replies, sent } = yield* history(seed)
        expect([seed, answers.toSorted()]).toEqual([seed, commands.toSorted()])
        expect([seed, replies.length, new Set(replies).size]).toEqual([
          seed,
          commands.length,
          commands.length
        ])
        expect([seed, sent.length]).toEqual([seed, commands.length])
        total += commands.length
      }
      expect(total).toBeGreaterThan(60)
    })
  )
})
