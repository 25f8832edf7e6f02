/** A picture that a message brought, as the message names it. */
import type { proto } from "@whiskeysockets/baileys"

export interface Picture {
  /** Which of WhatsApp's kinds of media it was encrypted as. */
  readonly media: "image" | "document"
  /** Where WhatsApp's media host has it, from the slash on; empty where the message does not say. */
  readonly path: string
  /** 32 bytes; empty where the message brings none. */
  readonly key: Uint8Array
  /** How long it is, unencrypted, as its sender says; 0 where that is not said. */
  readonly length: number
}

type Named = proto.Message.IImageMessage | proto.Message.IDocumentMessage

/** The path of an address, for messages that name no path beside it. The host is not looked at: there is but one. */
const pathIn = (url: string): string => {
  const parsed = URL.parse(url)
  return parsed === null ? "" : parsed.pathname + parsed.search
}

export const pictureOf = (
  media: Picture["media"],
  { directPath, fileLength, mediaKey, url }: Named
): Picture => ({
  media,
  path: directPath || pathIn(url ?? ""),
  key: mediaKey ?? new Uint8Array(),
  length: Number(fileLength ?? 0)
})

/** Whether a document says that it is a picture of a kind that can be read. */
export const isPicture = ({ mimetype }: proto.Message.IDocumentMessage): boolean =>
  /^image\/(?:jpe?g|png)\b/iu.test(mimetype ?? "")
