/**
 * A value together with its id, which is what is sealed in `session.db`: values are found by a keyed hash of their
 * id, and whoever must be forgotten has to be found by the id itself.
 */

const lengthBytes = 2

/** The length of the id in two bytes, the id, the value. */
export const namedContent = (id: string, value: Uint8Array): Buffer => {
  const name = Buffer.from(id)
  const length = Buffer.alloc(lengthBytes)
  length.writeUInt16BE(name.length)
  return Buffer.concat([length, name, value])
}

/** What `namedContent` joined. */
export const namedIn = (content: Buffer): { readonly id: string; readonly value: Buffer } => {
  const end = lengthBytes + content.readUInt16BE(0)
  return { id: content.toString("utf8", lengthBytes, end), value: content.subarray(end) }
}
