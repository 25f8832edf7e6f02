/**
 * As much of DNS messages as it takes to ask for an address and to see whether the answer was withheld.
 *
 * @see https://www.rfc-editor.org/rfc/rfc1035#section-4
 */

const headerBytes = 12
const typeA = 1
const labelBytesMax = 63
const nameBytesMax = 253

/** A question for the IPv4 addresses of a name in ASCII; `undefined` for a name that cannot be asked for. */
export const questionFor = (name: string): Buffer | undefined => {
  const labels = name.replace(/\.$/, "").split(".")
  if (name.length > nameBytesMax || labels.some((label) => label === "" || label.length > labelBytesMax))
    return undefined
  // Its number is 0, so that caches of HTTP may answer; recursion is desired; there is one question.
  const header = Buffer.from([0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0])
  const question = labels.map((label) =>
    Buffer.concat([Buffer.from([label.length]), Buffer.from(label, "latin1")])
  )
  return Buffer.concat([header, ...question, Buffer.from([0, 0, typeA, 0, 1])])
}

export interface DnsAnswer {
  /** 0 where there was no error, 3 where the name does not exist. */
  readonly code: number
  /** Whether the server says that it would have asked others. */
  readonly recursionAvailable: boolean
  readonly addresses: ReadonlyArray<string>
}

/** The place after a name, which ends in an empty label or in a pointer to one before. */
const afterName = (message: Buffer, at: number): number => {
  let place = at
  for (;;) {
    const length = message[place]
    if (length === undefined) return message.length
    if ((length & 0xc0) === 0xc0) return place + 2
    if (length === 0) return place + 1
    place += length + 1
  }
}

/** Reads an answer; `undefined` for what is none, or is cut short. */
export const readAnswer = (message: Buffer): DnsAnswer | undefined => {
  const isAnswer = message.length >= headerBytes && (message[2]! & 0x80) !== 0
  if (!isAnswer) return undefined
  const questions = message.readUInt16BE(4)
  const records = message.readUInt16BE(6)
  let at = headerBytes
  for (let left = questions; left > 0; left--) at = afterName(message, at) + 4
  const addresses: Array<string> = []
  for (let left = records; left > 0; left--) {
    const fixed = afterName(message, at)
    if (fixed + 10 > message.length) return undefined
    const length = message.readUInt16BE(fixed + 8)
    at = fixed + 10 + length
    if (at > message.length) return undefined
    if (message.readUInt16BE(fixed) === typeA && length === 4)
      addresses.push(message.subarray(fixed + 10, at).join("."))
  }
  return { code: message[3]! & 0x0f, recursionAvailable: (message[3]! & 0x80) !== 0, addresses }
}
