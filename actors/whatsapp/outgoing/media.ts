/** From a file in the data folder to WhatsApp's media host: streamed, and never more or other than was asked for. */
import type { proto } from "@whiskeysockets/baileys"
import { Effect } from "effect"
import type { MediaReference } from "../../../contracts/outbox.ts"
import { findMedia, type MediaUnusable, sameDigest } from "../../../infra/media-folder/media-folder.ts"
import { TransmitFailed } from "../gateway.ts"
import type { OpenSocket } from "../session/connection.ts"
import { type Baileys, loadBaileys } from "../session/load-baileys.ts"

/** How long an upload may take that goes on, and how long to wait before one that failed is tried again. */
const uploadMillisMax = 120_000
const againMillis = 10_000

/** What is wrong with a file now will be wrong the next time. */
const unusable = ({ message }: MediaUnusable) =>
  new TransmitFailed({ gateway: "whatsapp", final: true, message })

const reasonOf = (error: unknown) => (error instanceof Error ? error.message : String(error))

/** No preview is made: it would need the whole picture in memory, and a decoder for what others have made. */
const described = ({ kind, mime, name }: MediaReference, path: string, caption: string) => {
  const media = { url: path }
  const words = caption === "" ? {} : { caption }
  switch (kind) {
    case "image":
      return { image: media, mimetype: mime, jpegThumbnail: "", ...words }
    case "video":
      return { video: media, mimetype: mime, jpegThumbnail: "", ...words }
    case "audio":
      return { audio: media, mimetype: mime, seconds: 0 }
    case "document":
      return { document: media, mimetype: mime, fileName: name ?? "file", ...words }
  }
}

const digestOf = ({ audioMessage, documentMessage, imageMessage, videoMessage }: proto.IMessage) =>
  (imageMessage ?? videoMessage ?? audioMessage ?? documentMessage)?.fileSha256

/** Encrypts and uploads as it reads, and compares what was read with the digest. */
const uploaded = (
  baileys: Baileys,
  reference: MediaReference,
  path: string,
  text: string,
  socket: OpenSocket
) =>
  Effect.tryPromise({
    try: () =>
      baileys.prepareWAMessageMedia(described(reference, path, text), {
        upload: socket.waUploadToServer,
        mediaUploadTimeoutMs: uploadMillisMax
      }),
    catch: (error) =>
      new TransmitFailed({
        gateway: "whatsapp",
        final: false,
        message: `the file ${reference.file} could not be uploaded: ${reasonOf(error)}`,
        waitMillis: againMillis
      })
  })

/** What a message says of its file, once WhatsApp has that. A caption is not for what is only heard. */
export const uploadMedia = Effect.fnUntraced(function* (
  folder: string,
  reference: MediaReference,
  caption: string,
  socket: OpenSocket
): Effect.fn.Return<proto.IMessage, TransmitFailed> {
  const path = yield* findMedia(folder, reference).pipe(Effect.mapError(unusable))
  const message = yield* uploaded(yield* loadBaileys, reference, path, caption, socket)
  const digest = Buffer.from(digestOf(message) ?? []).toString("hex")
  yield* sameDigest(reference, digest).pipe(Effect.mapError(unusable))
  return message
})
