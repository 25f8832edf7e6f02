/**
 * What `hashLists:batchGet` answers.
 *
 * @see https://developers.google.com/safe-browsing/reference/rpc/google.security.safebrowsing.v5
 */
import { bytesIn, type Field, fieldsOf, numberIn, secondsIn, unsignedIn } from "../wire.ts"
import type { HashWidth, RiceCoded } from "./rice.ts"

/** One list, or what has changed in it. */
export interface ListUpdate {
  readonly name: string
  readonly version: Buffer
  /** Whether it stands for changes to what the asker has, and not for all of the list. */
  readonly isPartial: boolean
  readonly additions: RiceCoded | undefined
  readonly removals: RiceCoded | undefined
  /** How long it is not to be asked for again. */
  readonly waitSeconds: number
  /** SHA-256 over all hashes afterwards, in hexadecimal; undefined where nothing has changed. */
  readonly checksum: string | undefined
}

const wordBits = 32n

/** The fields of a coding, by its width: the parts of the first number come before the rest. */
const readCoded = (width: HashWidth, message: Buffer): RiceCoded => {
  const parts = Math.max(1, width / 8)
  const first = new Uint32Array(width / 4)
  let parameter = 0
  let count = 0
  let data: Buffer = Buffer.alloc(0)
  const setPart = (part: number, field: Field) => {
    const value = unsignedIn(field)
    if (width === 4) first[0] = Number(BigInt.asUintN(32, value))
    else {
      first[part * 2] = Number(value >> wordBits)
      first[part * 2 + 1] = Number(BigInt.asUintN(32, value))
    }
  }
  for (const field of fieldsOf(message)) {
    if (field.number <= parts) setPart(field.number - 1, field)
    else if (field.number === parts + 1) parameter = numberIn(field)
    else if (field.number === parts + 2) count = numberIn(field)
    else if (field.number === parts + 3) data = bytesIn(field)
  }
  return { width, first, parameter, count, data }
}

/** The numbers of the fields that hold additions. */
const additionWidths: Readonly<Record<number, HashWidth>> = { 4: 4, 9: 8, 10: 16, 11: 32 }

const readUpdate = (message: Buffer): ListUpdate => {
  let update: ListUpdate = {
    name: "",
    version: Buffer.alloc(0),
    isPartial: false,
    additions: undefined,
    removals: undefined,
    waitSeconds: 0,
    checksum: undefined
  }
  const read = (field: Field): Partial<ListUpdate> => {
    const width = additionWidths[field.number]
    if (width !== undefined) return { additions: readCoded(width, bytesIn(field)) }
    switch (field.number) {
      case 1:
        return { name: bytesIn(field).toString("utf8") }
      case 2:
        return { version: bytesIn(field) }
      case 3:
        return { isPartial: unsignedIn(field) !== 0n }
      case 5:
        return { removals: readCoded(4, bytesIn(field)) }
      case 6:
        return { waitSeconds: secondsIn(field) }
      case 7:
        return bytesIn(field).length === 0 ? {} : { checksum: bytesIn(field).toString("hex") }
      default:
        return {}
    }
  }
  for (const field of fieldsOf(message)) update = { ...update, ...read(field) }
  return update
}

/** Reads a `BatchGetHashListsResponse`; throws `WireBroken` for what is none. */
export const readListAnswer = (message: Buffer): ReadonlyArray<ListUpdate> =>
  [...fieldsOf(message)].flatMap((field) => (field.number === 1 ? [readUpdate(bytesIn(field))] : []))
