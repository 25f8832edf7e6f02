/** The whole system on one folder, killed again and again while people make jobs and change their minds. */
import { Effect, Fiber } from "effect"
import { mix } from "../points.ts"
import type { Guard } from "../whatsapp/life.ts"
import { type Death, type Point, schedulePoints } from "../whatsapp/points.ts"
import { startWorld, until, type World } from "../whatsapp/world.ts"
import { type Examined, examine } from "./laws.ts"
import { makePeople } from "./people.ts"
import { inSandbox, onWhatsApp, type Receivers } from "./receivers.ts"

/** A life that never passes its point is ended from outside after this long. */
const lifeSecondsMax = 60
const contactsMax = 60

/** Where jobs pass: into the log, out of it, and onto the socket. */
export const racedPoints = [
  ...(Object.keys(schedulePoints) as ReadonlyArray<keyof typeof schedulePoints>),
  "claimed",
  "sent-ratchet",
  "answered",
  "outcome-logged"
] as const satisfies ReadonlyArray<Point>

/** A life passes its point so many times at most before it dies there: some races lie before each death. */
const passingsMax: Partial<Record<Point, number>> = { fired: 8, "called-off": 16, "call-off-told": 16 }
const passingsMaxElse = 150

/** Each point so many times, one after the other. */
export const deathsAt = (points: ReadonlyArray<Point>, times: number, seed: number): ReadonlyArray<Death> =>
  Array.from({ length: times }, (_, round) =>
    points.map((point, index) => ({
      point,
      passing: 1 + (mix(seed + round * points.length + index) % (passingsMax[point] ?? passingsMaxElse))
    }))
  ).flat()

export interface JobWorldOptions {
  /** The bundled entry of `whatsapp/`. */
  readonly program: string
  /** The nats-server program. */
  readonly binary: string
  /** Who gets it: people on a loopback WhatsApp, through the real client, or chats of the sandbox. */
  readonly on: "whatsapp" | "sandbox"
  readonly seed: number
}

export interface JobWorld extends World {
  readonly receivers: Receivers
}

/** What outlives every process, with a number linked where it is needed. */
export const openJobWorld = async ({ on, ...options }: JobWorldOptions): Promise<JobWorld> => {
  const world = await startWorld(options)
  const first = world.start()
  await first.ready
  if (on === "whatsapp") await world.link()
  const receivers = on === "whatsapp" ? onWhatsApp(world, contactsMax) : await inSandbox(world, contactsMax)
  await first.kill()
  return { ...world, receivers }
}

/** Waits until each occurrence that fired has ended, and all of it is read. */
export const comeToRest = async (world: World): Promise<void> => {
  const count = (type: string) => world.events.filter((event) => event.type === type).length
  await until("each occurrence ends", async () => {
    if (!(await world.hasReadAll())) return false
    return count("schedule.fired") === count("schedule.occurrence-finished")
  })
}

/** Lives until it dies at its point, or is ended from outside. Answers with the point where it died. */
export const liveUntilDeath = async (
  world: World,
  death: Death,
  without?: Guard
): Promise<Point | "none"> => {
  const child = world.start({ death, ...(without === undefined ? {} : { without }) })
  const impatient = setTimeout(() => child.signal("SIGKILL"), lifeSecondsMax * 1_000)
  const point = await child.gone
  clearTimeout(impatient)
  return point ?? "none"
}

/** How often it is looked whether what was answered has been read. */
const lookAgainMillis = 20

export interface RaceOptions extends JobWorldOptions {
  /** How many people make jobs at once, and how many answers are enough. */
  readonly people: number
  readonly races: number
  readonly recipients: number
  readonly deaths: ReadonlyArray<Death>
  readonly without?: Guard
  /** Hears how far it is. */
  readonly tell?: (line: string) => void
}

export interface Report extends Examined {
  readonly kills: Readonly<Record<string, number>>
  readonly races: number
  readonly seconds: number
}

export const runRaces = async (options: RaceOptions): Promise<Report> => {
  const began = performance.now()
  const { without } = options
  const world = await openJobWorld(options)
  try {
    let mayEnd = false
    const people = makePeople(world.bus, world.receivers, {
      recipients: options.recipients,
      enough: (told) => mayEnd && told >= options.races,
      firedBefore: Effect.fnUntraced(function* (job, sequence) {
        while ((world.events.at(-1)?.sequence ?? 0) < sequence) yield* Effect.sleep(lookAgainMillis)
        return world.events.some(
          (event) => event.type === "schedule.fired" && event.data.job === job && event.sequence < sequence
        )
      })
    })
    const talking = Effect.runFork(people.run(options.people))
    const kills: Record<string, number> = {}
    for (const [index, death] of options.deaths.entries()) {
      const point = await liveUntilDeath(world, death, without)
      people.disconnect()
      kills[point] = (kills[point] ?? 0) + 1
      options.tell?.(`${index + 1} of ${options.deaths.length} deaths, ${people.told.length} races`)
    }
    const child = world.start(without === undefined ? {} : { without })
    await child.ready
    mayEnd = true
    await Effect.runPromise(Fiber.join(talking))
    await comeToRest(world)
    await child.kill()
    return {
      ...examine(world.events, world.receivers, people.told),
      kills,
      races: people.told.length,
      seconds: Math.round((performance.now() - began) / 1_000)
    }
  } finally {
    await world.close()
  }
}
