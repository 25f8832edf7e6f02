import { expect, test } from "vitest"
import { transmitted, warned } from "./delivery-laws.ts"
import { identities, taken } from "./laws.ts"
import { makeLives } from "./lives.ts"
import { toldWorld } from "./told-world.ts"
import { makeTraffic } from "./traffic.ts"

/** A world with a linked number, in which nothing runs. */
const linkedWorld = async (seed: number) => {
  const world = await toldWorld(seed)
  const first = world.start()
  await first.ready
  await world.link()
  await first.kill()
  const traffic = makeTraffic(world)
  return { world, traffic, lives: makeLives({ world, traffic, saidMax: 4 }) }
}

test("somebody who moves from a number to a LID while a warning is claimed stays one person in one chat, and is warned once", async () => {
  const { lives, traffic, world } = await linkedWorld(5)
  try {
    const [ana, bea] = [traffic.people[0]!, traffic.people[1]!]
    // Known by their numbers alone; a word of theirs makes the account know them.
    for (const person of [ana, bea]) {
      person.speakAs("pn", false)
      await traffic.say(person, undefined, false)
    }
    await lives.rest()
    await traffic.say(ana, undefined, true)
    await traffic.say(bea, undefined, true)
    const child = world.start({ death: { point: "claimed", passing: 1 } })
    expect(await child.gone).toBe("claimed")
    for (const person of [ana, bea]) {
      person.speakAs("lid")
      await traffic.say(person, undefined, true)
    }
    await lives.rest()
    expect([
      ...taken(world, traffic.said),
      ...identities(world, traffic),
      ...warned(world, traffic),
      ...transmitted(world)
    ]).toEqual([])
  } finally {
    await world.close()
  }
}, 120_000)

test("a participant who uses another one's message id hides nothing: both links are known, and each is warned of", async () => {
  const { lives, traffic, world } = await linkedWorld(6)
  try {
    for (const group of traffic.groups) {
      await traffic.say(traffic.people[0]!, group, true, { id: "SAMEID" })
      await traffic.say(traffic.people[1]!, group, true, { id: "SAMEID" })
    }
    await lives.dieAt({ point: "journalled", passing: 2 })
    await traffic.say(traffic.people[2]!, traffic.groups[0], true, { id: "SAMEID" })
    await lives.rest()
    expect([...taken(world, traffic.said), ...warned(world, traffic), ...transmitted(world)]).toEqual([])
  } finally {
    await world.close()
  }
}, 120_000)
