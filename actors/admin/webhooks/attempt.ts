/** One attempt to tell a webhook something. */
import { Clock, Effect, Result } from "effect"
import type { GuardedClientService } from "../../../infra/guarded-client/client.ts"
import type { Target } from "../accounts/webhook-targets.ts"
import { type Signed, signedHeaders } from "./signature.ts"

/** What came of it. A redirect is not followed: it is an answer like any other that is not a success. */
export interface Attempt {
  readonly at: number
  readonly delivered: boolean
  readonly status: number | null
  readonly fault: string | null
  readonly millis: number
  /** What the server asked to be left alone for; 0 where it did not. */
  readonly leftAloneMillis: number
}

/** Only seconds: a date would depend on the server's clock. */
const leftAlone = (header: string | undefined): number =>
  header !== undefined && /^\d{1,6}$/u.test(header) ? Number(header) * 1_000 : 0

/** What is signed with at a moment: after a secret was replaced, with both for a while. */
const secretsOf = ({ former, secret }: Target, at: number): ReadonlyArray<Uint8Array> =>
  former !== undefined && at < former.until ? [secret, former.secret] : [secret]

/** Sends a signed body, unless it `isWanted` no more once it is connected. An answer is judged by its status, and nothing of what follows it is kept. */
export const attempt = Effect.fnUntraced(function* (
  client: GuardedClientService,
  target: Target,
  signed: Signed,
  limitMillis: number,
  isWanted: () => boolean = () => true
) {
  const at = yield* Clock.currentTimeMillis
  const answered = yield* Effect.result(
    client.ask({
      url: target.url,
      method: "POST",
      headers: {
        ...signedHeaders(secretsOf(target, at), signed, Math.floor(at / 1_000)),
        "content-type": "application/json",
        "user-agent": "Wadjet-Webhooks/1"
      },
      body: signed.body,
      isWanted,
      wantsBody: () => false,
      bytesMax: 0,
      limitMillis
    })
  )
  const millis = (yield* Clock.currentTimeMillis) - at
  if (Result.isFailure(answered)) {
    const { fault, message } = answered.failure
    const said = `${fault}: ${message}`
    return { at, delivered: false, status: null, fault: said, millis, leftAloneMillis: 0 } satisfies Attempt
  }
  const { headers, status } = answered.success
  return {
    at,
    delivered: status >= 200 && status < 300,
    status,
    fault: null,
    millis,
    leftAloneMillis: leftAlone(headers["retry-after"])
  } satisfies Attempt
})
