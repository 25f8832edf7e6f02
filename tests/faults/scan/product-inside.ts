/**
 * The product as it is run, `wadjet run`, where every address of the internet is this machine: links of all kinds are
 * posted in its sandbox, and everything that it connects to is written down. Runs inside the namespace
 * (`tests/infra/guarded-client/namespace/enter.ts`).
 */
import { spawn } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import type { IncomingMessage, ServerResponse } from "node:http"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"
import { Effect } from "effect"
import type { Zone } from "../../infra/guarded-client/loopback-dns.ts"
import { ipv4Inside, ipv6Inside } from "../../infra/guarded-client/namespace/targets.ts"
import { openWorld } from "../../infra/guarded-client/namespace/world.ts"
import type { Begun } from "./watch-connections.ts"

export interface Ran {
  /** Connections to websites and services, by address. */
  readonly connections: Readonly<Record<string, number>>
  /** Requests to websites, by host and path. */
  readonly requests: ReadonlyArray<string>
  /** What the process itself began, without repetitions. */
  readonly begun: ReadonlyArray<Begun>
  /** Links that were posted, and those that have a last result. */
  readonly posted: number
  readonly finished: number
  /** Kinds of evidence that were found outside, and how often. */
  readonly evidence: Readonly<Record<string, number>>
}

/** Public addresses by what is there. */
export const publicAddresses = {
  site: "93.184.215.14",
  secure: "1.2.3.4",
  six: "2606:4700::1111",
  services: "9.9.9.9",
  feeds: "11.0.0.1"
} as const

const ways = [
  "status-301",
  "status-302",
  "status-303",
  "status-307",
  "status-308",
  "refresh-header",
  "meta-refresh",
  "page"
]

const htmlOf = (target: string, refreshes: boolean): string =>
  `<!doctype html><title>Sign in</title>${refreshes ? `<meta http-equiv=refresh content="0;url=${target}">` : ""}
   <link rel="icon" href="${target}favicon.ico"><link rel="stylesheet" href="${target}style.css"><base href="${target}">
   <img src="${target}logo.png"><iframe src="${target}"></iframe><script src="${target}x.js"></script>
   <form action="${target}login" method="post"><input type="password" name="p"></form>`

const requests: Array<string> = []

const answer = (request: IncomingMessage, response: ServerResponse): void => {
  const host = request.headers.host ?? ""
  const [, way = "", encoded = ""] = /^\/([a-z0-9-]+)\?(.*)$/.exec(request.url ?? "") ?? []
  requests.push(`${host}/${way}`)
  const target = decodeURIComponent(encoded)
  const html = { "content-type": "text/html" }
  if (host === "feeds.example.net" && request.url === "/list")
    return void response.writeHead(200).end("http://listed.example.com/bad\n")
  if (host === "feeds.example.net")
    return void response
      .writeHead(302, { location: `http://${/\/to-(.*)$/.exec(request.url ?? "")?.[1]}/list` })
      .end()
  const status = /^status-(\d+)$/.exec(way)?.[1]
  if (status !== undefined) return void response.writeHead(Number(status), { location: target }).end()
  if (way === "refresh-header") return void response.writeHead(200, { refresh: `0;url=${target}` }).end()
  if (way === "meta-refresh") return void response.writeHead(200, html).end(htmlOf(target, true))
  if (way === "page") return void response.writeHead(200, html).end(htmlOf(target, false))
  response.writeHead(200, html).end("<title>A garden</title>")
}

const inside = [...ipv4Inside, ...ipv6Inside]
const inUrl = (address: string): string => (address.includes(":") ? `[${address}]` : address)

const links: ReadonlyArray<string> = [
  "http://site.example.com/",
  "https://secure.example.com/",
  "http://six.example.com/",
  "http://status.example.com/status-302?https%3A%2F%2Fsecure.example.com%2Fend",
  ...inside.map((address, at) => {
    const way = ways[at % ways.length]!
    return `http://site.example.com/${way}?${encodeURIComponent(`http://${inUrl(address)}/`)}`
  }),
  ...inside.map((address) => `http://${inUrl(address)}/x`),
  ...inside.map((_, at) => `http://inside-${at}.example.com/`),
  ...inside.map((_, at) => `https://turning-${at}.example.com/`)
]

const zone: Zone = new Map<string, ReadonlyArray<ReadonlyArray<string>>>([
  ["site.example.com", [[publicAddresses.site]]],
  ["status.example.com", [[publicAddresses.site]]],
  ["secure.example.com", [[publicAddresses.secure]]],
  ["six.example.com", [[publicAddresses.six]]],
  ["feeds.example.net", [[publicAddresses.feeds]]],
  ...["data.iana.org", "security.cloudflare-dns.com", "dns.quad9.net"].map(
    (name) => [name, [[publicAddresses.services]]] as const
  ),
  ...inside.map((address, at) => [`inside-${at}.example.com`, [[address]]] as const),
  ...inside.map((address, at) => [`turning-${at}.example.com`, [[publicAddresses.site], [address]]] as const)
])

interface Heard {
  readonly type: string
  readonly data: {
    readonly link?: string
    readonly links?: ReadonlyArray<{ readonly link: string }>
    readonly awaits?: ReadonlyArray<string>
    readonly evidence?: ReadonlyArray<{ readonly source: string; readonly kind: string }>
  }
}

/** Starts the product, and answers with its page and the owner's key. */
const startProduct = (dataFolder: string, watched: string) => {
  const entry = fileURLToPath(new URL("../../../actors/operator/main.ts", import.meta.url))
  const child = spawn(process.execPath, [entry, "run", "--json"], {
    env: {
      ...process.env,
      NODE_USE_ENV_PROXY: "1",
      WATCHED: watched,
      NODE_OPTIONS: `--import=${new URL("watch-connections.ts", import.meta.url).href}`,
      WADJET_DATA: dataFolder,
      WADJET_HTTP: "127.0.0.1:0",
      WADJET_FEEDS: [
        "good=http://feeds.example.net/list",
        "inside=http://192.168.77.77/list",
        "named=http://inside-3.example.com/list",
        "moved=http://feeds.example.net/to-10.0.0.1",
        "turning=http://feeds.example.net/to-inside-1.example.com"
      ].join(" ")
    },
    stdio: ["ignore", "pipe", "inherit"]
  })
  const ready = once(createInterface({ input: child.stdout }), "line").then(
    ([line]) => JSON.parse(String(line)) as { readonly page: string; readonly ownerKey: string }
  )
  const ended = once(child, "close")
  return { ready, stop: () => (child.kill("SIGINT"), ended) }
}

async function* linesOf(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  let rest = ""
  for await (const text of body.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n")
    rest = lines.pop() ?? ""
    yield* lines
  }
}

/** Reads the log as it grows, until every link of so many messages has its last result. */
const results = async (page: string, headers: Record<string, string>, messagesMax: number) => {
  const response = await fetch(`${page}/v1/events?from=0&context=scan,message`, { headers })
  const posted = new Set<string>()
  const finished = new Set<string>()
  const evidence: Record<string, number> = {}
  let messages = 0
  for await (const line of linesOf(response.body!)) {
    if (!line.startsWith("data:")) continue
    const { data, type } = JSON.parse(line.slice("data:".length)) as Heard
    if (type === "message.received") {
      messages++
      for (const { link } of data.links ?? []) posted.add(link)
    }
    if (type === "scan.completed" && data.awaits === undefined) {
      finished.add(data.link!)
      for (const { kind, source } of data.evidence ?? [])
        evidence[`${source}.${kind}`] = (evidence[`${source}.${kind}`] ?? 0) + 1
    }
    if (messages === messagesMax && finished.size === posted.size) break
  }
  return { posted: posted.size, finished: finished.size, evidence }
}

const program = Effect.gen(function* () {
  const world = yield* openWorld(zone, answer)
  const folder = mkdtempSync(join(tmpdir(), "wadjet-inside-"))
  yield* Effect.addFinalizer(() => Effect.sync(() => rmSync(folder, { recursive: true, force: true })))
  const watched = join(folder, "watched")
  const product = startProduct(join(folder, "data"), watched)
  yield* Effect.addFinalizer(() => Effect.promise(() => product.stop()))
  return yield* Effect.promise(async () => {
    const { ownerKey, page } = await product.ready
    const headers = { authorization: `Bearer ${ownerKey}`, "content-type": "application/json" }
    for (const link of links) {
      const taken = await fetch(`${page}/v1/sandbox/messages`, {
        method: "POST",
        headers,
        body: JSON.stringify({ text: `look ${link} there` })
      })
      if (!taken.ok) throw new Error(`expected the message to be taken, found ${await taken.text()}`)
    }
    const { evidence, finished, posted } = await results(page, headers, links.length)
    while (requests.filter((it) => it.startsWith("feeds.example.net")).length < 3)
      await new Promise((resolve) => setTimeout(resolve, 50))
    const begun = new Set(readFileSync(watched, "utf8").trim().split("\n"))
    const ran: Ran = {
      connections: Object.fromEntries(world.connections),
      requests: [...new Set(requests)],
      begun: [...begun].map((line) => JSON.parse(line) as Begun),
      posted,
      finished,
      evidence
    }
    return ran
  })
})

if (import.meta.main) {
  const ran = await Effect.runPromise(Effect.scoped(program))
  process.stdout.write(JSON.stringify(ran))
  process.exit(0)
}
