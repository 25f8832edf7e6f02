/** Listening: where, with which limits, and what is said where it cannot be. */
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import { Effect, Layer } from "effect"
import type { HttpRouter } from "effect/http/HttpRouter"
import { toHttpEffect } from "effect/http/HttpRouter"
import * as HttpServer from "effect/http/HttpServer"
import type { ServeError } from "effect/http/HttpServerError"
import { noteRequest } from "../../infra/process/spare-memory.ts"
import { AdminFailed } from "./admin-failed.ts"
import { guarded } from "./boundary.ts"
import { fewAtOnce } from "./few-at-once.ts"
import { onlyByKnownNames } from "./known-hosts.ts"

// An `import` would evaluate the WebSocket that it also exports, and so load all of Node's fetch, which is not used.
const { createServer } = process.getBuiltinModule("node:http")

/** What a client may take of this server before it has shown a key. */
export interface ServerLimits {
  /** A whole request has to arrive within this time; answers may take as long as they like. */
  readonly requestSeconds: number
  readonly headersSeconds: number
  /** How often Node looks for connections that are past those. */
  readonly checkSeconds: number
  readonly headerBytesMax: number
  /** Connections over this are closed at once: each costs memory. */
  readonly connectionsMax: number
  /** Requests that are worked on at the same time; those over it are told to come again. */
  readonly requestsMax: number
}

export const serverLimits: ServerLimits = {
  requestSeconds: 15,
  headersSeconds: 5,
  checkSeconds: 2,
  headerBytesMax: 16 * 1024,
  connectionsMax: 1_000,
  requestsMax: 500
}
/** Event streams have ended before; this is what an ordinary answer may still take at a stop. */
const stopSeconds = 3

export interface Address {
  readonly host: string
  /** 0 for any that is free. */
  readonly port: number
  /** By which names it is asked for, beside addresses, `localhost` and `host`. */
  readonly names?: ReadonlyArray<string> | undefined
}

const nodeServer = (limits: ServerLimits) => () => {
  const server = createServer({
    requestTimeout: limits.requestSeconds * 1_000,
    headersTimeout: limits.headersSeconds * 1_000,
    connectionsCheckingInterval: limits.checkSeconds * 1_000,
    maxHeaderSize: limits.headerBytesMax,
    // Whatever NODE_OPTIONS says: where a proxy and this parser saw different ends of a request, one could hide in another.
    insecureHTTPParser: false
  })
  server.maxConnections = limits.connectionsMax
  server.on("request", () => noteRequest())
  return server
}

const reasons = {
  EADDRINUSE: ["port-in-use", "another process listens there; stop it, or name another port in WADJET_HTTP"],
  EACCES: ["not-allowed", "this user may not listen there; name a port of 1024 or above in WADJET_HTTP"],
  EADDRNOTAVAIL: ["no-such-address", "this machine has no such address; name one that it has in WADJET_HTTP"]
} as const

const isKnown = (code: unknown): code is keyof typeof reasons =>
  typeof code === "string" && Object.hasOwn(reasons, code)

const unable = ({ host, port }: Address, { cause }: ServeError): AdminFailed => {
  const code = cause instanceof Error && "code" in cause ? cause.code : undefined
  const [reason, advice] = isKnown(code) ? reasons[code] : (["failed", String(cause)] as const)
  return new AdminFailed({ reason, message: `expected to listen on ${host}:${port}, but ${advice}` })
}

/** As a browser needs it: an IPv6 address in brackets, and this machine by a name that it can reach. */
const urlOf = (host: string, port: number) => {
  const reachable = host === "0.0.0.0" || host === "::" ? "127.0.0.1" : host
  return `http://${reachable.includes(":") ? `[${reachable}]` : reachable}:${port}`
}

/** Serves routes until the scope closes. Answers with where they are, once they can be reached. */
export const serve = Effect.fn("serve")(function* <E, R>(
  address: Address,
  routes: Layer.Layer<never, E, R | HttpRouter>,
  limits: ServerLimits = serverLimits
) {
  const { host, names = [] } = address
  const answer = yield* toHttpEffect(Layer.provide(routes, NodeHttpServer.layerHttpServices))
  const server = yield* NodeHttpServer.make(nodeServer(limits), {
    host,
    port: address.port,
    gracefulShutdownTimeout: `${stopSeconds} seconds`
  }).pipe(Effect.mapError((error) => unable(address, error)))
  const known = onlyByKnownNames([...names, host])
  yield* HttpServer.serveEffect(guarded(known(fewAtOnce(limits.requestsMax)(answer)))).pipe(
    Effect.provideService(HttpServer.HttpServer, server)
  )
  const port = "port" in server.address ? server.address.port : address.port
  return { url: urlOf(host, port) }
})
