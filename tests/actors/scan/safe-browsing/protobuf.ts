/** Writing Protocol Buffers, as Safe Browsing's service does. */

const varint = (value: bigint): Buffer => {
  const bytes: Array<number> = []
  let rest = BigInt.asUintN(64, value)
  for (; rest > 0x7fn; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80)
  return Buffer.from([...bytes, Number(rest)])
}

const tag = (field: number, kind: number): Buffer => varint((BigInt(field) << 3n) | BigInt(kind))

/** A field without a value that is not the default one is not written, as in proto3. */
export const number = (field: number, value: number | bigint): Buffer =>
  BigInt(value) === 0n ? Buffer.alloc(0) : Buffer.concat([tag(field, 0), varint(BigInt(value))])

export const fixed64 = (field: number, value: bigint): Buffer => {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64LE(value)
  return value === 0n ? Buffer.alloc(0) : Buffer.concat([tag(field, 1), bytes])
}

export const fixed32 = (field: number, value: number): Buffer => {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value)
  return Buffer.concat([tag(field, 5), bytes])
}

export const bytes = (field: number, value: Buffer | string): Buffer => {
  const content = Buffer.from(value)
  return Buffer.concat([tag(field, 2), varint(BigInt(content.length)), content])
}

export const message = (field: number, ...parts: ReadonlyArray<Buffer>): Buffer =>
  bytes(field, Buffer.concat(parts))

/** `google.protobuf.Duration`. */
export const duration = (field: number, seconds: number): Buffer => message(field, number(1, seconds))
