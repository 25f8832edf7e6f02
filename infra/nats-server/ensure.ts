import { resolve } from "node:path"
import { Effect, Schema } from "effect"
import { fetchFromDebian } from "./fetch-debian.ts"
import { fetchRelease } from "./fetch-release.ts"
import { fetchedBinary, findNatsServer, type NatsServerBinary } from "./find.ts"
import { formatVersion, oldestVersion } from "./version.ts"

/** No nats-server was found and none could be fetched. */
export class NatsServerMissing extends Schema.TaggedError<NatsServerMissing>()("NatsServerMissing", {
  dataFolder: Schema.String,
  /** Every way that was tried, with why it did not work. */
  tried: Schema.Array(Schema.String)
}) {
  override get message(): string {
    return [
      `Expected a nats-server of version ${formatVersion(oldestVersion)} or newer, and found none:`,
      ...this.tried.map((line) => `  - ${line}`),
      `Install nats-server (https://docs.nats.io, or your system's packages) so that it is on PATH,`,
      `or put the program at ${fetchedBinary(this.dataFolder)},`,
      "or set WADJET_NATS_URL to a server that runs elsewhere."
    ].join("\n")
  }
}

/** A way to get a nats-server into a data folder; it fails with the reason as text. */
type Way = (
  dataFolder: string,
  say: (line: string) => Effect.Effect<void>
) => Effect.Effect<NatsServerBinary, string>

/**
 * Answers a nats-server of version 2.14 or newer: from `PATH`, from `<data>/bin`, from the official release,
 * or from the system's Debian mirror, in that order. `say` hears each thing that is done, before it is done.
 *
 * @example
 * const { path, version } = yield* ensureNatsServer({ dataFolder: "./data", say: Effect.log })
 */
export const ensureNatsServer = Effect.fn("ensureNatsServer")(function* (options: {
  readonly dataFolder: string
  readonly say: (line: string) => Effect.Effect<void>
  readonly ways?: ReadonlyArray<Way>
}) {
  const dataFolder = resolve(options.dataFolder)
  const { say, ways = [fetchRelease, fetchFromDebian] } = options
  const { found, passedOver } = yield* findNatsServer(dataFolder).pipe(Effect.orDie)
  for (const reason of passedOver) yield* say(`passing over ${reason}`)
  if (found !== undefined) return found

  const tried = [...passedOver, ...(passedOver.length === 0 ? ["none on PATH"] : [])]
  for (const way of ways) {
    const fetched = yield* way(dataFolder, say).pipe(
      Effect.catch((reason) => {
        tried.push(reason)
        return Effect.as(say(`that did not work: ${reason}`), undefined)
      })
    )
    if (fetched === undefined) continue
    yield* say(`nats-server ${fetched.version} is ready at ${fetched.path}`)
    return fetched
  }
  return yield* new NatsServerMissing({ dataFolder, tried })
})
