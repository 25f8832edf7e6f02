/**
 * S3 on loopback, for machines without a container engine: it checks signatures and payload digests, keeps conditions
 * and lists page by page. It misbehaves where it is told to.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http"
import { Effect, Redacted } from "effect"
import type { S3Address } from "../../actors/backup/places/s3-request.ts"
import { complaintAbout, type Credentials } from "./signature.ts"

/**
 * What goes wrong with the next requests.
 * - `refuse`: the key is no longer accepted.
 * - `full`: nothing more is stored.
 * - `down`: an error of the server's own.
 * - `busy`: too much is asked of it, and nothing is carried out.
 * - `lie`: it says that it stored, and did not.
 * - `cut`: the connection breaks after the request was carried out, before the answer.
 * - `break`: the connection breaks while the request comes in, and nothing is carried out.
 * - `slow`: nothing is carried out, and there is no answer for as long as anybody waits.
 * - `shorten`: it stores half of what it was given, and says that it stored it.
 */
export type Trouble = "refuse" | "full" | "down" | "busy" | "lie" | "cut" | "break" | "slow" | "shorten"

export interface LoopbackS3 {
  readonly address: S3Address
  /** What it holds, by key. */
  readonly objects: Map<string, Buffer>
  /** How many requests came in, by method. */
  readonly requests: Map<string, number>
  /** What goes wrong with a request, if anything does; asked for each. */
  trouble: (method: string, key: string) => Trouble | undefined
  /** Its clock, in milliseconds since the epoch. */
  clock: () => number
}

interface Asked {
  readonly method: string
  readonly key: string
  readonly url: URL
  readonly body: Buffer
}

interface Said {
  readonly status: number
  readonly body?: string | Buffer
}

const escaped = (text: string) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;")
const failure = (status: number, code: string): Said => ({
  status,
  body: `<?xml version="1.0"?><Error><Code>${code}</Code><Message>as it was told</Message></Error>`
})

const bodyOf = async (request: IncomingMessage): Promise<Buffer> => {
  const parts: Array<Buffer> = []
  for await (const part of request) parts.push(part as Buffer)
  return Buffer.concat(parts)
}

const listing = (objects: Map<string, Buffer>, url: URL, pageMax: number): Said => {
  const prefix = url.searchParams.get("prefix") ?? ""
  const after = url.searchParams.get("continuation-token") ?? url.searchParams.get("start-after") ?? ""
  const keys = [...objects.keys()].filter((key) => key.startsWith(prefix) && key > after).toSorted()
  const page = keys.slice(0, pageMax)
  const more = keys.length > page.length
  const contents = page
    .map((key) => `<Contents><Key>${escaped(key)}</Key><Size>${objects.get(key)!.length}</Size></Contents>`)
    .join("")
  const next = more ? `<NextContinuationToken>${escaped(page.at(-1)!)}</NextContinuationToken>` : ""
  return {
    status: 200,
    body: `<?xml version="1.0"?><ListBucketResult><IsTruncated>${more}</IsTruncated>${contents}${next}</ListBucketResult>`
  }
}

export interface LoopbackS3Options {
  /** Whether it keeps conditions; some storage does not. */
  readonly conditional?: boolean
  /** Whether it keeps older versions of an object. */
  readonly versions?: boolean
  /** How many keys it lists at once. */
  readonly pageMax?: number
}

const bucket = "backups"
const credentials: Credentials = { accessKey: "AKEXAMPLE", secretKey: "secret/Example+key" }

const answering =
  (
    objects: Map<string, Buffer>,
    { conditional = true, pageMax = 1_000, versions = false }: LoopbackS3Options
  ) =>
  ({ body, key, method, url }: Asked, request: IncomingMessage, trouble: Trouble | undefined): Said => {
    if (!url.pathname.startsWith(`/${bucket}`)) return failure(404, "NoSuchBucket")
    if (method === "GET" && url.searchParams.has("versioning"))
      return {
        status: 200,
        body: `<VersioningConfiguration>${versions ? "<Status>Enabled</Status>" : ""}</VersioningConfiguration>`
      }
    if (method === "GET" && key === "") return listing(objects, url, pageMax)
    const held = objects.get(key)
    if (method === "PUT") {
      if (conditional && request.headers["if-none-match"] === "*" && held !== undefined)
        return failure(412, "PreconditionFailed")
      const kept = trouble === "shorten" ? body.subarray(0, body.length / 2) : body
      if (trouble !== "lie") objects.set(key, kept)
      return { status: 200 }
    }
    if (method === "DELETE") {
      objects.delete(key)
      return { status: 204 }
    }
    return held === undefined ? failure(404, "NoSuchKey") : { status: 200, body: held }
  }

const answerTo = (
  answer: ReturnType<typeof answering>,
  asked: Asked,
  request: IncomingMessage,
  trouble: Trouble | undefined
) => {
  const complaint = complaintAbout(request, asked.url, asked.body, credentials)
  if (complaint !== undefined) return failure(403, complaint)
  if (trouble === "refuse") return failure(403, "ExpiredToken")
  if (trouble === "down") return failure(500, "InternalError")
  if (trouble === "busy") return failure(503, "SlowDown")
  if (trouble === "full" && asked.method === "PUT") return failure(507, "StorageFull")
  return answer(asked, request, trouble)
}

const listen = (server: Server) =>
  Effect.callback<number>((resume) => {
    server.listen(0, "127.0.0.1", () => {
      const address = server.address()
      resume(Effect.succeed(address !== null && typeof address === "object" ? address.port : 0))
    })
  })

/** Starts it until the scope closes. */
export const startLoopbackS3 = Effect.fn("startLoopbackS3")(function* (options: LoopbackS3Options = {}) {
  const objects = new Map<string, Buffer>()
  const requests = new Map<string, number>()
  const state: Pick<LoopbackS3, "trouble" | "clock"> = { trouble: () => undefined, clock: Date.now }
  const answer = answering(objects, options)
  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    const method = request.method ?? ""
    const url = new URL(request.url ?? "/", "http://loopback")
    const key = decodeURIComponent(url.pathname.split("/").slice(2).join("/"))
    requests.set(method, (requests.get(method) ?? 0) + 1)
    const trouble = state.trouble(method, key)
    if (trouble === "break") return request.socket.destroy()
    const asked = { method, key, url, body: await bodyOf(request) }
    if (trouble === "slow") return
    const { body, status } = answerTo(answer, asked, request, trouble)
    if (trouble === "cut") return request.socket.destroy()
    response.writeHead(status, { date: new Date(state.clock()).toUTCString() })
    response.end(method === "HEAD" ? undefined : body)
  }
  const server = createServer(
    (request, response) => void handle(request, response).catch(() => response.destroy())
  )
  const port = yield* Effect.acquireRelease(listen(server), () =>
    Effect.sync(() => {
      server.closeAllConnections()
      server.close()
    })
  )
  const address: S3Address = {
    endpoint: `http://127.0.0.1:${port}`,
    bucket,
    prefix: "wadjet/",
    region: "garage",
    accessKey: credentials.accessKey,
    secretKey: Redacted.make(credentials.secretKey)
  }
  return Object.assign(state, { address, objects, requests }) satisfies LoopbackS3
})
