/** Values as few bytes, for records: numbers by their size, hashes as the bytes that their digits stand for. */

const hashBytes = 20

export interface Packer {
  /** 0 to 255. */
  readonly byte: (value: number) => void
  /** A whole number from 0 on, in seven bits a byte, the lowest first. */
  readonly count: (value: number) => void
  /** 40 lower-case hexadecimal digits. */
  readonly hash: (value: string) => void
  readonly text: (value: string) => void
  readonly done: () => Buffer
}

/** Begins to pack a value. */
export const packing = (): Packer => {
  let bytes = Buffer.allocUnsafe(256)
  let at = 0
  const room = (count: number) => {
    if (at + count <= bytes.length) return
    const larger = Buffer.allocUnsafe(bytes.length * 2 + count)
    bytes.copy(larger, 0, 0, at)
    bytes = larger
  }
  const byte = (value: number) => {
    room(1)
    bytes[at++] = value
  }
  const count = (value: number) => {
    room(8)
    let rest = value
    for (; rest > 127; rest = Math.floor(rest / 128)) bytes[at++] = (rest % 128) | 128
    bytes[at++] = rest
  }
  return {
    byte,
    count,
    hash: (value) => {
      room(hashBytes)
      if (value.length !== hashBytes * 2 || bytes.write(value, at, hashBytes, "hex") !== hashBytes)
        throw new Error(`expected 40 hexadecimal digits, found ${JSON.stringify(value)}`)
      at += hashBytes
    },
    text: (value) => {
      const length = Buffer.byteLength(value)
      count(length)
      room(length)
      at += bytes.write(value, at)
    },
    done: () => bytes.subarray(0, at)
  }
}

/** What is taken out has the type of what was put in. */
export interface Unpacker {
  readonly byte: () => number
  readonly count: () => number
  readonly hash: <T extends string>() => T
  readonly text: <T extends string>() => T
}

/** Takes a value apart, in the order in which it was packed. */
export const unpacking = (bytes: Buffer): Unpacker => {
  let at = 0
  const count = () => {
    let value = 0
    for (let scale = 1; ; scale *= 128) {
      const next = bytes[at++]!
      value += (next & 127) * scale
      if (next < 128) return value
    }
  }
  return {
    byte: () => bytes[at++]!,
    count,
    hash: <T extends string>() => bytes.toString("hex", at, (at += hashBytes)) as T,
    text: <T extends string>() => {
      const length = count()
      return bytes.toString("utf8", at, (at += length)) as T
    }
  }
}
