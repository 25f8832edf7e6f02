/** All of the internet, inside the namespace: websites on every address, and who connected to which of them. */
import { readFileSync } from "node:fs"
import { createServer, type RequestListener, type Server } from "node:http"
import { createServer as createHttpsServer } from "node:https"
import { createServer as createListener, type Socket } from "node:net"
import { Effect } from "effect"
import { loopbackDns, type Zone } from "../loopback-dns.ts"

/** Where web servers are, and what else would be of interest inside a network. */
const httpPorts = [80, 81, 8080]
const httpsPort = 443
const otherPorts = [22, 25, 2375, 3128, 6379, 9200]

export interface World {
  /** Connections by the address that was connected to. */
  readonly connections: Map<string, number>
  /** Names that were looked up, with the type that was asked for, and how often. */
  readonly lookedUp: Map<string, number>
}

const read = (name: string) => readFileSync(new URL(`../fixtures/${name}`, import.meta.url), "utf8")

const listening = (server: Server | ReturnType<typeof createListener>, port: number) =>
  Effect.acquireRelease(
    Effect.callback<void>((resume) => {
      server.once("error", (fault) => resume(Effect.die(fault)))
      // Of both families: an IPv4 address is told as a mapped one.
      server.listen({ port, host: "::" }, () => resume(Effect.void))
    }),
    () => Effect.sync(() => server.close())
  )

/** Opens it: `handle` answers for every website, by its Host header. */
export const openWorld = Effect.fn("openWorld")(function* (
  zone: Zone,
  handle: RequestListener,
  aliases: ReadonlyMap<string, string> = new Map()
) {
  const connections = new Map<string, number>()
  const sockets = new Set<Socket>()
  yield* Effect.addFinalizer(() => Effect.sync(() => sockets.forEach((socket) => socket.destroy())))
  const count = (socket: Socket): void => {
    const address = (socket.localAddress ?? "").replace(/^::ffff:/, "")
    connections.set(address, (connections.get(address) ?? 0) + 1)
    sockets.add(socket)
    socket.on("error", () => {})
  }
  for (const port of httpPorts) yield* listening(createServer(handle).on("connection", count), port)
  const certified = { cert: read("loopback-certificate.pem"), key: read("loopback-key.pem") }
  yield* listening(createHttpsServer(certified, handle).on("connection", count), httpsPort)
  for (const port of otherPorts)
    yield* listening(
      createListener((socket) => {
        count(socket)
        socket.destroy()
      }),
      port
    )
  const dns = yield* loopbackDns(zone, { port: 53, aliases })
  const world: World = { connections, lookedUp: dns.asked }
  return world
})
