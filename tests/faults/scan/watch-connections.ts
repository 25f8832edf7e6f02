/**
 * Loaded into a process before everything else (`--import`): writes down every connection that it begins and every name
 * that it looks up, with the file of ours that did so, one JSON a line, to the file that `WATCHED` names.
 */
import dns from "node:dns"
import { appendFileSync } from "node:fs"
import net from "node:net"

/** One thing that was done towards the network. */
export interface Begun {
  readonly what: "connect" | "look-up"
  /** The host with its port, or the name. */
  readonly to: string
  /** The nearest source of ours on the way there, or else the package. */
  readonly by: string
}

Error.stackTraceLimit = 60

const ours = /\/((?:actors|contracts|infra|projections)\/[^\s:)]+\.ts)/
const packaged = /node_modules\/((?:@[^/]+\/)?[^/]+)/

const whoCalled = (): string => {
  const lines = (new Error().stack ?? "").split("\n").filter((line) => !line.includes("watch-connections"))
  return (
    lines.map((line) => ours.exec(line)?.[1]).find((file) => file !== undefined) ??
    lines.map((line) => packaged.exec(line)?.[1]).find((name) => name !== undefined) ??
    "unknown"
  )
}

const note = (begun: Omit<Begun, "by">): void =>
  appendFileSync(process.env["WATCHED"] ?? "", `${JSON.stringify({ ...begun, by: whoCalled() })}\n`)

/** What `connect` was told: options, a path, or a port with a host; a list of them within a list, from Node itself. */
const placeOf = (told: unknown): string => {
  if (Array.isArray(told)) return placeOf(told[0])
  if (typeof told === "object" && told !== null) {
    const { host = "localhost", path, port } = told as Record<string, unknown>
    return path === undefined || path === null ? `${String(host)}:${String(port)}` : String(path)
  }
  return String(told)
}

const connect = net.Socket.prototype.connect
net.Socket.prototype.connect = function (this: net.Socket, ...told: Array<never>): net.Socket {
  note({ what: "connect", to: placeOf(told[0]) })
  return Reflect.apply(connect, this, told) as net.Socket
}

const watched = ["lookup", "resolve", "resolve4", "resolve6", "resolveAny", "resolveTxt", "resolveCname"]

/** Functions of the DNS, wherever Node has them: those that take a name first. */
const watch = (holder: object): void => {
  for (const name of watched) {
    const before: unknown = Reflect.get(holder, name)
    if (typeof before !== "function") continue
    Reflect.set(holder, name, function (this: unknown, ...told: Array<unknown>): unknown {
      note({ what: "look-up", to: String(told[0]) })
      return Reflect.apply(before, this, told)
    })
  }
}
for (const holder of [dns, dns.promises, dns.Resolver.prototype, dns.promises.Resolver.prototype])
  watch(holder)
