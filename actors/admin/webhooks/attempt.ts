/** One attempt to tell a webhook something. */
import { Clock, Effect, Result } from "effect"
import type { GuardedClientService } from "../../../infra/guarded-client/client.ts"
import { type Signed, signedHeaders } from "./signature.ts"

export interface Target {
  readonly url: string
  readonly secret: Uint8Array
}

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

/** Sends a signed body. An answer is judged by its status, and nothing of what follows it is kept. */
export const attempt = Effect.fnUntraced(function* (
  client: GuardedClientService,
  { secret, url }: Target,
  signed: Signed,
  limitMillis: number
) {
  const at = yield* Clock.currentTimeMillis
  const answered = yield* Effect.result(
    client.ask({
      url,
      method: "POST",
      headers: {
        ...signedHeaders(secret, signed, Math.floor(at / 1_000)),
        "content-type": "application/json",
        "user-agent": "Wadjet-Webhooks/1"
      },
      body: signed.body,
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
