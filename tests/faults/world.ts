/** Many short lives of one system on one data folder, and what is left of them. */
import { mkdirSync, symlinkSync } from "node:fs"
import { dirname, join } from "node:path"
import { Clock, Deferred, Effect, Exit, Layer, Redacted, Scope } from "effect"
import type { AnyRecorded } from "../../contracts/catalogue.ts"
import { services } from "../../actors/operator/system.ts"
import { CommandBus } from "../../infra/command-bus/command-bus.ts"
import { EventLog } from "../../infra/event-log/event-log.ts"
import { Keyring } from "../../infra/keyring/keyring.ts"
import type { NatsAddress } from "../../infra/nats/connection.ts"
import { fetchedBinary } from "../../infra/nats-server/find.ts"
import { startNatsServer } from "../../infra/nats-server/start.ts"
import type { Program } from "./bundle.ts"
import { startChild } from "./child.ts"
import { readModelBreaches, snapshotBreaches } from "./digests.ts"
import { readBook, readLog } from "./history.ts"
import { breachesOf, isSettled } from "./laws.ts"
import type { Guard, Life } from "./life.ts"
import { type Point, pointNames } from "./points.ts"
import { temporaryFolder } from "./temporary-folder.ts"
import { isPolicySettled, policyBreachesOf } from "./policy-laws.ts"
import { makeTraffic, type Traffic } from "./traffic.ts"

/** A life that never passes its point is ended from outside after this long. */
const lifeSecondsMax = 30
/** After this many lives that did not end where they should, something else is wrong. */
const missesMax = 10
/** How long the last life may take to bring everything to rest: inputs of the dead come back within seconds. */
const settleSeconds = 60
const lookAgainMillis = 50

export interface WorldOptions {
  readonly program: Program
  /** The nats-server program. */
  readonly binary: string
  /** `outlives` the process that is killed, or `dies` with it, by SIGKILL too. */
  readonly server: "outlives" | "dies"
  /** How often each point is to be hit. */
  readonly hits: Partial<Record<Point, number>>
  readonly seed: number
  readonly without?: Guard
  /** The other side cannot say what it has: what was written and not recorded is written again. */
  readonly unsure?: boolean
  /** What is agreed and set reaches late whoever does not say so themselves. */
  readonly late?: boolean
  /** It dies at one of so many first passings of its point; left out, as many as the point says. */
  readonly within?: number
  /** Left out, a minute; less where something is lost on purpose, and would be waited for in vain. */
  readonly settleSecondsMax?: number
}

export interface Report {
  readonly hits: Readonly<Record<string, number>>
  readonly breaches: ReadonlyArray<string>
  readonly lives: number
  readonly messages: number
  readonly links: number
  readonly events: number
  readonly transmissions: number
  /** Messages that reached the other side more than once, always under one id and an unresolved claim. */
  readonly repeats: number
  /** Messages that were not to be kept, links that were denied before, and how often a chat's treatment changed. */
  readonly withheld: number
  readonly denied: number
  readonly changes: number
  /** Cancellations that were acknowledged, and those that came too late. */
  readonly cancelled: number
  readonly left: number
  readonly seconds: number
}

type Nats = NonNullable<Life["nats"]>

const addressOf = ({ password, url, user }: Nats): NatsAddress => ({
  url,
  user,
  password: Redacted.make(password)
})

const servicesOf = (dataFolder: string, nats: Nats) =>
  services({
    address: addressOf(nats),
    dataFolder,
    server: "external",
    serverVersion: "",
    died: Effect.never
  })

const startServer = Effect.fnUntraced(function* (binary: string, dataFolder: string) {
  const { pass, url, user } = yield* startNatsServer({ binary, dataFolder })
  return { url, user, password: pass } satisfies Nats
})

/** Where a process that starts its own server finds the program, rather than fetching one. */
const provideServer = (binary: string, dataFolder: string) =>
  Effect.sync(() => {
    const path = fetchedBinary(dataFolder)
    mkdirSync(dirname(path), { recursive: true })
    symlinkSync(binary, path)
  })

/** One life with traffic, until it ends where it should. Answers with the point where it died. */
const live = Effect.fnUntraced(function* (
  options: WorldOptions,
  life: Omit<Life, "projectorEntry">,
  traffic: Traffic
) {
  const child = yield* startChild(options.program, life)
  const nats = yield* child.ready
  if (nats === undefined) return yield* child.gone
  const base = yield* Layer.build(servicesOf(life.dataFolder, nats)).pipe(Effect.option)
  if ("value" in base) {
    const cut = yield* Deferred.make<void>()
    traffic.connect({
      bus: yield* Effect.provideContext(CommandBus, base.value),
      keyring: yield* Effect.provideContext(Keyring, base.value),
      cut: Deferred.await(cut)
    })
    yield* Effect.addFinalizer(() =>
      Effect.sync(() => (traffic.cut(), Deferred.doneUnsafe(cut, Effect.void)))
    )
  }
  return yield* child.gone.pipe(
    Effect.timeoutOrElse({
      duration: `${lifeSecondsMax} seconds`,
      orElse: () => Effect.as(child.kill, undefined)
    })
  )
}, Effect.scoped)

/** The last life has no trap: everything comes to rest, or is found wanting. */
const comeToRest = Effect.fnUntraced(function* (
  options: WorldOptions,
  life: Omit<Life, "projectorEntry">,
  traffic: Traffic
) {
  const child = yield* startChild(options.program, life)
  const nats = yield* child.ready
  if (nats === undefined) return
  const base = yield* Layer.build(servicesOf(life.dataFolder, nats))
  const { bus, keyring, log } = yield* Effect.all({ bus: CommandBus, keyring: Keyring, log: EventLog }).pipe(
    Effect.provideContext(base)
  )
  traffic.stop()
  traffic.connect({ bus, keyring, cut: Effect.never })
  yield* traffic.finished
  const posted = [...(yield* traffic.posted(keyring)), ...(yield* traffic.policy.posted(keyring)).kept]
  const isAtRest = (events: ReadonlyArray<AnyRecorded>) =>
    isSettled(events, posted) && isPolicySettled(events)
  const began = yield* Clock.currentTimeMillis
  while (!isAtRest((yield* readLog(log)).events)) {
    if ((yield* Clock.currentTimeMillis) - began > (options.settleSecondsMax ?? settleSeconds) * 1_000) break
    yield* Effect.sleep(lookAgainMillis)
  }
  traffic.cut()
}, Effect.scoped)

/** What is left, and what of it breaks a law. */
const examine = Effect.fnUntraced(function* (dataFolder: string, nats: Nats, traffic: Traffic) {
  const { keyring, log } = yield* Effect.all({ keyring: Keyring, log: EventLog })
  const policy = yield* traffic.policy.posted(keyring)
  const posted = [...(yield* traffic.posted(keyring)), ...policy.kept]
  const { events, unreadable } = yield* readLog(log)
  const transmissions = readBook(join(dataFolder, "sandbox.db"))
  const breaches = [
    ...breachesOf({
      events,
      unreadable,
      transmissions,
      posted,
      cancelled: traffic.cancelled,
      left: traffic.left,
      open: keyring.open
    }),
    ...policyBreachesOf({ events, ...policy }),
    ...(yield* snapshotBreaches(dataFolder)),
    ...(yield* readModelBreaches(dataFolder, addressOf(nats)))
  ]
  const ids = new Set(transmissions.map(({ whatsapp }) => whatsapp))
  return {
    breaches,
    messages: posted.length,
    links: posted.reduce((sum, { links }) => sum + links.length, 0),
    events: events.length,
    transmissions: transmissions.length,
    repeats: transmissions.length - ids.size,
    withheld: policy.withheld.length,
    denied: policy.denied.length,
    changes: traffic.policy.rounds(),
    cancelled: traffic.cancelled.size,
    left: traffic.left.size
  }
})

/** Lives and deaths until each point was hit as often as wanted, then the examination. */
export const runWorld = Effect.fn("runWorld")(function* (options: WorldOptions) {
  const { binary, hits: wanted, late = false, seed, server, unsure = false, within, without } = options
  const began = yield* Clock.currentTimeMillis
  const dataFolder = yield* temporaryFolder
  yield* provideServer(binary, dataFolder)
  const outside = server === "outlives" ? yield* startServer(binary, yield* temporaryFolder) : undefined
  const life = {
    dataFolder,
    unsure,
    late,
    ...(outside === undefined ? {} : { nats: outside }),
    ...(without === undefined ? {} : { without })
  }
  const traffic = makeTraffic(["Family", "Club", "Work"])
  yield* Effect.forkScoped(traffic.run)
  const hits = new Map<Point, number>(pointNames.map((point) => [point, 0]))
  let lives = 0
  let misses = 0
  while (misses < missesMax) {
    const open = pointNames.filter((point) => hits.get(point)! < (wanted[point] ?? 0))
    if (open.length === 0) break
    const point = open[lives % open.length]!
    const death = { point, seed: seed + lives, ...(within === undefined ? {} : { within }) }
    const died = yield* live(options, { ...life, death }, traffic)
    lives += 1
    if (died === undefined) misses += 1
    else hits.set(died, hits.get(died)! + 1)
  }
  yield* comeToRest(options, life, traffic)
  const scope = yield* Scope.make()
  const nats = outside ?? (yield* Scope.provide(startServer(binary, dataFolder), scope))
  const found = yield* examine(dataFolder, nats, traffic).pipe(
    Effect.provide(servicesOf(dataFolder, nats)),
    Effect.scoped
  )
  yield* Scope.close(scope, Exit.void)
  return {
    hits: Object.fromEntries([...hits].filter(([, count]) => count > 0)),
    ...found,
    lives,
    seconds: ((yield* Clock.currentTimeMillis) - began) / 1_000
  } satisfies Report
}, Effect.scoped)
