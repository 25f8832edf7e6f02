/** The whole system on one folder, killed again and again while people make jobs and change their minds. */
import { join } from "node:path"
import { Clock, Effect, Fiber, Layer, Redacted } from "effect"
import { services } from "../../../actors/operator/system.ts"
import { CommandBus } from "../../../infra/command-bus/command-bus.ts"
import { EventLog } from "../../../infra/event-log/event-log.ts"
import { Keyring } from "../../../infra/keyring/keyring.ts"
import { startNatsServer } from "../../../infra/nats-server/start.ts"
import type { Program } from "../bundle.ts"
import { startChild } from "../child.ts"
import { readBook, readLog } from "../history.ts"
import type { Life } from "../life.ts"
import type { Death } from "../points.ts"
import { temporaryFolder } from "../temporary-folder.ts"
import { type Examined, examine } from "./laws.ts"
import { makePeople } from "./people.ts"

/** A life that never passes its point is ended from outside after this long. */
const lifeSecondsMax = 30
const settleSecondsMax = 60
const lookAgainMillis = 100
const chatsMax = 60

export interface RaceOptions {
  readonly program: Program
  /** The nats-server program. */
  readonly binary: string
  /** How many people make jobs at once, and how many answers are enough. */
  readonly people: number
  readonly races: number
  readonly recipients: number
  readonly deaths: ReadonlyArray<Death>
}

export interface Report extends Examined {
  readonly kills: Readonly<Record<string, number>>
  readonly races: number
  readonly seconds: number
}

/** A server, a folder, and the services of whoever looks on from outside: all of them outlive every process. */
export const openWorld = Effect.fnUntraced(function* (binary: string) {
  const dataFolder = yield* temporaryFolder
  const { pass, url, user } = yield* startNatsServer({ binary, dataFolder: yield* temporaryFolder })
  const address = { url, user, password: Redacted.make(pass) }
  const base = yield* Layer.build(
    services({ address, dataFolder, server: "external", serverVersion: "", died: Effect.never })
  )
  const found = yield* Effect.all({ bus: CommandBus, keyring: Keyring, log: EventLog }).pipe(
    Effect.provideContext(base)
  )
  const chats = yield* Effect.forEach(Array.from({ length: chatsMax }), (_, index) =>
    found.keyring.chat([`sandbox:chat ${index}`])
  )
  const life: Omit<Life, "projectorEntry"> = {
    dataFolder,
    unsure: false,
    nats: { url, user, password: pass }
  }
  return { ...found, dataFolder, chats, life }
})

type World = Effect.Success<ReturnType<typeof openWorld>>

/** Whether each occurrence that fired has ended. */
const isAtRest = Effect.fnUntraced(function* ({ log }: World) {
  const { events } = yield* readLog(log)
  const count = (type: string) => events.filter((event) => event.type === type).length
  return count("schedule.fired") === count("schedule.occurrence-finished")
})

/** Waits until nothing is under way any more, or long enough. */
export const comeToRest = Effect.fnUntraced(function* (world: World) {
  const began = yield* Clock.currentTimeMillis
  while (!(yield* isAtRest(world))) {
    if ((yield* Clock.currentTimeMillis) - began > settleSecondsMax * 1_000) return
    yield* Effect.sleep(lookAgainMillis)
  }
})

export const bookOf = ({ dataFolder }: World) => readBook(join(dataFolder, "sandbox.db"))

export const runRaces = Effect.fn("runRaces")(function* (options: RaceOptions) {
  const began = yield* Clock.currentTimeMillis
  const world = yield* openWorld(options.binary)
  let mayEnd = false
  const people = makePeople(world.bus, world.log, world.chats, {
    recipients: options.recipients,
    enough: (told) => mayEnd && told >= options.races
  })
  const talking = yield* Effect.forkScoped(people.run(options.people))
  const kills: Record<string, number> = {}
  for (const death of options.deaths)
    yield* Effect.scoped(
      Effect.gen(function* () {
        const child = yield* startChild(options.program, { ...world.life, death })
        const point = yield* child.gone.pipe(
          Effect.timeoutOrElse({
            duration: `${lifeSecondsMax} seconds`,
            orElse: () => Effect.as(child.kill, undefined)
          })
        )
        people.disconnect()
        const name = point ?? "none"
        kills[name] = (kills[name] ?? 0) + 1
      })
    )
  const child = yield* startChild(options.program, world.life)
  yield* child.ready
  mayEnd = true
  yield* Fiber.join(talking)
  yield* comeToRest(world)
  const { events } = yield* readLog(world.log)
  yield* child.stop
  return {
    ...examine(events, bookOf(world), people.told),
    kills,
    races: people.told.length,
    seconds: ((yield* Clock.currentTimeMillis) - began) / 1_000
  } satisfies Report
}, Effect.scoped)
