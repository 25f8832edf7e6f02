/**
 * The headers of a message as they came over the wire. The client reads a whole block into a map, checking every
 * character of every name, which costs more than all else about an event; a reader wants seven of them.
 *
 * @see https://github.com/nats-io/nats-architecture-and-design/blob/main/adr/ADR-4.md (NATS message headers)
 */
import type { JsMsg } from "@nats-io/jetstream"

const firstLine = "NATS/1.0"
const lineEnd = "\r\n"

/**
 * The value of a header in a block, its name spelled exactly so; the first where there are several, and `""`
 * where there is none, as the client answers. No value can hold a line end.
 *
 * @example
 * headerIn("NATS/1.0\r\nce-id: a\r\n\r\n", "ce-id") // "a"
 */
export const headerIn = (block: string, name: string): string => {
  const line = block.indexOf(`${lineEnd}${name}:`)
  if (line === -1) return ""
  const from = line + lineEnd.length + name.length + 1
  return block.slice(from, block.indexOf(lineEnd, from)).trim()
}

const isObject = (value: unknown): value is object => typeof value === "object" && value !== null

/**
 * The header block of a message, or `undefined` where the client does not hold it as it did when this was
 * written: it is not among what its types promise, so nothing is believed of it unseen.
 */
export const headerBlockOf = (message: JsMsg): string | undefined => {
  const inner: unknown = "msg" in message ? message.msg : undefined
  if (!isObject(inner) || !("_rdata" in inner) || !("_msg" in inner)) return undefined
  const { _msg: facts, _rdata: bytes } = inner
  if (!(bytes instanceof Uint8Array) || !isObject(facts) || !("hdr" in facts)) return undefined
  const { hdr: length } = facts
  if (typeof length !== "number" || length < firstLine.length || length > bytes.length) return undefined
  const block = Buffer.from(bytes.buffer, bytes.byteOffset, length).toString("utf8")
  return block.startsWith(firstLine) && block.endsWith(lineEnd + lineEnd) ? block : undefined
}

/** Answers a message's headers by name: from its block, or from the client where that cannot be had. */
export const headersOf = (message: JsMsg): ((name: string) => string) => {
  const block = headerBlockOf(message)
  return block === undefined ? (name) => message.headers?.get(name) ?? "" : (name) => headerIn(block, name)
}
