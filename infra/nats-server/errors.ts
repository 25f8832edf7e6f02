import { Schema } from "effect"

/** Why the embedded nats-server does not run. */
export const NatsServerFailure = Schema.Literals([
  "data-folder-in-use",
  "leftover-server",
  "folder-unusable",
  "disk-full",
  "port-in-use",
  "not-ready",
  "refused",
  "died"
])

/** The embedded nats-server could not be started, or ended without being asked to. */
export class NatsServerFailed extends Schema.TaggedError<NatsServerFailed>()("NatsServerFailed", {
  reason: NatsServerFailure,
  expected: Schema.String,
  found: Schema.String,
  next: Schema.String
}) {
  override get message(): string {
    return `Expected ${this.expected}, found ${this.found}. ${this.next}`
  }
}

/** A folder or file of the server's that cannot be made, read or written. */
export const folderUnusable = (path: string, error: unknown): NatsServerFailed =>
  new NatsServerFailed({
    reason: "folder-unusable",
    expected: `to read and write ${path}`,
    found: error instanceof Error ? error.message : String(error),
    next: "Give this user the folder (chown -R), or name another one (WADJET_DATA)."
  })

/** What a server that ended by itself was doing, for the explanation. */
export interface EndedServer {
  /** `code 1` or `signal SIGKILL`. */
  readonly ending: string
  /** The last lines it logged or printed. */
  readonly lastWords: string
  readonly port: number | undefined
  readonly folder: string
  readonly logFile: string
  readonly wasReady: boolean
}

/** Reads out of a server's last words what was wrong and what to do about it. */
export const explainEnding = (server: EndedServer): NatsServerFailed => {
  const words = reasonIn(server.lastWords)
  const found = `that it ended with ${server.ending}${words === "" ? "" : ` (${words})`}`
  if (/address already in use/i.test(words)) {
    return new NatsServerFailed({
      reason: "port-in-use",
      expected: `nats-server to listen on 127.0.0.1:${server.port}`,
      found: "that another program listens there",
      next: "Stop that program, or leave the port out so that a free one is taken."
    })
  }
  if (/no space left|disk quota exceeded/i.test(words)) {
    return new NatsServerFailed({
      reason: "disk-full",
      expected: `free space for the log under ${server.folder}`,
      found: `a full disk (${words})`,
      next: "Free some space, or move the data folder (WADJET_DATA), and start again. Nothing that was acknowledged is lost."
    })
  }
  if (/permission denied|not writable|read-only|not a directory|no such file/i.test(words)) {
    return folderUnusable(server.folder, words)
  }
  return new NatsServerFailed({
    reason: server.wasReady ? "died" : "refused",
    expected: server.wasReady ? "nats-server to run until it is stopped" : "nats-server to start",
    found,
    next: `Read ${server.logFile}, then start again: what was acknowledged is on the disk.`
  })
}

/** The lines in which nats-server says why; else its last line. */
const reasonIn = (lastWords: string): string => {
  const lines = lastWords.split("\n").filter((line) => line.trim() !== "")
  const telling = lines.filter((line) => /\[(FTL|ERR)\]|^nats-server:|error/i.test(line))
  return (telling.length === 0 ? lines.slice(-1) : telling.slice(-2))
    .map((line) => line.replace(/^\[\d+\] [\d/]+ [\d:.]+ (\[\w+\] )?/, "").trim())
    .join("; ")
}
