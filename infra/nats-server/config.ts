import { join } from "node:path"
import { scheduleCommands } from "../../contracts/schedule-commands.ts"

/** A user of the embedded server, and what it may say and hear. Without permissions it may do everything. */
export interface NatsUser {
  readonly user: string
  readonly password: string
  readonly permissions?: {
    readonly publish: ReadonlyArray<string>
    readonly subscribe: ReadonlyArray<string>
  }
}

/**
 * Somebody who may ask for what has to do with jobs, and hear the answers to that: nothing else. What a restore left open
 * is for the operator to decide. Its inboxes begin with `_INBOX_` and its name, so that nobody reads another's.
 */
export const scheduleUser = (user: string, password: string): NatsUser => ({
  user,
  password,
  permissions: {
    publish: scheduleCommands
      .filter(({ context }) => context === "schedule")
      .map(({ context, verb }) => `cmd.*.${context}.${verb}`),
    subscribe: [`_INBOX_${user}.>`]
  }
})

export interface NatsServerSettings {
  /** Absolute path of the folder that holds everything of the server. */
  readonly folder: string
  readonly serverName: string
  /** A loopback port, or -1 for a free one chosen by the server itself, which no one can take in between. */
  readonly port: number
  readonly users: ReadonlyArray<NatsUser>
  /** Milliseconds between fsyncs; left out, every append is synced before it is acknowledged. */
  readonly syncIntervalMs?: number | undefined
  /** How much the streams may hold together. The server's own default shrinks with every restart. */
  readonly fileStoreMaxBytes: number
}

/**
 * An event is a few kilobytes, but every link of a message goes into one: the longest text that WhatsApp
 * takes, made of nothing but the shortest links, is about six mebibytes.
 */
const payloadMaxBytes = 8 * 1024 * 1024
/** No stream of Wadjet's is kept in memory; this leaves room for a small test stream. */
const memoryStoreMaxBytes = 64 * 1024 * 1024
/** One process uses a handful; this stops a client that leaks connections before it hurts. */
const connectionsMax = 256
/** Two log files of this size are kept: weeks of an idle server, and no disk is filled by a chatty one. */
const logFileMaxBytes = 8 * 1024 * 1024

/** Where the embedded server keeps what, under `<data>/nats`. */
export const serverPaths = (folder: string) => ({
  config: join(folder, "nats-server.conf"),
  credentials: join(folder, "credentials.json"),
  lock: join(folder, "lock.db"),
  log: join(folder, "nats-server.log"),
  run: join(folder, "run"),
  store: join(folder, "store")
})

/**
 * The configuration file of the embedded server: loopback only, one listener, no monitoring port, no cluster,
 * gateway, leaf node or websocket listener (each is absent unless configured), and every append on the disk
 * before it is acknowledged.
 */
export const renderConfig = (settings: NatsServerSettings): string => {
  const { fileStoreMaxBytes, folder, port, serverName, syncIntervalMs, users } = settings
  const paths = serverPaths(folder)
  return `# Written at every start. Changes are lost.
server_name: ${quote(serverName)}
host: "127.0.0.1"
port: ${port}
ports_file_dir: ${quote(paths.run)}
max_payload: ${payloadMaxBytes}
max_connections: ${connectionsMax}

log_file: ${quote(paths.log)}
logfile_size_limit: ${logFileMaxBytes}
logfile_max_num: 2
logtime_utc: true

jetstream {
  store_dir: ${quote(paths.store)}
  sync_interval: ${syncIntervalMs === undefined ? "always" : quote(`${syncIntervalMs}ms`)}
  max_memory_store: ${memoryStoreMaxBytes}
  max_file_store: ${fileStoreMaxBytes}
}

authorization {
  users: [
${users.map((user) => `    ${renderUser(user)}`).join("\n")}
  ]
}
`
}

const renderUser = ({ password, permissions, user }: NatsUser): string => {
  const login = `user: ${quote(user)}, password: ${quote(password)}`
  if (permissions === undefined) return `{ ${login} }`
  const list = (subjects: ReadonlyArray<string>) => `[${subjects.map(quote).join(", ")}]`
  return `{ ${login}, permissions: { publish: ${list(permissions.publish)}, subscribe: ${list(permissions.subscribe)} } }`
}

/** NATS reads the escapes that JSON writes for what can stand in a path or a password. */
const quote = (text: string): string => JSON.stringify(text)
