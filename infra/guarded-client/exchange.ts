/**
 * One request and its answer, as undici's dispatcher tells of it. Its request function makes a stream for each answer,
 * which is much work for a short one, and a link is a dozen of those: such an answer is gathered as it comes.
 */
import { Readable } from "node:stream"
import type { Agent, Dispatcher } from "undici"
import { acceptedEncodings } from "./read-body.ts"
import type { Flow, TakesBody } from "./take-body.ts"

/** What comes before the body of an answer. */
export interface AnswerHead {
  readonly status: number
  /** The first of each header, by its name in lower case. */
  readonly headers: Readonly<Record<string, string>>
}

/** What is sent. */
export interface Sent {
  readonly url: string
  readonly method: "GET" | "POST"
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  /** Asked in the moment when the request is written, once it is connected; `false` sends nothing. Left out, it is. */
  readonly isWanted?: () => boolean
  /**
   * Whether an answer that nobody waits for any more is let in, if it is short and in time, so that the connection can be
   * used again: for a service that is asked often. Left out, the connection is broken off.
   */
  readonly keepsConnection?: boolean
  /** How long everything may take: the look-up, the connection, the answer and its body. */
  readonly limitMillis: number
}

/** Whoever waits for the answer. */
export interface Hears {
  /** Says who takes the body; where nobody does, a short one is let in, so that the connection can be used again. */
  readonly answered: (head: AnswerHead, flow: Flow) => TakesBody | undefined
  /** There is no answer. What goes wrong after its head is told to who takes the body. */
  readonly failed: (fault: unknown) => void
}

export interface Exchange {
  readonly begin: (agent: Agent) => void
  /** Nobody waits for it any more. */
  readonly leave: () => void
}

/** Named as `AbortSignal.timeout` names it. */
class TimeIsUp extends Error {
  override readonly name = "TimeoutError"
}
class Unwanted extends Error {}

/** Of a body that nobody reads. */
const unreadBytesMax = 16_384

const userAgent = "Mozilla/5.0 (compatible; Wadjet; link safety check)"

const headersOf = (headers: Readonly<Record<string, string | ReadonlyArray<string> | undefined>>) => {
  // Without a prototype, so that no header's name means anything but itself.
  const first: Record<string, string> = Object.create(null)
  for (const name of Object.keys(headers)) {
    const value = headers[name]
    const one = typeof value === "object" ? value[0] : value
    if (one !== undefined) first[name] = one
  }
  return first
}

/**
 * A body that is handed over when the connection is there to write it to. undici writes it together with the head, so
 * that of a request which is not wanted any more nothing is sent.
 */
async function* whileWanted(body: string, isWanted: () => boolean) {
  if (!isWanted()) throw new Unwanted("it is not wanted any more")
  yield Buffer.from(body)
}

const bodyOf = ({ body = "", isWanted }: Sent) =>
  isWanted === undefined
    ? { body: body === "" ? null : body, headers: {} }
    : {
        // Whatever goes wrong with it is told by the request.
        body: Readable.from(whileWanted(body, isWanted)).on("error", () => {}),
        headers: { "content-length": String(Buffer.byteLength(body)) }
      }

const requestOf = (sent: Sent) => {
  const { origin, pathname, search } = new URL(sent.url)
  const { body, headers } = bodyOf(sent)
  return {
    origin,
    path: pathname + search,
    method: sent.method,
    headers: { "user-agent": userAgent, "accept-encoding": acceptedEncodings, ...sent.headers, ...headers },
    body
  }
}

/** Makes it. Its time runs from here on. */
export const makeExchange = (sent: Sent, hears: Hears): Exchange => {
  const request = requestOf(sent)
  let controller: Dispatcher.DispatchController | undefined
  let taker: TakesBody | undefined
  let isLeft = false
  let isOver = false
  let unreadBytes = 0
  let brokenOff: Error | undefined

  /** What is not written yet is broken off when it would be. */
  const breakOff = (why: Error): void => {
    if (isOver) return
    brokenOff ??= why
    // A parser that goes on would come to the end of an answer that was broken off.
    controller?.pause()
    controller?.abort(why)
  }
  const flow: Flow = {
    pause: () => controller?.pause(),
    resume: () => controller?.resume(),
    stop: () => {
      if (isOver || isLeft) return
      isLeft = true
      breakOff(new Unwanted("the rest is not wanted"))
    }
  }
  /** Whoever waits is told now, also where the connection is still to come. */
  const expire = (): void => {
    const why = new TimeIsUp("its time is up")
    const waits = controller === undefined && !isLeft && brokenOff === undefined
    breakOff(why)
    if (!waits) return
    isLeft = true
    hears.failed(why)
  }
  const timer = setTimeout(expire, sent.limitMillis).unref()
  const over = (): void => {
    isOver = true
    clearTimeout(timer)
  }

  const handler: Dispatcher.DispatchHandler = {
    onRequestStart: (begun) => {
      controller = begun
      if (brokenOff !== undefined) begun.abort(brokenOff)
    },
    onResponseStart: (_, status, headers) => {
      // What is only an announcement is not the answer.
      if (status < 200) return
      if (!isLeft) taker = hears.answered({ status, headers: headersOf(headers) }, flow)
      isLeft = taker === undefined
    },
    onResponseData: (_, part) => {
      if (!isLeft) return taker?.take(part)
      unreadBytes += part.length
      if (unreadBytes > unreadBytesMax) breakOff(new Unwanted("the rest is not read"))
    },
    onResponseEnd: () => {
      over()
      if (!isLeft) taker?.end()
    },
    onResponseError: (_, fault) => {
      over()
      if (request.body instanceof Readable) request.body.destroy()
      if (isLeft) return
      if (taker === undefined) hears.failed(fault)
      else taker.fail(fault)
    }
  }
  return {
    begin: (agent) => {
      if (brokenOff === undefined) return void agent.dispatch(request, handler)
      over()
      if (!isLeft) hears.failed(brokenOff)
    },
    leave: () => {
      if (isOver || isLeft) return
      isLeft = true
      taker?.fail(new Unwanted("nobody waits for it any more"))
      if (controller === undefined || sent.keepsConnection !== true)
        return breakOff(new Unwanted("nobody waits for it any more"))
      controller.resume()
    }
  }
}
