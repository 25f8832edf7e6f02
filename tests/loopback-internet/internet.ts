/** The services and sites of the internet on loopback: asked by their real names, through the product's own guarded client. */
import { createServer } from "node:net"
import { Worker } from "node:worker_threads"
import { Clock, Effect } from "effect"
import {
  type Asked,
  type GuardedClientService,
  makeGuardedClient
} from "../../infra/guarded-client/client.ts"
import { FetchFailed } from "../../infra/guarded-client/fetch-failed.ts"
import { dnsResolver, type ResolveName } from "../../infra/guarded-client/resolve-name.ts"
import { outsideAddress } from "../infra/guarded-client/outside.ts"
import { makeDelays } from "./delays.ts"
import { type Mood, moodHeader } from "./mood.ts"

/** Beside what the services themselves may be: nobody listens, or the name servers are gone. */
export type Trouble = Mood | "refused" | "dns-dead"

const handshakes = makeDelays(2)

/** A port on which nobody listens. */
const deadPort = Effect.callback<number>((resume) => {
  const server = createServer().listen({ port: 0, host: outsideAddress }, () => {
    const address = server.address()
    const port = address !== null && typeof address === "object" ? address.port : 0
    server.close(() => resume(Effect.succeed(port)))
  })
})

const troubles: ReadonlyArray<Trouble> = ["alive", "prompt", "broken", "silent", "refused", "dns-dead"]

/** Where it is, for whichever thread. */
export interface InternetPlace {
  readonly port: number
  readonly dead: number
  /** What all of it is in, as a place among the troubles, and a word for what a test has its threads know. */
  readonly trouble: Int32Array
}

const startServices = Effect.acquireRelease(
  Effect.callback<{ readonly worker: Worker; readonly port: number }>((resume) => {
    const worker = new Worker(new URL("./services.ts", import.meta.url), {
      workerData: outsideAddress
    })
    worker.once("message", (port: number) => resume(Effect.succeed({ worker, port })))
  }),
  ({ worker }) => Effect.promise(() => worker.terminate())
)

const dayMillis = 86_400_000

const shownCertificate = Effect.fnUntraced(function* (trouble: Trouble, limitMillis: number) {
  if (trouble === "silent") yield* Effect.sleep(limitMillis)
  if (trouble === "silent") return yield* new FetchFailed({ fault: "timeout", message: "" })
  const { failed, millis } =
    trouble === "prompt" ? { failed: false, millis: 0 } : handshakes("tls-certificate")
  if (failed || (trouble !== "alive" && trouble !== "prompt"))
    return yield* new FetchFailed({ fault: "unreachable", message: "" })
  yield* Effect.sleep(millis)
  const now = yield* Clock.currentTimeMillis
  return {
    validFrom: now - 30 * dayMillis,
    validTo: now + 60 * dayMillis,
    names: [],
    issuer: "An authority",
    isSelfSigned: false,
    isForHost: true,
    isTrusted: true
  }
})

/**
 * A client of it, in the thread that asks. Every name is that of one address, and every port one port, over HTTP: the
 * handshake of TLS is in the delays of the services. What the guard judges is the URL as the product asks for it.
 */
export const openInternetClient = Effect.fn("openInternetClient")(function* (
  { dead, port, trouble }: InternetPlace,
  troubleOf: (host: string) => Trouble = () => troubles[Atomics.load(trouble, 0)]!
) {
  // Nobody is there, and nothing says so.
  const nobody = dnsResolver(["192.0.2.1:53"])
  const resolve: ResolveName = (name) =>
    troubleOf(name) === "dns-dead" ? nobody(name) : Promise.resolve([outsideAddress])
  const client = yield* makeGuardedClient({
    resolve,
    exempt: (address, at) => address === outsideAddress && (at === port || at === dead)
  })
  const there = (asked: Asked): Asked => {
    const url = new URL(asked.url)
    const trouble = troubleOf(url.hostname)
    url.protocol = "http:"
    url.port = String(trouble === "refused" ? dead : port)
    return { ...asked, url: url.href, headers: { ...asked.headers, [moodHeader]: trouble } }
  }
  const standIn: GuardedClientService = {
    ...client,
    ask: (asked) => client.ask(there(asked)),
    download: (asked, read) => client.download(there(asked), read),
    certificate: (url, limitMillis) => shownCertificate(troubleOf(new URL(url).hostname), limitMillis)
  }
  return standIn
})

/** Opens it, with a client in this thread. */
export const openLoopbackInternet = Effect.fn("openLoopbackInternet")(function* () {
  const { port } = yield* startServices
  const place: InternetPlace = {
    port,
    dead: yield* deadPort,
    trouble: new Int32Array(new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT))
  }
  let troubleOf: ((host: string) => Trouble) | undefined
  const common = (): Trouble => troubles[Atomics.load(place.trouble, 0)]!
  return {
    place,
    client: yield* openInternetClient(place, (host) => troubleOf?.(host) ?? common()),
    /** From now on, each service and site by its host, as this thread asks them. */
    become: (of: (host: string) => Trouble): void => void (troubleOf = of),
    /** From now on all of them, whichever thread asks. */
    allBecome: (trouble: Trouble): void => void Atomics.store(place.trouble, 0, troubles.indexOf(trouble))
  }
})
