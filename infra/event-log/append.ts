/**
 * Appending to JetStream: one message alone, or several as one atomic batch in one round trip.
 * The client's own batch drops expectations, so the headers are written here.
 *
 * @see https://github.com/nats-io/nats-architecture-and-design/blob/main/adr/ADR-50.md (atomic batch publishing)
 */
import { headers, type MsgHdrs, type NatsConnection, nuid, RequestError } from "@nats-io/transport-node"
import { askOver } from "../nats/ask.ts"
import type { LogMessage } from "./codec.ts"

export interface OutgoingMessage extends LogMessage {
  /** The last sequence within `boundary` that the writer knows, and the subject filter that says which. */
  readonly expected: { readonly sequence: number; readonly boundary: string } | undefined
}

/** The server's answer: stored (or known already), or an error by its JetStream code. */
export type PublishAnswer =
  | { readonly sequence: number; readonly duplicate: boolean }
  | { readonly code: number; readonly description: string }

/** How long the server may take to store: far above any fsync, below a person's patience. */
const publishTimeoutMillis = 5_000

interface Batched {
  readonly id: string
  readonly index: number
  readonly count: number
}

const headersOf = (message: OutgoingMessage, batch: Batched | undefined): MsgHdrs => {
  const all = headers()
  for (const [name, value] of message.headers) all.append(name, value)
  if (message.expected !== undefined) {
    all.set("Nats-Expected-Last-Subject-Sequence", String(message.expected.sequence))
    all.set("Nats-Expected-Last-Subject-Sequence-Subject", message.expected.boundary)
  }
  if (batch !== undefined) {
    all.set("Nats-Batch-Id", batch.id)
    all.set("Nats-Batch-Sequence", String(batch.index + 1))
    if (batch.index === batch.count - 1) all.set("Nats-Batch-Commit", "1")
  }
  return all
}

interface PubAck {
  readonly seq?: number
  readonly duplicate?: boolean
  readonly error?: { readonly err_code: number; readonly description: string }
}

/** Publishes one or several messages and waits for the server to have stored them. Throws when it does not answer. */
export const publish = async (
  connection: NatsConnection,
  messages: ReadonlyArray<OutgoingMessage>
): Promise<PublishAnswer> => {
  const batchId = messages.length > 1 ? nuid.next() : undefined
  const batchAt = (index: number) =>
    batchId === undefined ? undefined : { id: batchId, index, count: messages.length }
  messages.slice(0, -1).forEach((message, index) => {
    connection.publish(message.subject, message.data, { headers: headersOf(message, batchAt(index)) })
  })
  const last = messages[messages.length - 1]!
  const reply = await askOver(connection)(last.subject, last.data, {
    headers: headersOf(last, batchAt(messages.length - 1)),
    timeoutMillis: publishTimeoutMillis
  })
  const ack = reply.json<PubAck>()
  if (ack.error !== undefined) return { code: ack.error.err_code, description: ack.error.description }
  if (ack.seq === undefined) throw new RequestError("the server's answer has no sequence")
  return { sequence: ack.seq, duplicate: ack.duplicate === true }
}
