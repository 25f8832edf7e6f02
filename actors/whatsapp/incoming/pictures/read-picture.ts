/** One picture, from the media host to what its codes say. */
import { Effect } from "effect"
import type { OpenSocket } from "../../session/connection.ts"
import type { Origin } from "../heard.ts"
import type { ReadCodes, ReaderFailed } from "./code-reader.ts"
import { textsOfCode } from "./code-text.ts"
import { type GetMedia, getPicture, type MediaUnreachable } from "./media-host.ts"
import type { Picture } from "./picture.ts"
import { reuploaded } from "./reupload.ts"

/** Why a picture was not read, in words of `UnreadableReason`. */
export type PictureFailed = "absent" | "corrupt" | "malformed" | "unsupported" | "no-key"

export interface PictureRead {
  readonly codes: ReadonlyArray<string>
  readonly failed?: PictureFailed
}

export interface PictureMeans {
  readonly getMedia: GetMedia
  readonly readCodes: ReadCodes
}

export const notRead = (failed: PictureFailed): PictureRead => ({ codes: [], failed })

/** A picture at the place that our phone puts it once more, where it is gone from its own. */
const found = Effect.fnUntraced(function* (
  { getMedia }: PictureMeans,
  socket: OpenSocket,
  origin: Origin,
  picture: Picture
) {
  const got = yield* getPicture(getMedia, picture)
  if (got.got !== "gone") return got
  const path = yield* reuploaded(socket, origin, picture)
  return path === undefined ? got : yield* getPicture(getMedia, { ...picture, path })
})

/** Fails where it may be had another time. */
export const readPicture = Effect.fnUntraced(function* (
  means: PictureMeans,
  socket: OpenSocket,
  origin: Origin,
  picture: Picture
): Effect.fn.Return<PictureRead, MediaUnreachable | ReaderFailed> {
  const { key, media } = picture
  if (key.length === 0) return notRead("no-key")
  const got = yield* found(means, socket, origin, picture)
  if (got.got === "gone") return notRead("absent")
  if (got.got === "nothing") return notRead(got.reason)
  const read = yield* means.readCodes({ file: Uint8Array.from(got.file), key: Uint8Array.from(key), media })
  return "failed" in read ? notRead(read.failed) : { codes: read.codes.flatMap(textsOfCode) }
})
