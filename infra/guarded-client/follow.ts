/** Following a link to where it leads: redirects by status, by header and by page, each hop guarded by itself. */
import { isUtf8 } from "node:buffer"
import { Clock, Effect } from "effect"
import type { Answered, GuardedClientService } from "./client.ts"
import type { AnswerHead } from "./exchange.ts"
import type { FetchFailed, FetchFault } from "./fetch-failed.ts"
import type { Rule } from "./judgement.ts"
import { metaRefresh, refreshTarget } from "./refresh.ts"

/** How a hop was come to. */
export type By = "asked" | "location" | "refresh-header" | "meta-refresh"

export interface Hop {
  readonly url: string
  readonly by: By
  /** What the server answered, where it did. */
  readonly status?: number
}

/** How a chain ended: its last hop answered, was refused by the guard, was there before, or did not answer. */
export type End =
  | { readonly kind: "arrived" }
  | { readonly kind: "refused"; readonly rule: Rule; readonly reason: string }
  | { readonly kind: "loop" }
  | { readonly kind: "too-many-hops" }
  | { readonly kind: "failed"; readonly fault: FetchFault }

export interface Trail {
  /** From the link that was asked for on. */
  readonly hops: ReadonlyArray<Hop>
  readonly end: End
  /** What the last hop answered to a GET. */
  readonly page?: Answered
}

export interface FollowLimits {
  /** Redirects followed; browsers give up at 20, and honest chains end before 10. */
  readonly redirectHopsMax: number
  /** For the whole chain. */
  readonly totalMillis: number
  /** For one request. */
  readonly requestMillis: number
  /** Of one page, compressed and not. A page's head comes first. */
  readonly pageBytesMax: number
}

export const followLimits: FollowLimits = {
  redirectHopsMax: 10,
  totalMillis: 8_000,
  requestMillis: 4_000,
  pageBytesMax: 128 * 1024
}

const redirects = new Set([301, 302, 303, 307, 308])

const accept = { accept: "text/html,application/xhtml+xml,*/*;q=0.8", "accept-language": "en" }

interface Next {
  readonly to: string
  readonly by: By
}

const isPage = ({ headers, status }: AnswerHead): boolean =>
  status >= 200 &&
  status < 300 &&
  /^\s*(text\/html|application\/xhtml\+xml)\b/i.test(headers["content-type"] ?? "")

/** A header as browsers read it: HTTP knows no characters, and the web writes UTF-8. */
const inCharacters = (header: string): string => {
  const bytes = Buffer.from(header, "latin1")
  return isUtf8(bytes) ? bytes.toString("utf8") : header
}

/** Where the headers of an answer send whoever asked, as it is written. */
const nextByHeader = ({ headers: { location, refresh }, status }: AnswerHead): Next | undefined => {
  if (redirects.has(status) && location !== undefined) return { to: inCharacters(location), by: "location" }
  const target = refresh === undefined ? undefined : refreshTarget(inCharacters(refresh))
  return target === undefined ? undefined : { to: target, by: "refresh-header" }
}

const nextOf = (answer: Answered): Next | undefined => {
  const byHeader = nextByHeader(answer)
  if (byHeader !== undefined) return byHeader
  const byPage = isPage(answer) ? metaRefresh(answer.bytes.toString("utf8")) : undefined
  return byPage === undefined ? undefined : { to: byPage, by: "meta-refresh" }
}

/** One place however often it is named: what follows `#` never reaches a server. */
const placeOf = (url: URL): string => url.href.replace(/#.*$/s, "")

const endOf = ({ fault, message, rule }: FetchFailed): End =>
  fault === "refused" && rule !== undefined
    ? { kind: "refused", rule, reason: message }
    : { kind: "failed", fault }

/**
 * Follows a link. It never fails: a chain that breaks off says where and why. Each hop is asked once, with a GET of which
 * no more is read than its headers, and a part of limited length where it is a page: a page may send on as well. To ask
 * with HEAD before would double what a slow site takes.
 */
export const follow = Effect.fn("follow")(function* (
  client: GuardedClientService,
  url: string,
  limits: FollowLimits = followLimits,
  /** Is told of each place that it leads to, before that is asked. */
  toward: (url: string) => Effect.Effect<void> = () => Effect.void
) {
  const until = (yield* Clock.currentTimeMillis) + limits.totalMillis

  const ask = Effect.fnUntraced(function* (url: string) {
    const left = until - (yield* Clock.currentTimeMillis)
    return yield* client.ask({
      url,
      method: "GET",
      headers: accept,
      // Of what is no page, and of a page that sends on before it is read, nothing is read.
      wantsBody: (head) => isPage(head) && nextByHeader(head) === undefined,
      bytesMax: limits.pageBytesMax,
      limitMillis: Math.max(1, Math.min(left, limits.requestMillis))
    })
  })

  const hops: Array<Hop> = []
  const seen = new Set<string>()
  const ended = (end: End, page?: Answered): Trail => ({ hops, end, ...(page === undefined ? {} : { page }) })

  let next: Next | undefined = { to: url, by: "asked" }
  let from: string | undefined
  for (;;) {
    const target: URL | null = from === undefined ? URL.parse(next.to) : URL.parse(next.to, from)
    if (target === null) return ended({ kind: "failed", fault: "malformed" })
    const place = placeOf(target)
    const hop: Hop = { url: target.href, by: next.by }
    const judged = client.judge(place)
    if (!judged.allowed) {
      hops.push(hop)
      return ended({ kind: "refused", rule: judged.rule, reason: judged.reason })
    }
    if (seen.has(place)) return ended({ kind: "loop" })
    if (hops.length > limits.redirectHopsMax) return ended({ kind: "too-many-hops" })
    seen.add(place)
    if (from !== undefined) yield* toward(hop.url)
    const answer = yield* Effect.result(ask(place))
    if (answer._tag === "Failure") {
      hops.push(hop)
      return ended(endOf(answer.failure))
    }
    hops.push({ ...hop, status: answer.success.status })
    next = nextOf(answer.success)
    if (next === undefined) return ended({ kind: "arrived" }, answer.success)
    from = place
  }
})
