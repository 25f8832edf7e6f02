import { randomBytes } from "node:crypto"
import { link, readFile, rm, writeFile } from "node:fs/promises"
import { Effect, Schema } from "effect"
import { NatsServerFailed } from "./errors.ts"

/** Who Wadjet is to its own server. Made once for a data folder, and of no use outside this machine. */
export const Credentials = Schema.Struct({
  user: Schema.String,
  password: Schema.String,
  serverName: Schema.String
})
export type Credentials = typeof Credentials.Type

const secretBytes = 32
const decode = Schema.decodeUnknownEffect(Schema.fromJsonString(Credentials))

/** Reads the credentials of a data folder, and makes them the first time, readable by their owner only. */
export const ensureCredentials = Effect.fn("ensureCredentials")(function* (path: string) {
  const failed = (error: unknown) =>
    new NatsServerFailed({
      reason: "folder-unusable",
      expected: `the server's credentials in ${path}`,
      found: String(error),
      next: "Delete the file if it is damaged: new credentials are made at the next start."
    })
  const text = yield* Effect.tryPromise({ try: () => readOrMake(path), catch: failed })
  return yield* decode(text).pipe(Effect.mapError(failed))
})

const readOrMake = async (path: string): Promise<string> => {
  const stored = await readFile(path, "utf8").catch(() => undefined)
  if (stored !== undefined) return stored
  const made: Credentials = {
    user: "wadjet",
    password: randomBytes(secretBytes).toString("base64url"),
    serverName: `wadjet-${randomBytes(4).toString("hex")}`
  }
  // Written aside and linked into place, so that the file is whole or not there, whenever the process ends.
  const aside = `${path}.${process.pid}`
  await writeFile(aside, JSON.stringify(made), { mode: 0o600, flush: true })
  await link(aside, path).finally(() => rm(aside))
  return readFile(path, "utf8")
}
