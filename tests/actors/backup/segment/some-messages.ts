import { generateX25519Identity } from "age-encryption"
import { Redacted } from "effect"
import type { LogRecord } from "../../../../actors/backup/segment/messages.ts"
import { recipientOf } from "../../../../actors/backup/segment/seal.ts"

/** An identity made for this run, and its recipient. */
export const someIdentity = async () => {
  const identity = Redacted.make(await generateX25519Identity())
  return { identity, recipient: await recipientOf(identity) }
}

export const origin = { account: "a0example0", generation: "0123456789ab" }

/** Events from a number on, each different from all others. */
export const someMessages = (from: number, count: number): ReadonlyArray<LogRecord> =>
  Array.from({ length: count }, (_, index) => ({
    subject: `evt.a0example0.message.c${from + index}.received`,
    headers: `NATS/1.0\r\nce-id: ${from + index}\r\n\r\n`,
    data: Buffer.from(JSON.stringify({ text: `message ${from + index}`, é: "日本" }))
  }))
