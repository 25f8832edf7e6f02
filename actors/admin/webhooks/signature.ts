/**
 * Signatures by which a receiver knows that a request is from here, unchanged, and not an old one sent again.
 *
 * @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
import { createHmac, randomBytes } from "node:crypto"

/** The specification allows 24 to 64. */
const secretBytes = 32
const secretPrefix = "whsec_"

export const makeWebhookSecret = (): Buffer => randomBytes(secretBytes)

/** A secret as it is shown, once, to who has to verify with it. */
export const secretText = (secret: Uint8Array): string =>
  secretPrefix + Buffer.from(secret).toString("base64")

/** What is sent, and under which id. */
export interface Signed {
  readonly id: string
  readonly body: string
}

const signature = (secret: Uint8Array, { body, id }: Signed, timestamp: number): string =>
  `v1,${createHmac("sha256", secret).update(`${id}.${timestamp}.${body}`).digest("base64")}`

/**
 * The headers of one attempt, with a signature for each secret; `timestamp` is that of the attempt, in seconds since
 * 1970.
 */
export const signedHeaders = (secrets: ReadonlyArray<Uint8Array>, signed: Signed, timestamp: number) => ({
  "webhook-id": signed.id,
  "webhook-timestamp": String(timestamp),
  "webhook-signature": secrets.map((secret) => signature(secret, signed, timestamp)).join(" ")
})
