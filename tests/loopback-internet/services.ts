/**
 * All services and sites that a scanner asks, on one port of loopback: each answers as it documents, that nothing is
 * known against a link unless the link's own name says so, and as slowly as in life.
 *
 * Runs as a worker thread, so that its answers do not wait for who asks for them. `workerData` is an address; it posts its
 * port once it listens.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import { Readable } from "node:stream"
import { parentPort, workerData } from "node:worker_threads"
import { type Delays, makeDelays } from "./delays.ts"
import { moodHeader } from "./mood.ts"

interface Answer {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Buffer
}

const json = (value: unknown): Answer => ({
  status: 200,
  headers: { "content-type": "application/json" },
  body: JSON.stringify(value)
})

/** One address for whatever is asked: a name that nobody withholds. */
const dnsAnswer = (request: IncomingMessage): Answer => {
  const question = Buffer.from(new URL(request.url!, "http://x").searchParams.get("dns") ?? "", "base64url")
  const head = Buffer.from(question.subarray(0, 12))
  head.writeUInt16BE(0x81_80, 2)
  head.writeUInt16BE(1, 6)
  const record = Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 1, 44, 0, 4, 93, 184, 215, 14])
  return {
    status: 200,
    headers: { "content-type": "application/dns-message" },
    body: Buffer.concat([head, question.subarray(12), record])
  }
}

interface Service {
  /** Whose delays it has, by the names of `source-latency.json`. */
  readonly as: string
  readonly answer: (request: IncomingMessage, body: string) => Answer
}

const registry = "rdap.verisign.com"

const services: Readonly<Record<string, Service>> = {
  "safebrowsing.googleapis.com": {
    as: "safe-browsing-search",
    answer: () => json({ cacheDuration: "300s" })
  },
  "www.virustotal.com": {
    as: "virustotal-url-report",
    answer: () => ({ status: 404 })
  },
  "urlhaus-api.abuse.ch": {
    as: "urlhaus-url",
    answer: (_, body) =>
      json(
        body.includes("listed")
          ? { query_status: "ok", url_status: "online", threat: "malware_download" }
          : { query_status: "no_results" }
      )
  },
  "checkurl.phishtank.com": {
    as: "phishtank-check",
    answer: () => json({ results: { in_database: false } })
  },
  "urlscan.io": { as: "urlscan-search", answer: () => json({ results: [], total: 0, has_more: false }) },
  "data.iana.org": {
    as: "rdap",
    answer: () => json({ services: [[["com"], [`https://${registry}/com/v1/`]]] })
  },
  [registry]: {
    as: "rdap",
    answer: () => json({ events: [{ eventAction: "registration", eventDate: "2019-05-01T00:00:00Z" }] })
  },
  "security.cloudflare-dns.com": { as: "dns-filter", answer: dnsAnswer },
  "dns.quad9.net": { as: "dns-filter", answer: dnsAnswer }
}

const page = `<!doctype html><html><head><title>A page</title></head><body>${"<p>Nothing in particular.</p>\n".repeat(150)}</body></html>`

/** A site: `/to?URL` sends on, everything else is a page. */
const site = (request: IncomingMessage): Service => {
  const target = /^\/to\?(.*)$/.exec(request.url ?? "")?.[1]
  return target === undefined
    ? { as: "page", answer: () => ({ status: 200, headers: { "content-type": "text/html" }, body: page }) }
    : {
        as: "redirect-hop",
        answer: () => ({ status: 302, headers: { location: decodeURIComponent(target) } })
      }
}

/** How often each list was asked for: one line in a hundred is another one each time. */
const fetches = new Map<string, number>()

/** `lists.example.net/1000000`: so many lines, as fast as they are read. */
const sendList = (request: IncomingMessage, response: ServerResponse): void => {
  const path = request.url ?? ""
  const count = Number(path.slice(1))
  const fetch = (fetches.get(path) ?? 0) + 1
  fetches.set(path, fetch)
  const line = (number: number) =>
    `https://h${number % 300_000}.example.com/login/${number}/index.php${number % 100 === 0 ? `?${fetch}` : ""}\n`
  const atOnce = 1_000
  const parts = function* () {
    for (let from = 0; from < count; from += atOnce)
      yield Array.from({ length: Math.min(atOnce, count - from) }, (_, at) => line(from + at)).join("")
  }
  Readable.from(parts()).pipe(response.writeHead(200, { "content-type": "text/plain" }))
}

const bodyOf = async (request: IncomingMessage): Promise<string> => {
  const parts: Array<Buffer> = []
  for await (const part of request) parts.push(part)
  return Buffer.concat(parts).toString("latin1")
}

const atOnce = { failed: false, millis: 0 }

const respond = async (request: IncomingMessage, response: ServerResponse, delays: Delays) => {
  const host = (request.headers.host ?? "").replace(/:\d+$/, "")
  if (host === "lists.example.net") return sendList(request, response)
  const service = services[host] ?? site(request)
  const body = await bodyOf(request)
  const mood = request.headers[moodHeader]
  if (mood === "silent") return
  if (mood === "broken") return void response.writeHead(503).end()
  const { failed, millis } = mood === "prompt" ? atOnce : delays(service.as)
  setTimeout(() => {
    const answer = failed ? { status: 503 } : service.answer(request, body)
    response.writeHead(answer.status, answer.headers).end(request.method === "HEAD" ? undefined : answer.body)
  }, millis)
}

const delays = makeDelays(1)
const server = createServer((request, response) => void respond(request, response, delays))
server.keepAliveTimeout = 60_000
server.listen({ port: 0, host: String(workerData) }, () => {
  const address = server.address()
  if (address !== null && typeof address === "object") parentPort?.postMessage(address.port)
})
