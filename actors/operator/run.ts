/** `wadjet run`: the system until somebody stops it, and what a person needs to know of it. */
import { resolve } from "node:path"
import { Effect } from "effect"
import type { Config } from "../../infra/config/settings.ts"
import { EventLog } from "../../infra/event-log/event-log.ts"
import { startedBy, startOf } from "../../infra/process/identity.ts"
import { spareMemory } from "../../infra/process/spare-memory.ts"
import { pinoLogger } from "../../infra/telemetry/logger.ts"
import { brandsOfOperator } from "../scan/brand-index.ts"
import { OperatorNumbers } from "../verdict/operator-numbers.ts"
import { claimDataFolder } from "./claim.ts"
import { OperatorFailed } from "./failure.ts"
import { alertWaysOf, askingOf, externalOf, historyOf, ownServerOf, pacingOf } from "./from-config.ts"
import { Host } from "./host.ts"
import { Output } from "./output.ts"
import { refreshingOf } from "./older-scheduler/source.ts"
import { copyingOf } from "./run-backup.ts"
import { announceRun, unsaidEnd } from "./run-file.ts"
import { runSystem } from "./run-system.ts"
import type { Part } from "./system.ts"
import { type Ready, readyJson, readyLines } from "./ready.ts"
import { version } from "./version.ts"

interface RunInput {
  readonly parts: ReadonlyArray<Part>
  readonly json: boolean
}

/** Whoever is killed cannot say so; the next one says it for them. */
const tellOfUnsaidEnd = (dataFolder: string) =>
  Effect.suspend(() => {
    const before = unsaidEnd(dataFolder)
    return before === undefined
      ? Effect.void
      : Effect.logWarning(
          "the run before ended without a stop: it was killed (SIGKILL, or for want of memory), it crashed, or the machine went down",
          { process: before.pid, version: before.version }
        )
  })

const serve = Effect.fnUntraced(function* ({ json, parts }: RunInput, config: Config) {
  const host = yield* Host
  const output = yield* Output
  const dataFolder = resolve(config.dataFolder)
  const external = externalOf(config)
  const whole = parts.length === 0
  if (!whole && external === undefined)
    return yield* new OperatorFailed({
      what: `Cannot run ${parts.join(" and ")} alone`,
      why: "parts in several processes meet on a NATS server, and WADJET_NATS_URL names none",
      next: "Set WADJET_NATS_URL, or run everything: `wadjet run`.",
      exit: "usage"
    })
  const copying = yield* copyingOf(config)
  // Parts share their data folder with one another; each has locks and leases of its own.
  if (whole) {
    yield* claimDataFolder(dataFolder)
    yield* tellOfUnsaidEnd(dataFolder)
  }
  const system = yield* runSystem({
    dataFolder,
    external,
    own: yield* ownServerOf(config),
    pacing: pacingOf(config),
    history: historyOf(config),
    calls: config.calls,
    pictures: config.pictures,
    http: { ...config.http, names: config.httpNames },
    publicUrl: config.publicUrl,
    slowQueryMillis: config.slowQueryMillis,
    wantsFirstKey: json,
    ...(whole ? {} : { only: new Set(parts) }),
    asking: askingOf(config),
    brands: brandsOfOperator(config.brands),
    copying,
    refreshing: yield* refreshingOf(config),
    whatsApp: true,
    alerts: alertWaysOf(config),
    say: output.note
  })
  // Not before: with options that it was not built with, V8 compiles Node's own modules anew.
  spareMemory()
  const { foundation } = system
  const httpUrl = system.page?.url ?? null
  if (whole || httpUrl !== null)
    yield* announceRun(dataFolder, {
      pid: host.pid,
      started: startOf(host.pid),
      version,
      natsUrl: foundation.address.url,
      server: foundation.server,
      serverVersion: foundation.serverVersion,
      httpUrl
    })
  const ready: Ready = {
    command: host.command,
    version,
    pid: host.pid,
    dataFolder,
    page: httpUrl,
    server: foundation.server,
    serverVersion: foundation.serverVersion,
    natsUrl: foundation.address.url,
    last: yield* Effect.provideContext(
      Effect.flatMap(EventLog, (log) => log.last),
      system.context
    ),
    seconds: host.sinceStart() / 1_000,
    parts,
    firstKey: system.page?.firstKey,
    setUpLink: system.page?.setUpLink
  }
  if (json) yield* output.json(readyJson(ready))
  else yield* Effect.forEach(readyLines(ready), output.line, { discard: true })
  return yield* Effect.tapError(system.stopped, ({ message, part }) =>
    Effect.logFatal("a part ended, and everything is ended with it", { part, error: message })
  )
})

/** Runs until asked to stop, whether it is ready by then or not. Fails when a part of the system ends by itself. */
export const runWadjet = Effect.fn("runWadjet")(function* (input: RunInput) {
  const config = yield* Host.config
  const { stopAsked } = yield* Host
  const output = yield* Output
  const say = (line: string) => (input.json ? Effect.void : output.line(line))
  const asked = Effect.flatMap(stopAsked, (why) =>
    Effect.andThen(Effect.logInfo("asked to stop", { by: why, ...startedBy() }), say(`\nStopping (${why}) …`))
  )
  yield* Effect.raceFirst(asked, Effect.scoped(serve(input, config))).pipe(
    Effect.provideService(OperatorNumbers, config.operatorNumbers),
    Effect.provide(pinoLogger(config.logLevel))
  )
  yield* say("Stopped. What was acknowledged is on disk; the next start carries on.")
})
