/** HTTP to the outside, and the only way there: every connection of scanning is made here. */
import { Context, Effect, Layer } from "effect"
import type { Agent } from "undici"
import { ConnectionRefused, type FetchFailed, fetchFailed } from "./fetch-failed.ts"
import { certificateAt, type ConnectOptions, guardedConnector, refusalOf } from "./connect.ts"
import { type AnswerHead, type Hears, makeExchange, type Sent } from "./exchange.ts"
import { portOf } from "./judge-port.ts"
import { judgeUrl } from "./judge-url.ts"
import type { Judgement } from "./judgement.ts"
import { loadUndici } from "./load-undici.ts"
import { type Body, bodyParts, isPlain, readBody } from "./read-body.ts"
import type { PeerCertificate } from "./peer-certificate.ts"
import { dnsResolver } from "./resolve-name.ts"
import { type Flow, gathered, streamed, type TakesBody } from "./take-body.ts"

/** One request. Redirects are not followed: what they lead to is a request of its own. */
export interface Asked extends Sent {
  /** Whether the body is wanted, by what comes before it; left out, it is. */
  readonly wantsBody?: (head: AnswerHead) => boolean
  /** How much of the body is read, in bytes, compressed and not. */
  readonly bytesMax: number
}

export interface Answered extends AnswerHead, Body {}

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

const encodingOf = ({ headers }: AnswerHead): string => headers["content-encoding"] ?? ""

/** How an answer that comes is taken: what is told to `give` is what was asked for. */
type Take<A> = (
  head: AnswerHead,
  flow: Flow,
  give: (answer: A) => void,
  failed: (fault: unknown) => void
) => TakesBody | undefined

const taking =
  ({ bytesMax, wantsBody }: Asked): Take<Answered> =>
  (head, flow, give, failed) => {
    const giveWith = (body: Body) => give({ ...head, ...body })
    if (wantsBody?.(head) === false) {
      giveWith({ bytes: Buffer.alloc(0), cut: true })
      return undefined
    }
    const encoding = encodingOf(head)
    if (isPlain(encoding)) return gathered(bytesMax, flow, giveWith, failed)
    const { stream, taker } = streamed(flow)
    readBody(stream, encoding, bytesMax).then(giveWith, failed)
    return taker
  }

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
  const sending = <A>(asked: Asked, take: Take<A>): Effect.Effect<A, FetchFailed> => {
    const judged = judge(asked.url)
    if (!judged.allowed) return Effect.fail(fetchFailed(new ConnectionRefused(judged)))
    return Effect.callback((resume) => {
      // What follows from an answer would run within the parser, which does not know yet that its connection is free.
      const failed = (fault: unknown) => queueMicrotask(() => resume(Effect.fail(fetchFailed(fault))))
      const give = (answer: A) => queueMicrotask(() => resume(Effect.succeed(answer)))
      const answered: Hears["answered"] = (head, flow) => take(head, flow, give, failed)
      const exchange = makeExchange(asked, { answered, failed })
      agent().then(exchange.begin).catch(failed)
      return Effect.sync(exchange.leave)
    })
  }
  const ask = (asked: Asked) => sending(asked, taking(asked))
  const download: GuardedClientService["download"] = (asked, read) =>
    sending(asked, (head, flow, give, failed) => {
      const { stream, taker } = streamed(flow)
      read(head, bodyParts(stream, encodingOf(head), asked.bytesMax)).then(give, failed)
      return taker
    })
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
