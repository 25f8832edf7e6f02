import { getMediaKeys, hmacSign, sha256, type MediaType } from "@whiskeysockets/baileys"
import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto"
import { once } from "node:events"
import type { IncomingMessage, ServerResponse } from "node:http"
import { createServer } from "node:https"
import type { AddressInfo } from "node:net"
import { selfSigned } from "./self-signed.ts"

/** Where a client looks for media that name no host, histories among them. */
export const defaultMediaHost = "mmg.whatsapp.net"

/** How many bytes of a signature end an encrypted medium. */
const signatureBytes = 10

/** A medium as a message refers to it. */
export interface StoredMedia {
  readonly url: string
  readonly directPath: string
  readonly mediaKey: Uint8Array
  readonly fileSha256: Uint8Array
  readonly fileEncSha256: Uint8Array
  readonly fileLength: number
}

/** An HTTPS server on 127.0.0.1 that takes what clients upload and serves it, still encrypted. */
export interface MediaHost {
  /** Host and port, as `media_conn` names them. */
  readonly hostname: string
  readonly port: number
  readonly auth: string
  /** The certificate that a client has to trust, PEM. */
  readonly certificate: string
  /** What was uploaded, by path. */
  readonly files: ReadonlyMap<string, Buffer>
  /** The path of every file that was asked for, whatever the answer was. */
  readonly asked: readonly string[]
  /** Does not serve a file any more, as after some weeks; phones may have it still. */
  readonly withdraw: (media: StoredMedia) => void
  /** Serves a file once more, elsewhere. Answers where; undefined where nobody has it. */
  readonly serveAgain: (media: StoredMedia) => string | undefined
  /** Encrypts a medium as a phone would and serves it. */
  readonly store: (type: MediaType, content: Uint8Array) => Promise<StoredMedia>
  /** Decrypts an uploaded medium, as its receiver would. */
  readonly open: (
    type: MediaType,
    media: { directPath?: string | null; mediaKey?: Uint8Array | null }
  ) => Promise<Buffer>
  /** Answers with this status instead of serving or taking anything; undefined ends that. */
  failWith: number | undefined
  /** How many requests were answered so. */
  failures: number
  readonly close: () => Promise<void>
}

const bodyOf = async (request: IncomingMessage): Promise<Buffer> => {
  const pieces: Buffer[] = []
  for await (const piece of request) pieces.push(Buffer.from(piece))
  return Buffer.concat(pieces)
}

const pathOf = (url: string): string => url.split("?")[0] ?? url

const keysOf = async (type: MediaType, mediaKey: Uint8Array) => {
  const { cipherKey, iv, macKey } = await getMediaKeys(mediaKey, type)
  if (macKey === undefined) throw new Error(`expected a signing key for ${type}, found none`)
  return { cipherKey, iv, macKey }
}

export const startMediaHost = async (): Promise<MediaHost> => {
  const { certificate, key } = selfSigned(["127.0.0.1", "localhost", defaultMediaHost])
  const files = new Map<string, Buffer>()
  const withdrawn = new Map<string, Buffer>()
  const asked: string[] = []
  const auth = randomBytes(8).toString("hex")

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = pathOf(request.url ?? "/")
    const body = await bodyOf(request)
    if (request.method === "GET") asked.push(path)
    if (host.failWith !== undefined) {
      host.failures += 1
      return void response.writeHead(host.failWith).end()
    }
    if (request.method === "POST") {
      files.set(path, body)
      const answered = { url: `https://${host.hostname}${path}`, direct_path: path }
      return void response
        .writeHead(200, { "content-type": "application/json" })
        .end(JSON.stringify(answered))
    }
    const file = files.get(path)
    if (file === undefined) return void response.writeHead(404).end()
    response.writeHead(200, { "content-type": "application/octet-stream" }).end(file)
  }

  const server = createServer({ key, cert: certificate }, (request, response) => {
    answer(request, response).catch(() => response.destroy())
  })
  server.listen(0, "127.0.0.1")
  await once(server, "listening")
  const { port } = server.address() as AddressInfo

  const host: MediaHost = {
    hostname: `127.0.0.1:${port}`,
    port,
    auth,
    certificate,
    files,
    failWith: undefined,
    failures: 0,
    asked,
    withdraw: ({ directPath }) => {
      const file = files.get(directPath)
      if (file !== undefined) withdrawn.set(directPath, file)
      files.delete(directPath)
    },
    serveAgain: ({ directPath }) => {
      const file = files.get(directPath) ?? withdrawn.get(directPath)
      if (file === undefined) return undefined
      const path = `${directPath}-again`
      files.set(path, file)
      return path
    },
    store: async (type, content) => {
      const mediaKey = randomBytes(32)
      const { cipherKey, iv, macKey } = await keysOf(type, mediaKey)
      const cipher = createCipheriv("aes-256-cbc", cipherKey, iv)
      const encrypted = Buffer.concat([cipher.update(content), cipher.final()])
      const signature = hmacSign(Buffer.concat([iv, encrypted]), Buffer.from(macKey)).subarray(
        0,
        signatureBytes
      )
      const file = Buffer.concat([encrypted, signature])
      const fileEncSha256 = sha256(file)
      const directPath = `/v/${fileEncSha256.toString("base64url")}`
      files.set(directPath, file)
      return {
        url: `https://${host.hostname}${directPath}`,
        directPath,
        mediaKey,
        fileSha256: sha256(Buffer.from(content)),
        fileEncSha256,
        fileLength: content.length
      }
    },
    open: async (type, { directPath, mediaKey }) => {
      const file = files.get(pathOf(directPath ?? ""))
      if (file === undefined || !mediaKey)
        throw new Error(`expected an uploaded medium at ${directPath}, found none`)
      const { cipherKey, iv, macKey } = await keysOf(type, mediaKey)
      const encrypted = file.subarray(0, -signatureBytes)
      const signature = hmacSign(Buffer.concat([iv, encrypted]), Buffer.from(macKey)).subarray(
        0,
        signatureBytes
      )
      if (!signature.equals(file.subarray(-signatureBytes)))
        throw new Error(`expected ${directPath} signed by its key, found another signature`)
      const decipher = createDecipheriv("aes-256-cbc", cipherKey, iv)
      return Buffer.concat([decipher.update(encrypted), decipher.final()])
    },
    close: async () => {
      server.closeAllConnections()
      const closed = once(server, "close")
      server.close()
      await closed
    }
  }
  return host
}
