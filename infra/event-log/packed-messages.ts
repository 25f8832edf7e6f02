/**
 * Messages of the log as bytes: as many as a segment of a copy holds, or a file of the archive, each as the server
 * stored it. Pure, and the same bytes for the same messages, so that who reads the log again can tell what is stored
 * from what should be.
 *
 * A message is three lengths (32 bits, big-endian) and then its subject, its header block and its data.
 */

/** A message as the log holds it. Its sequence follows from its place among them. */
export interface LogRecord {
  readonly subject: string
  /** As on the wire, from `NATS/1.0` to the empty line. */
  readonly headers: string
  readonly data: Uint8Array
}

/** A message with everything that it carries, and its place in the log. */
export interface RawMessage extends LogRecord {
  readonly sequence: number
}

const lengthBytes = 4
const lengths = 3

/** The bytes of messages that follow each other. */
export const packMessages = (messages: ReadonlyArray<LogRecord>): Buffer =>
  Buffer.concat(
    messages.flatMap(({ data, headers, subject }) => {
      const parts = [Buffer.from(subject), Buffer.from(headers), data]
      const head = Buffer.allocUnsafe(lengthBytes * lengths)
      parts.forEach((part, index) => head.writeUInt32BE(part.length, index * lengthBytes))
      return [head, ...parts]
    })
  )

/** The messages of such bytes; `undefined` where they are none. */
export const unpackMessages = (bytes: Buffer): ReadonlyArray<LogRecord> | undefined => {
  const messages: Array<LogRecord> = []
  let at = 0
  while (at < bytes.length) {
    if (at + lengthBytes * lengths > bytes.length) return undefined
    const sizes = Array.from({ length: lengths }, (_, index) => bytes.readUInt32BE(at + index * lengthBytes))
    at += lengthBytes * lengths
    const [subject, headers, data] = sizes.map((size) => bytes.subarray(at, (at += size)))
    if (at > bytes.length) return undefined
    messages.push({ subject: subject!.toString("utf8"), headers: headers!.toString("utf8"), data: data! })
  }
  return messages
}
