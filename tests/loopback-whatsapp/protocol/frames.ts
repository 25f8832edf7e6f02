import { NOISE_WA_HEADER } from "@whiskeysockets/baileys"

const nothing = Buffer.alloc(0)

/** Three bytes of length, big-endian, then the data. */
export const frame = (data: Uint8Array): Buffer => {
  const length = Buffer.alloc(3)
  length.writeUIntBE(data.length, 0, 3)
  return Buffer.concat([length, data])
}

/** Bytes that stand before the first frame: an optional routing prefix `ED`, then the protocol header. */
const introductionLength = (bytes: Buffer): number | undefined => {
  if (bytes.length < NOISE_WA_HEADER.length) return undefined
  if (bytes.subarray(0, 2).toString() !== "ED") return NOISE_WA_HEADER.length
  if (bytes.length < 7) return undefined
  return 7 + bytes.readUIntBE(4, 3) + NOISE_WA_HEADER.length
}

/** Cuts what a client sends into frames, whatever the pieces it arrives in. */
export const frameReader = (): ((bytes: Uint8Array) => readonly Buffer[]) => {
  let pending: Buffer = nothing
  let introduced = false
  return (bytes) => {
    pending = Buffer.concat([pending, bytes])
    if (!introduced) {
      const length = introductionLength(pending)
      if (length === undefined || pending.length < length) return []
      pending = pending.subarray(length)
      introduced = true
    }
    const frames: Buffer[] = []
    while (pending.length >= 3) {
      const end = 3 + pending.readUIntBE(0, 3)
      if (pending.length < end) break
      frames.push(pending.subarray(3, end))
      pending = pending.subarray(end)
    }
    return frames
  }
}
