/** A NATS server that runs elsewhere: is it one that Wadjet can run on? */
import { connect } from "@nats-io/transport-node"
import { Effect, Redacted } from "effect"
import { type NatsAddress, NatsUnreachable } from "../../infra/nats/connection.ts"
import {
  formatVersion,
  isRecentEnough,
  oldestVersion,
  parseVersion
} from "../../infra/nats-server/version.ts"
import { OperatorFailed } from "./failure.ts"

/** How long a first connection may take. */
const connectTimeoutMillis = 5_000

const reasonOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause))

const greetingOf = ({ password, url, user }: NatsAddress) =>
  Effect.tryPromise({
    try: async () => {
      const pass = Redacted.value(password)
      const connection = await connect({
        servers: url,
        user,
        pass,
        timeout: connectTimeoutMillis,
        reconnect: false
      })
      const version = connection.info?.version ?? ""
      await connection.close()
      return version
    },
    catch: (cause) =>
      new NatsUnreachable({
        url,
        message: `expected nats-server at ${url}, found: ${reasonOf(cause)}; is it running, and are WADJET_NATS_USER and WADJET_NATS_PASSWORD right?`
      })
  })

/**
 * Answers with the version of a server, before anything is made on it: an older one would take streams without
 * what it does not know of them, and keep none of their promises.
 */
export const checkExternal = Effect.fn("checkExternal")(function* (address: NatsAddress) {
  const said = yield* greetingOf(address)
  const version = parseVersion(said)
  if (version !== undefined && isRecentEnough(version)) return formatVersion(version)
  return yield* new OperatorFailed({
    what: `The NATS server at ${address.url} cannot be used`,
    why: `expected version ${formatVersion(oldestVersion)} or newer, found ${said === "" ? "one that does not say its version" : said}`,
    next: "Update that server, or leave WADJET_NATS_URL out: Wadjet then starts its own. Nothing was written to it."
  })
})
