/** All that a linked number lives through, one thing after the other, and what is found when all is over. */
import type { Guard } from "./life.ts"
import { makeLives, passingErrors, stayingErrors } from "./lives.ts"
import { repeated, transmitted, warned } from "./delivery-laws.ts"
import { identities, taken } from "./laws.ts"
import { mix } from "../points.ts"
import { type Death, incomingPoints, type Point } from "./points.ts"
import { linkEvery, makeTraffic } from "./traffic.ts"
import type { World } from "./world.ts"

export interface ScenarioOptions {
  readonly world: World
  /** How often it dies at each of these points. */
  readonly deaths: Partial<Record<Point, number>>
  /** How often it is shot while the server reads a message of its, which is taken in turns, and lost. */
  readonly shots?: number
  /** How many rounds of stream errors, stalls and broken lines. */
  readonly rounds: number
  /** How many messages are said in one life. */
  readonly saidPerLife: number
  /** How many messages are said in all at least: rounds go on until then. */
  readonly saidMin?: number
  readonly seed?: number
  /** Hears how far it is, now and then. */
  readonly tell?: (line: string) => void
  readonly without?: Guard
  /** How many messages do not open at first, and come again when they are asked for. */
  readonly spoiled?: number
}

export interface Report {
  readonly kills: Readonly<Partial<Record<Point, number>>>
  /** Lives that came to rest before they came to the point at which they were to die. */
  readonly missed: number
  /** Lives that ended while the server read a message of theirs. */
  readonly shot: number
  readonly errors: number
  readonly messages: number
  readonly links: number
  readonly events: number
  readonly seconds: number
  /** Messages of ours that the server got more than once, always under one id. */
  readonly repeats: number
  readonly breaches: ReadonlyArray<string>
}

/**
 * At which passing it dies: in the middle of its life's talk, mostly. Only a third of the messages is answered, and
 * the first answer that does not come holds up the others of its chat.
 */
const passingOf = (point: Point, saidPerLife: number, seed: number): number => {
  if (point === "unanswered") return 1
  const passings = Object.hasOwn(incomingPoints, point) ? saidPerLife : saidPerLife / linkEvery
  return 1 + (mix(seed) % Math.max(1, Math.floor(passings / 2)))
}

/** Each point as often as it is wanted, in turns. */
const deathsOf = ({ deaths: wanted, saidPerLife, seed = 1 }: ScenarioOptions): ReadonlyArray<Death> => {
  const most = Math.max(0, ...Object.values(wanted))
  return Array.from({ length: most }, (_, round) =>
    (Object.keys(wanted) as ReadonlyArray<Point>)
      .filter((point) => (wanted[point] ?? 0) > round)
      .map((point, index) => ({ point, passing: passingOf(point, saidPerLife, seed + round * 100 + index) }))
  ).flat()
}

/** Links a number, and lets it live and die until all has happened. */
export const runScenario = async (options: ScenarioOptions): Promise<Report> => {
  const { rounds, saidMin = 0, saidPerLife, shots = 0, spoiled = 0, tell, without, world } = options
  const began = performance.now()
  const first = world.start()
  await first.ready
  await world.link()
  await first.kill()
  const traffic = makeTraffic(world)
  const lives = makeLives({
    world,
    traffic,
    saidMax: saidPerLife,
    ...(without === undefined ? {} : { without })
  })
  const kills: Partial<Record<Point, number>> = {}
  let missed = 0
  let errors = 0
  const plan = deathsOf(options)
  // Two who are known by their numbers alone at first, and by their LIDs later on.
  const moving = traffic.people.slice(0, 2)
  for (const person of moving) person.speakAs("pn", false)
  for (const [index, death] of plan.entries()) {
    if (index === Math.floor(plan.length / 2)) for (const person of moving) person.speakAs("lid")
    // Many messages may pass a point in one go: then it is passed once in this life, and hit in another one.
    let died = await lives.dieAt(death)
    if (died === undefined) {
      missed += 1
      died = await lives.dieAt({ ...death, passing: 1 })
    }
    if (died !== undefined) kills[died] = (kills[died] ?? 0) + 1
    tell?.(`${index + 1} of ${plan.length} deaths, ${traffic.said.length} messages`)
  }
  let shot = 0
  for (let index = 0; index < shots; index++)
    if (await lives.shotAtMessage(index % 2 === 0 ? "taken" : "lost")) shot += 1
  for (let round = 0; round < rounds || traffic.said.length < saidMin; round++) {
    for (const error of [...passingErrors, ...stayingErrors]) {
      await lives.meet(error)
      errors += 1
    }
    await lives.stall(2)
    await lives.replay(2)
    tell?.(`${errors} stream errors, ${traffic.said.length} messages`)
  }
  if (spoiled > 0) await lives.misread(spoiled)
  await lives.rest()
  return {
    kills,
    missed,
    shot,
    errors,
    messages: traffic.said.length,
    links: traffic.said.filter(({ url }) => url !== undefined).length,
    events: world.events.length,
    seconds: Math.round((performance.now() - began) / 1_000),
    repeats: repeated(world),
    breaches: [
      ...taken(world, traffic.said),
      ...identities(world, traffic),
      ...warned(world, traffic),
      ...transmitted(world)
    ]
  }
}
