/**
 * Sends the product's own guarded client, without any exemption, to every place inside in every way, and writes who was
 * connected to. Runs inside the namespace (`enter.ts`).
 */
import { readFileSync } from "node:fs"
import type { IncomingMessage, ServerResponse } from "node:http"
import { connect } from "node:net"
import { Effect } from "effect"
import { type GuardedClientService, makeGuardedClient } from "../../../../infra/guarded-client/client.ts"
import { follow } from "../../../../infra/guarded-client/follow.ts"
import type { Zone } from "../loopback-dns.ts"
import { hostsInside, ipv4Inside, ipv6Inside } from "./targets.ts"
import { openWorld, type World } from "./world.ts"

export interface Tortured {
  /** Connections by address. */
  readonly connections: Readonly<Record<string, number>>
  /** Connections that this machine opened in all, as its kernel counts them, also those that nobody accepted. */
  readonly opened: number
  readonly accepted: number
  /** How questions ended, by the door and the way that they were led astray: how many of which kind. */
  readonly ends: Readonly<Record<string, Readonly<Record<string, number>>>>
  readonly hosts: number
  /** Places inside that are heard of when somebody without a guard connects to them. */
  readonly heardWithout: number
}

/** Public addresses that may be connected to, and are. */
export const controls = {
  "site.example.com": "93.184.215.14",
  "other.example.com": "1.2.3.4",
  "six.example.com": "2606:4700::1111",
  "far.example.com": "223.255.255.254",
  "near.example.com": "11.0.0.1"
} as const

/** Ways to send a browser on; each answers at `/WAY?HOST`. */
const ways: Readonly<Record<string, (target: string, response: ServerResponse) => void>> = {
  ...Object.fromEntries(
    [301, 302, 303, 307, 308].map((status) => [
      `status-${status}`,
      (target: string, response: ServerResponse) => response.writeHead(status, { location: target }).end()
    ])
  ),
  "refresh-header": (target, response) => response.writeHead(200, { refresh: `0; url=${target}` }).end(),
  "meta-refresh": (target, response) =>
    response
      .writeHead(200, { "content-type": "text/html" })
      .end(`<meta http-equiv="refresh" content="0; url='${target}'">`),
  "scheme-relative": (target, response) =>
    response.writeHead(302, { location: target.replace("http:", "") }).end(),
  backslashes: (target, response) =>
    response.writeHead(302, { location: target.replace("http://", "http:\\\\") }).end(),
  "in-a-chain": (target, response) =>
    response
      .writeHead(302, { location: `http://other.example.com/status-302?${encodeURIComponent(target)}` })
      .end(),
  "alt-svc": (target, response) => {
    const authority = new URL("http://10.0.0.1/").host
    response
      .writeHead(200, {
        "alt-svc": `h2="${authority}:443"; ma=3600, h3="${authority}:443"`,
        link: `<${target}>; rel=preload`
      })
      .end()
  }
}

const answer = (request: IncomingMessage, response: ServerResponse): void => {
  const [, way = "", target = ""] = /^\/([a-z0-9-]+)\?(.*)$/.exec(request.url ?? "") ?? []
  const lead = ways[way]
  if (lead === undefined) response.writeHead(200, { "content-type": "text/plain" }).end("hello")
  else lead(Buffer.from(decodeURIComponent(target)).toString("latin1"), response)
}

const nameOf = (kind: string, at: number): string => `${kind}-${at}.example.com`

const inside = [...ipv4Inside, ...ipv6Inside]
const publicly = controls["site.example.com"]

/** What names resolve to, by what is wrong with them: answers of one look-up after the other. */
const resolvings: Readonly<Record<string, (address: string) => ReadonlyArray<ReadonlyArray<string>>>> = {
  plain: (address) => [[address]],
  "mixed-with-public": (address) => [[publicly, address]],
  "mixed-families": (address) => [[address.includes(":") ? publicly : "2606:4700::1111", address]],
  turning: (address) => [[publicly], [address], [publicly], [address]],
  rebinding: (address) => [[publicly], [address], [publicly], [address]]
}

const zoneOf = (): Zone => {
  const zone: Zone = new Map(Object.entries(controls).map(([name, address]) => [name, [[address]]]))
  for (const [kind, answers] of Object.entries(resolvings))
    inside.forEach((address, at) => zone.set(nameOf(kind, at), answers(address)))
  inside.forEach((address, at) => zone.set(`hidden-${at}.other.example.org`, [[address]]))
  return zone
}

const aliases = new Map(inside.map((_, at) => [nameOf("alias", at), `hidden-${at}.other.example.org`]))

/** Connects to every place inside without a guard: the listeners hear it, or what they do not hear says nothing. */
const heardWithout = Effect.fnUntraced(function* ({ connections }: World) {
  const before = connections.size
  for (const address of inside)
    yield* Effect.callback<void>((resume) => {
      const socket = connect({ host: address, port: 80, timeout: 1_000 })
      const done = () => {
        socket.destroy()
        resume(Effect.void)
      }
      socket.once("connect", done).once("error", done).once("timeout", done)
    })
  return connections.size - before
})

const program = Effect.gen(function* () {
  const world = yield* openWorld(zoneOf(), answer, aliases)
  const client = yield* makeGuardedClient()
  const ends: Record<string, Record<string, number>> = {}
  const count = (door: string, end: string): void => {
    const of = (ends[door] ??= {})
    of[end] = (of[end] ?? 0) + 1
  }
  const sideBySide = { concurrency: 32, discard: true } as const

  const followed = (door: string, url: string) =>
    Effect.map(follow(client, url), ({ end }) =>
      count(
        door,
        end.kind === "refused" ? `refused by ${end.rule}` : end.kind === "failed" ? end.fault : end.kind
      )
    )
  const asked = (door: string, request: Effect.Effect<unknown, { readonly fault: string }>) =>
    Effect.map(Effect.result(request), (result) =>
      count(door, result._tag === "Success" ? "answered" : result.failure.fault)
    )
  const get = (url: string) => ({ url, method: "GET" as const, bytesMax: 100, limitMillis: 5_000 })
  const doors: Readonly<
    Record<
      string,
      (url: string, client: GuardedClientService) => Effect.Effect<unknown, { readonly fault: string }>
    >
  > = {
    ask: (url) => client.ask(get(url)),
    download: (url) => client.download(get(url), async () => "read"),
    certificate: (url) => client.certificate(url.replace(/^http:/, "https:"), 5_000)
  }

  for (const name of Object.keys(controls)) {
    yield* followed("control", `http://${name}/`)
    for (const [door, open] of Object.entries(doors))
      yield* asked(`control ${door}`, open(`http://${name}/`, client))
  }
  for (const way of Object.keys(ways)) {
    const url = (host: string) => `http://site.example.com/${way}?${encodeURIComponent(`http://${host}/`)}`
    yield* Effect.forEach(hostsInside, (host) => followed(`redirect by ${way}`, url(host)), sideBySide)
  }
  for (const port of [22, 25, 2375, 6379, 9200])
    yield* followed(
      "redirect to a port",
      `http://site.example.com/status-302?${encodeURIComponent(`http://other.example.com:${port}/`)}`
    )
  for (const [door, open] of Object.entries(doors))
    yield* Effect.forEach(
      hostsInside,
      (host) => asked(`${door} by address`, open(`http://${host}/`, client)),
      sideBySide
    )
  for (const kind of ["plain", "mixed-with-public", "mixed-families", "alias"])
    for (const [door, open] of Object.entries(doors))
      yield* Effect.forEach(
        inside,
        (_, at) => asked(`${door} by a name, ${kind}`, open(`http://${nameOf(kind, at)}/`, client)),
        sideBySide
      )
  // A connection that is kept leads where it led; a new one is judged anew.
  for (let at = 0; at < inside.length; at++)
    for (let turn = 0; turn < 4; turn++)
      yield* asked("ask by a name, turning", doors["ask"]!(`http://${nameOf("turning", at)}/`, client))
  // One after the other, each on a connection of its own: every second answer of the name server leads inside.
  for (let at = 0; at < inside.length; at++)
    for (let turn = 0; turn < 4; turn++)
      yield* asked(
        "certificate by a name, rebinding",
        doors["certificate"]!(`http://${nameOf("rebinding", at)}/`, client)
      )

  const kernel = readFileSync("/proc/net/snmp", "utf8").match(/^Tcp: .*$/gm)!
  const column = kernel[0]!.split(" ").indexOf("ActiveOpens")
  const tortured: Tortured = {
    connections: Object.fromEntries(world.connections),
    opened: Number(kernel[1]!.split(" ")[column]),
    accepted: [...world.connections.values()].reduce((sum, many) => sum + many, 0),
    ends,
    hosts: hostsInside.length,
    heardWithout: yield* heardWithout(world)
  }
  process.stdout.write(JSON.stringify(tortured))
})

if (import.meta.main) {
  await Effect.runPromise(Effect.scoped(program))
  process.exit(0)
}
