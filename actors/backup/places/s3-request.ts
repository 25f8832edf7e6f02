/**
 * Requests to S3-compatible storage, path style, signed by AWS Signature Version 4. Where it is comes from the
 * operator's settings and from nobody else, so that its address is not judged as those of links are.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-authenticating-requests.html
 */
import { createHash } from "node:crypto"
import { Effect, Redacted, Schedule } from "effect"
import type { Agent } from "undici"
import { loadUndici } from "../../../infra/guarded-client/load-undici.ts"
import { PlaceFailed, type PlaceFault } from "./place.ts"

/** Where a bucket is, and who may use it. */
export interface S3Address {
  /** Scheme, host and port. */
  readonly endpoint: string
  readonly bucket: string
  /** What all keys begin with; empty, or ending in a slash. */
  readonly prefix: string
  readonly region: string
  readonly accessKey: string
  readonly secretKey: Redacted.Redacted
  /** How long it may stay silent, in milliseconds; twenty seconds if left out. */
  readonly silentMillis?: number
}

export interface S3Request {
  readonly method: "GET" | "PUT" | "DELETE" | "HEAD"
  /** The whole key, or empty for the bucket itself. */
  readonly key: string
  readonly query?: Readonly<Record<string, string>>
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: Uint8Array
}

export interface S3Answer {
  readonly status: number
  readonly body: Buffer
  /** The time of day there when it answered, in milliseconds since the epoch; NaN where it did not say. */
  readonly date: number
}

/** How long storage may stay silent: an object of a segment is some megabytes at most. */
const silentMillisByDefault = 20_000
/** How long one request may take in all, a large object over a slow line. */
const requestMillis = 120_000
const connectMillis = 5_000
/** Idle connections are used again: the next segment follows within seconds. */
const idleMillis = 30_000

/**
 * What only reads is asked again for a moment: restoring reads thousands of objects, and one answer in so many is that
 * the storage is busy. What writes is not, for nobody knows what became of it.
 */
const reading: ReadonlySet<S3Request["method"]> = new Set(["GET", "HEAD"])
const againFirstMillis = 250
const againTimesMax = 4
const againWithinSeconds = 30
const again = Schedule.exponential(`${againFirstMillis} millis`).pipe(
  Schedule.jittered,
  Schedule.upTo({ times: againTimesMax, duration: `${againWithinSeconds} seconds` })
)
/** Answers in place of which there may be another one a moment later: too much was asked, or a server had an error of its own. */
const passingStatus: ReadonlySet<number> = new Set([429, 500, 502, 503, 504])

/** As the signature has it: everything but letters, digits, `-`, `.`, `_` and `~`, a space too. */
const encoded = (text: string): string =>
  encodeURIComponent(text).replaceAll(/[!'()*]/g, (it) => `%${it.charCodeAt(0).toString(16).toUpperCase()}`)

const urlOf = ({ bucket, endpoint }: S3Address, { key, query = {} }: S3Request): URL => {
  const path = [bucket, ...key.split("/")].map(encoded).join("/")
  const search = Object.entries(query).map(([name, value]) => `${encoded(name)}=${encoded(value)}`)
  return new URL(`/${path}${search.length === 0 ? "" : `?${search.join("&")}`}`, endpoint)
}

const sign = async (address: S3Address, asked: S3Request, url: URL): Promise<Record<string, string>> => {
  const { AwsV4Signer } = await import("aws4fetch")
  const digest = createHash("sha256")
    .update(asked.body ?? "")
    .digest("hex")
  const signed = await new AwsV4Signer({
    method: asked.method,
    url: url.href,
    headers: { ...asked.headers, "x-amz-content-sha256": digest },
    accessKeyId: address.accessKey,
    secretAccessKey: Redacted.value(address.secretKey),
    service: "s3",
    region: address.region,
    // Conditions are part of what is signed, so that nobody between can take them out.
    allHeaders: true
  }).sign()
  return Object.fromEntries(signed.headers)
}

const codeOf = (cause: unknown): string =>
  cause instanceof Error && "code" in cause && typeof cause.code === "string" ? cause.code : ""

const slow = new Set(["UND_ERR_HEADERS_TIMEOUT", "UND_ERR_BODY_TIMEOUT", "UND_ERR_CONNECT_TIMEOUT"])

const faultOf = (cause: unknown): PlaceFault =>
  slow.has(codeOf(cause)) || (cause instanceof Error && cause.name === "TimeoutError")
    ? "slow"
    : "unreachable"

/** What an error of S3's says: its code, and its sentence. */
const codeIn = (body: Buffer): string => {
  const text = body.subarray(0, 4_096).toString("utf8")
  const part = (name: string) => new RegExp(`<${name}>([^<]*)</${name}>`).exec(text)?.[1]
  return [part("Code"), part("Message")].filter((it) => it !== undefined).join(": ")
}

const faultOfStatus = (status: number, said: string): PlaceFault => {
  if (status === 507 || /QuotaExceeded|StorageFull|EntityTooLarge|NoSpace|XMinioStorageFull/.test(said))
    return "full"
  if (status === 401 || status === 403 || /NoSuchBucket/.test(said)) return "refused"
  return status === 503 || status === 429 ? "slow" : "failed"
}

/** Asks again while there is no answer, or one that passes; the last of these is what it comes to. */
const patiently = (ask: Effect.Effect<S3Answer, PlaceFailed>): Effect.Effect<S3Answer, PlaceFailed> =>
  ask.pipe(
    Effect.filterOrFail(
      ({ status }) => !passingStatus.has(status),
      (answer) => answer
    ),
    Effect.retry(again),
    Effect.catch((last) => ("status" in last ? Effect.succeed(last) : Effect.fail(last)))
  )

export type Send = (operation: string, asked: S3Request) => Effect.Effect<S3Answer, PlaceFailed>

/** Sends requests for a place; its connections are closed with the scope. */
export const sendTo = Effect.fn("sendTo")(function* (place: string, address: S3Address) {
  const { silentMillis = silentMillisByDefault } = address
  let opened: Promise<Agent> | undefined
  const open = async () => {
    const { Agent } = await loadUndici()
    return new Agent({
      connect: { timeout: connectMillis },
      headersTimeout: silentMillis,
      bodyTimeout: silentMillis,
      keepAliveTimeout: idleMillis,
      allowH2: false
    })
  }
  const agent = () => (opened ??= open())
  yield* Effect.addFinalizer(() => Effect.promise(async () => (await opened)?.destroy()))
  const fail = (operation: string, fault: PlaceFault, found: string) =>
    new PlaceFailed({
      place,
      operation,
      fault,
      message: `expected ${address.endpoint} to ${operation}, found ${found}`
    })
  const sendOnce: Send = (operation, asked) =>
    Effect.tryPromise({
      try: async (signal) => {
        const url = urlOf(address, asked)
        const { request } = await loadUndici()
        const headers = await sign(address, asked, url)
        const answer = await request(await agent(), {
          origin: url.origin,
          path: url.pathname + url.search,
          method: asked.method,
          headers,
          body: asked.body === undefined ? null : Buffer.from(asked.body),
          signal: AbortSignal.any([signal, AbortSignal.timeout(requestMillis)])
        })
        return {
          status: answer.statusCode,
          body: Buffer.from(await answer.body.arrayBuffer()),
          date: Date.parse(String(answer.headers["date"]))
        }
      },
      catch: (cause) =>
        fail(operation, faultOf(cause), cause instanceof Error ? cause.message : String(cause))
    })
  const send: Send = (operation, asked) =>
    reading.has(asked.method) ? patiently(sendOnce(operation, asked)) : sendOnce(operation, asked)
  return {
    send,
    refuse: (operation: string, { body, status }: S3Answer) => {
      const said = codeIn(body)
      return fail(
        operation,
        faultOfStatus(status, said),
        `status ${status}${said === "" ? "" : ` (${said})`}`
      )
    }
  }
})
