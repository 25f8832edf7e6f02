/** From a sealed picture to the texts of its QR codes. It runs in a thread of its own. */
import { readFile } from "node:fs/promises"
import { fileURLToPath } from "node:url"
import { prepareZXingModule, readBarcodes, type ReaderOptions } from "zxing-wasm/reader"
import type { CodesRead, SealedPicture } from "./code-protocol.ts"
import { openMedia } from "./open-media.ts"
import { boundsOf } from "./picture-bounds.ts"

const reading: ReaderOptions = { formats: ["QRCode"], maxNumberOfSymbols: 32, tryHarder: true }

/** The decoder's program is taken from its package: left to itself, it would look for it on the Internet. */
export const prepareCodes = async (): Promise<void> => {
  const program = fileURLToPath(import.meta.resolve("zxing-wasm/reader/zxing_reader.wasm"))
  const wasmBinary = Uint8Array.from(await readFile(program)).buffer
  await prepareZXingModule({ overrides: { wasmBinary }, fireImmediately: true })
}

export const readCodes = async ({ file, ...how }: SealedPicture): Promise<CodesRead> => {
  const picture = openMedia(file, how)
  if (picture === undefined) return { failed: "corrupt" }
  const bounds = boundsOf(picture)
  if (bounds !== "small") return { failed: "unsupported" }
  const found = await readBarcodes(Uint8Array.from(picture), reading).catch(() => undefined)
  // A picture that cannot be decoded is answered as a code that is none.
  if (found === undefined || found.some(({ error, isValid }) => !isValid && error !== ""))
    return { failed: "malformed" }
  return { codes: found.filter(({ isValid }) => isValid).map(({ text }) => text) }
}
