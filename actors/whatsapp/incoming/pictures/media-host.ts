/**
 * WhatsApp's media host: the only one that pictures are got from, whatever a message names. What is got is
 * encrypted, and stays in memory.
 */
import { Effect, Schema } from "effect"
import type { Answered, GuardedClientService } from "../../../../infra/guarded-client/client.ts"
import type { FetchFailed } from "../../../../infra/guarded-client/fetch-failed.ts"
import type { Picture } from "./picture.ts"

const mediaHost = "https://mmg.whatsapp.net"

/** As WhatsApp's own page asks. */
const pageOrigin = "https://web.whatsapp.com"
const agentName = "node"

/** WhatsApp takes images up to this; a document that is larger is not looked at. */
export const pictureBytesMax = 16 * 1024 * 1024
/** What encryption adds: a block of padding and a signature. */
const sealBytesMax = 16 + 10
const getMillisMax = 30_000

/** What there is at a path of the media host, up to a length in bytes. */
export type GetMedia = (
  path: string,
  bytesMax: number
) => Effect.Effect<Pick<Answered, "status" | "bytes" | "cut">, Pick<FetchFailed, "message">>

/** The media host over the guarded client: no address that is not public is ever connected to. */
export const whatsAppMedia =
  (client: GuardedClientService): GetMedia =>
  (path, bytesMax) =>
    client.ask({
      url: mediaHost + path,
      method: "GET",
      headers: { origin: pageOrigin, "user-agent": agentName, "accept-encoding": "identity" },
      bytesMax,
      limitMillis: getMillisMax
    })

/** It may be there the next time. */
export class MediaUnreachable extends Schema.TaggedError<MediaUnreachable>()("MediaUnreachable", {
  message: Schema.String
}) {}

export type Got =
  | { readonly got: "file"; readonly file: Buffer }
  /** It is not there any more. A phone may put it there once more. */
  | { readonly got: "gone" }
  /** It never is to be had or read: too large, or in a place that is none. */
  | { readonly got: "nothing"; readonly reason: "absent" | "unsupported" }

const goneStatuses: ReadonlySet<number> = new Set([401, 403, 404, 410])

/** A path that leads to the media host and nowhere else: `//host/` and `@host/` would not. */
const isPath = (path: string): boolean =>
  path.startsWith("/") && URL.parse(path, mediaHost)?.origin === mediaHost && !/[\s\\]/u.test(path)

/** Gets a picture, still encrypted. */
export const getPicture = Effect.fnUntraced(function* (
  get: GetMedia,
  { length, path }: Picture
): Effect.fn.Return<Got, MediaUnreachable> {
  if (!isPath(path)) return { got: "nothing", reason: "absent" }
  if (length > pictureBytesMax) return { got: "nothing", reason: "unsupported" }
  const bytesMax = pictureBytesMax + sealBytesMax
  const { bytes, cut, status } = yield* Effect.mapError(
    get(path, bytesMax),
    ({ message }) => new MediaUnreachable({ message })
  )
  if (goneStatuses.has(status)) return { got: "gone" }
  if (status !== 200) return yield* new MediaUnreachable({ message: `the media host answered ${status}` })
  if (!cut) return { got: "file", file: bytes }
  if (bytes.length >= bytesMax) return { got: "nothing", reason: "unsupported" }
  return yield* new MediaUnreachable({ message: "the media host broke off" })
})
