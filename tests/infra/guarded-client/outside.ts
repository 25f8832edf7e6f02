/** The outside of a test: listeners that scanning may reach, and listeners around them that it must never reach. */
import { createServer, type RequestListener } from "node:http"
import { createServer as createListener, type Server, type Socket } from "node:net"
import { networkInterfaces } from "node:os"
import { Effect } from "effect"
import { type ClientOptions, makeGuardedClient } from "../../../infra/guarded-client/client.ts"
import { dnsResolver } from "../../../infra/guarded-client/resolve-name.ts"
import { loopbackDns, type Zone } from "./loopback-dns.ts"

/** What stands for the public internet. */
export const outsideAddress = "127.0.0.2"

/** Every other address of this machine that a listener can be put on. */
const insideAddresses = (): ReadonlyArray<string> => [
  "127.0.0.1",
  "127.0.0.3",
  ...Object.values(networkInterfaces())
    .flatMap((found) => found ?? [])
    .filter(({ address, scopeid }) => address !== "127.0.0.1" && !scopeid)
    .map(({ address }) => address)
]

const listening = (server: Server, port: number, host: string) =>
  Effect.acquireRelease(
    Effect.callback<number>((resume) => {
      server.once("error", () => resume(Effect.succeed(0)))
      server.listen({ port, host, ipv6Only: true }, () => {
        const address = server.address()
        resume(Effect.succeed(address !== null && typeof address === "object" ? address.port : 0))
      })
    }),
    () => Effect.sync(() => server.close())
  )

const ended = (sockets: ReadonlySet<Socket>) =>
  Effect.addFinalizer(() => Effect.sync(() => sockets.forEach((socket) => socket.destroy())))

/** Listeners on one port: `handle` answers on the outside; who connects to the same port elsewhere is counted. */
export const openOutside = Effect.fn("openOutside")(function* (
  server: Server,
  zone: Zone,
  options: ClientOptions = {}
) {
  const counted = { outside: 0, inside: 0 }
  const sockets = new Set<Socket>()
  yield* ended(sockets)
  server.on("connection", (socket: Socket) => {
    counted.outside++
    sockets.add(socket)
  })
  const port = yield* listening(server, 0, outsideAddress)
  const guarded: Array<string> = []
  for (const host of insideAddresses()) {
    const listener = createListener((socket) => {
      counted.inside++
      socket.destroy()
    })
    if ((yield* listening(listener, port, host)) !== 0) guarded.push(host)
  }
  const dns = yield* loopbackDns(zone)
  const client = yield* makeGuardedClient({
    resolve: dnsResolver([dns.server]),
    exempt: (address, at) => address === outsideAddress && at === port,
    ...options
  })
  return { client, counted, dns, guarded, port }
})

/** The same, of an HTTP server. */
export const openWebsite = (handle: RequestListener, zone: Zone = new Map(), options: ClientOptions = {}) =>
  openOutside(createServer(handle), zone, options)
