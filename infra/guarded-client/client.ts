/** HTTP to the outside, and the only way there: every connection of scanning is made here. */
import { Readable } from "node:stream"
import { Context, Effect, Layer } from "effect"
import type { Agent, Dispatcher } from "undici"
import { ConnectionRefused, type FetchFailed, fetchFailed } from "./fetch-failed.ts"
import { certificateAt, type ConnectOptions, guardedConnector, refusalOf } from "./connect.ts"
import { portOf } from "./judge-port.ts"
import { judgeUrl } from "./judge-url.ts"
import type { Judgement } from "./judgement.ts"
import { loadUndici } from "./load-undici.ts"
import { acceptedEncodings, type Body, bodyParts, readBody } from "./read-body.ts"
import type { PeerCertificate } from "./peer-certificate.ts"
import { dnsResolver } from "./resolve-name.ts"

/** One request. Redirects are not followed: what they lead to is a request of its own. */
export interface Asked {
  readonly url: string
  readonly method: "GET" | "POST"
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  /** Asked in the moment when the request is written, once it is connected; `false` sends nothing. Left out, it is. */
  readonly isWanted?: () => boolean
  /** Whether the body is wanted, by what comes before it; left out, it is. */
  readonly wantsBody?: (head: AnswerHead) => boolean
  /** How much of the body is read, in bytes, compressed and not. */
  readonly bytesMax: number
  /** How long everything may take: the look-up, the connection, the answer and its body. */
  readonly limitMillis: number
}

export interface Answered extends Body {
  readonly status: number
  /** The first of each header, by its name in lower case. */
  readonly headers: Readonly<Record<string, string>>
}

/** An answer whose body is still to come. */
export type AnswerHead = Omit<Answered, keyof Body>

export interface GuardedClientService {
  readonly ask: (asked: Asked) => Effect.Effect<Answered, FetchFailed>
  /** Asks for what is too large to be held at once: `read` gets it part by part. Longer than `bytesMax` it fails. */
  readonly download: <A>(
    asked: Asked,
    read: (head: AnswerHead, parts: AsyncIterable<Buffer>) => Promise<A>
  ) => Effect.Effect<A, FetchFailed>
  /** The certificate of an https URL's server, whether or not it is trusted. Nothing is asked of the server. */
  readonly certificate: (url: string, limitMillis: number) => Effect.Effect<PeerCertificate, FetchFailed>
  /** Whether it would ask for a URL at all, as far as the URL alone says. */
  readonly judge: (url: string) => Judgement
}

/** Guarded HTTP for whoever reads what strangers wrote. */
export class GuardedClient extends Context.Service<GuardedClient, GuardedClientService>()(
  "wadjet/GuardedClient"
) {}

/** Seconds are enough for a handshake anywhere on earth; each request has a limit of its own besides. */
const connectMillis = 3_000
/**
 * Of one host at a time, as many as links are looked at side by side: what waits for a connection loses its time to
 * others, and a slow service that is asked about every link would seem to be out of order.
 */
const connectionsPerOrigin = 64
/** What the answer's headers may hold; Node's own limit, stated. */
const headerBytesMax = 16_384
/** An idle connection is kept this long, whatever the server would like. */
const idleMillis = 4_000

const userAgent = "Mozilla/5.0 (compatible; Wadjet; link safety check)"

const firstOf = (headers: Dispatcher.ResponseData["headers"]): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => {
      const first = Array.isArray(value) ? value[0] : value
      return first === undefined ? [] : [[name, first] as const]
    })
  )

const makeJudge =
  (exempt: ConnectOptions["exempt"]) =>
  (url: string): Judgement => {
    const judged = judgeUrl(url)
    if (judged.allowed || judged.rule !== "address" || judged.address === undefined) return judged
    const refused = refusalOf(judged.address, portOf(new URL(url)), exempt)
    return refused ?? { allowed: true, reason: "exempt", address: judged.address }
  }

/** What a test may set; the product sets nothing of it, and no setting reaches it. */
export type ClientOptions = Partial<ConnectOptions>

type ComingBody = Dispatcher.ResponseData["body"]
type Read<A> = (head: AnswerHead, body: ComingBody) => Promise<A>

/** A body that nobody reads: a short one is let in, so that the connection can be used again. */
const unreadBytesMax = 16_384

const leave = (body: ComingBody): Body => {
  void body.dump({ limit: unreadBytesMax }).catch(() => {})
  return { bytes: Buffer.alloc(0), cut: true }
}

/**
 * A body that is handed over when the connection is there to write it to. undici writes it together with the head, so
 * that of a request which is not wanted any more nothing is sent.
 */
async function* whileWanted(body: string, isWanted: () => boolean) {
  if (!isWanted()) throw new Error("it is not wanted any more")
  yield Buffer.from(body)
}

const bodyOf = ({ body = "", isWanted }: Asked) =>
  isWanted === undefined
    ? { body: body === "" ? null : body, headers: {} }
    : {
        body: Readable.from(whileWanted(body, isWanted)),
        headers: { "content-length": String(Buffer.byteLength(body)) }
      }

const send = async <A>(agent: Agent, asked: Asked, signal: AbortSignal, read: Read<A>): Promise<A> => {
  const { headers, method, url } = asked
  const { origin, pathname, search } = new URL(url)
  const sent = bodyOf(asked)
  const { request } = await loadUndici()
  const answer = await request(agent, {
    origin,
    path: pathname + search,
    method,
    headers: { "user-agent": userAgent, "accept-encoding": acceptedEncodings, ...headers, ...sent.headers },
    body: sent.body,
    signal
  })
  return read({ status: answer.statusCode, headers: firstOf(answer.headers) }, answer.body)
}

const encodingOf = ({ headers }: AnswerHead): string => headers["content-encoding"] ?? ""

/** Opens a client that is closed with the scope, whatever is under way. */
export const makeGuardedClient = Effect.fn("makeGuardedClient")(function* (options: ClientOptions = {}) {
  const connecting: ConnectOptions = { resolve: dnsResolver(), connectMillis, ...options }
  const connect = guardedConnector(connecting)
  const open = async () => {
    const { Agent } = await loadUndici()
    return new Agent({
      connect,
      connections: connectionsPerOrigin,
      maxHeaderSize: headerBytesMax,
      keepAliveTimeout: idleMillis,
      keepAliveMaxTimeout: idleMillis,
      allowH2: false
    })
  }
  let opened: Promise<Agent> | undefined
  const agent = () => (opened ??= open())
  const closing = new AbortController()
  yield* Effect.addFinalizer(() => Effect.sync(() => closing.abort()))
  yield* Effect.addFinalizer(() => Effect.promise(async () => (await opened)?.destroy()))
  const judge = makeJudge(options.exempt)
  const sending = <A>(asked: Asked, read: Read<A>): Effect.Effect<A, FetchFailed> => {
    const judged = judge(asked.url)
    if (!judged.allowed) return Effect.fail(fetchFailed(new ConnectionRefused(judged)))
    return Effect.tryPromise({
      try: async (signal) => {
        const within = AbortSignal.any([signal, AbortSignal.timeout(asked.limitMillis)])
        return send(await agent(), asked, within, read)
      },
      catch: fetchFailed
    })
  }
  const ask = (asked: Asked) =>
    sending(asked, async (head, body) => ({
      ...head,
      ...(asked.wantsBody?.(head) === false
        ? leave(body)
        : await readBody(body, encodingOf(head), asked.bytesMax))
    }))
  const download: GuardedClientService["download"] = (asked, read) =>
    sending(asked, (head, body) => read(head, bodyParts(body, encodingOf(head), asked.bytesMax)))
  const certificate: GuardedClientService["certificate"] = (url, limitMillis) => {
    const judged = judge(url)
    if (!judged.allowed) return Effect.fail(fetchFailed(new ConnectionRefused(judged)))
    return Effect.tryPromise({
      try: (signal) =>
        certificateAt(
          new URL(url),
          connecting,
          AbortSignal.any([signal, closing.signal, AbortSignal.timeout(limitMillis)])
        ),
      catch: fetchFailed
    })
  }
  return GuardedClient.of({ ask, download, certificate, judge })
})

/** The client that the product uses: the machine's name servers, Node's certificate authorities, no exemption. */
export const guardedClient = Layer.effect(GuardedClient, makeGuardedClient())
