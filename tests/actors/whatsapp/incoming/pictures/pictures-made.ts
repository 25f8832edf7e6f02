/** Pictures for tests: made of QR codes, sealed as WhatsApp seals media, and named as messages name them. */
import { createCipheriv, createHash, createHmac, hkdfSync } from "node:crypto"
import { crc32, deflateSync } from "node:zlib"
import { encodeQR } from "qr"

const chunk = (kind: string, content: Uint8Array): Buffer => {
  const body = Buffer.concat([Buffer.from(kind, "latin1"), content])
  const framed = Buffer.alloc(body.length + 8)
  framed.writeUInt32BE(content.length)
  body.copy(framed, 4)
  framed.writeUInt32BE(crc32(body), body.length + 4)
  return framed
}

export interface PngWanted {
  readonly width: number
  readonly height: number
  readonly bits?: number
  /** 0 for grey, 2 for colours, 6 for colours and transparency. */
  readonly colour?: number
}

/** A PNG whose header says one thing and whose compressed lines may hold another. */
export const png = ({ bits = 8, colour = 0, height, width }: PngWanted, lines: Uint8Array): Buffer => {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header.set([bits, colour, 0, 0, 0], 8)
  return Buffer.concat([
    Buffer.from("89504e470d0a1a0a", "hex"),
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(lines)),
    chunk("IEND", Buffer.alloc(0))
  ])
}

/** Pixels of one module. */
const scale = 4
const quiet = 4

/** A white picture with codes side by side. */
export const pictureOfCodes = (...texts: ReadonlyArray<string>): Buffer => {
  const codes = texts.map((text) => encodeQR(text, "raw", { border: quiet }))
  const modules = Math.max(24, ...codes.map((code) => code.length))
  const height = modules * scale
  const width = Math.max(1, codes.length) * height
  const lines = Buffer.alloc((width + 1) * height, 0xff)
  for (let y = 0; y < height; y++) {
    lines[y * (width + 1)] = 0
    for (const [index, code] of codes.entries()) {
      const row = code[Math.floor(y / scale)] ?? []
      for (let x = 0; x < row.length * scale; x++)
        if (row[Math.floor(x / scale)] === true) lines[y * (width + 1) + 1 + index * height + x] = 0
    }
  }
  return png({ width, height }, lines)
}

/** The key of all pictures here. */
export const mediaKey = Uint8Array.from({ length: 32 }, (_, index) => index)

/** As WhatsApp's media host has it. */
export const sealed = (content: Uint8Array, info = "WhatsApp Image Keys"): Buffer => {
  const keys = Buffer.from(hkdfSync("sha256", mediaKey, "", info, 112))
  const iv = keys.subarray(0, 16)
  const cipher = createCipheriv("aes-256-cbc", keys.subarray(16, 48), iv)
  const encrypted = Buffer.concat([cipher.update(content), cipher.final()])
  const signature = createHmac("sha256", keys.subarray(48, 80)).update(iv).update(encrypted).digest()
  return Buffer.concat([encrypted, signature.subarray(0, 10)])
}

/** A place on the media host that is another one for each content. */
export const pathOf = (content: string): string =>
  `/v/${createHash("sha256").update(content).digest("base64url")}?oh=1`
