/** One file in a .zip, as its central directory declares it. PKWARE APPNOTE 6.3.10, section 4.3.12. */
export interface ZipEntry {
  readonly name: string
  readonly encrypted: boolean
  /** `stored`, `deflated`, or one that WhatsApp does not use. */
  readonly method: number
  readonly crc32: number
  readonly compressedBytes: number
  readonly bytes: number
  /** Where the entry's local header starts in the file. */
  readonly offset: number
}

/** The method of an entry that is not compressed, and of one that is. APPNOTE 4.4.5. */
export const stored = 0
export const deflated = 8

/** Where the central directory lies. */
export interface ZipDirectory {
  readonly offset: number
  readonly bytes: number
  readonly entries: number
}

const endSignature = 0x06054b50
const zip64LocatorSignature = 0x07064b50
const zip64EndSignature = 0x06064b50
const entrySignature = 0x02014b50
const localSignature = 0x04034b50

const endBytes = 22
const zip64LocatorBytes = 20
/** Bytes of a ZIP64 end record that hold the directory's place. */
export const zip64EndBytes = 56
/** Bytes of a local header before the name. */
export const localHeaderBytes = 30

/** Bytes from the end of a .zip within which its end record must start: the record and its longest comment. */
export const endSearchBytes = endBytes + 0xffff + zip64LocatorBytes

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)

const safeNumber = (value: bigint): number => (value > BigInt(Number.MAX_SAFE_INTEGER) ? -1 : Number(value))

/**
 * Finds the end record in the last bytes of a file. Gives the directory's place, or the offset of the ZIP64
 * record that has it (exports with media pass 4 GB), or undefined when this is no .zip.
 */
export const readEnd = (tail: Uint8Array): ZipDirectory | { readonly zip64At: number } | undefined => {
  const view = viewOf(tail)
  for (let at = tail.length - endBytes; at >= 0; at--) {
    if (view.getUint32(at, true) !== endSignature) continue
    // A comment may hold the signature too; only the true record's comment ends with the file.
    if (at + endBytes + view.getUint16(at + 20, true) !== tail.length) continue
    const entries = view.getUint16(at + 10, true)
    const bytes = view.getUint32(at + 12, true)
    const offset = view.getUint32(at + 16, true)
    const locator = at - zip64LocatorBytes
    const isZip64 = locator >= 0 && view.getUint32(locator, true) === zip64LocatorSignature
    if (isZip64) return { zip64At: safeNumber(view.getBigUint64(locator + 8, true)) }
    return { offset, bytes, entries }
  }
  return undefined
}

/** Reads a ZIP64 end record (APPNOTE 4.3.14), or undefined when there is none at these bytes. */
export const readZip64End = (record: Uint8Array): ZipDirectory | undefined => {
  if (record.length < zip64EndBytes) return undefined
  const view = viewOf(record)
  if (view.getUint32(0, true) !== zip64EndSignature) return undefined
  return {
    entries: safeNumber(view.getBigUint64(32, true)),
    bytes: safeNumber(view.getBigUint64(40, true)),
    offset: safeNumber(view.getBigUint64(48, true))
  }
}

const maxUint32 = 0xffffffff

/** The true sizes and offset of an entry whose 32-bit fields overflow (APPNOTE 4.5.3), in the order they stand. */
const zip64Values = (extra: Uint8Array): ReadonlyArray<number> => {
  const view = viewOf(extra)
  for (let at = 0; at + 4 <= extra.length;) {
    const size = view.getUint16(at + 2, true)
    if (view.getUint16(at, true) === 1 && at + 4 + size <= extra.length) {
      return Array.from({ length: Math.floor(size / 8) }, (_, i) =>
        safeNumber(view.getBigUint64(at + 4 + i * 8, true))
      )
    }
    at += 4 + size
  }
  return []
}

/** Reads the entries of a central directory; undefined when it is damaged. */
export const readDirectory = (directory: Uint8Array): ReadonlyArray<ZipEntry> | undefined => {
  const view = viewOf(directory)
  const decoder = new TextDecoder()
  const entries: Array<ZipEntry> = []
  for (let at = 0; at < directory.length;) {
    if (at + 46 > directory.length || view.getUint32(at, true) !== entrySignature) return undefined
    const nameEnd = at + 46 + view.getUint16(at + 28, true)
    const extraEnd = nameEnd + view.getUint16(at + 30, true)
    const end = extraEnd + view.getUint16(at + 32, true)
    if (end > directory.length) return undefined
    const large = [...zip64Values(directory.subarray(nameEnd, extraEnd))]
    const field = (offset: number): number => {
      const value = view.getUint32(at + offset, true)
      return value === maxUint32 ? (large.shift() ?? value) : value
    }
    const bytes = field(24)
    const compressedBytes = field(20)
    entries.push({
      name: decoder.decode(directory.subarray(at + 46, nameEnd)),
      encrypted: (view.getUint16(at + 8, true) & 1) === 1,
      method: view.getUint16(at + 10, true),
      crc32: view.getUint32(at + 16, true),
      compressedBytes,
      bytes,
      offset: field(42)
    })
    at = end
  }
  return entries
}

/** How many bytes of header stand before an entry's data, or undefined when its local header is damaged. */
export const localHeaderSize = (header: Uint8Array): number | undefined => {
  if (header.length < localHeaderBytes) return undefined
  const view = viewOf(header)
  if (view.getUint32(0, true) !== localSignature) return undefined
  return localHeaderBytes + view.getUint16(26, true) + view.getUint16(28, true)
}
