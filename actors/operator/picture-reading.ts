/** What pictures are read with, where the operator wants them read. Nothing is loaded before there is one. */
import { Effect } from "effect"
import { makeGuardedClient } from "../../infra/guarded-client/client.ts"
import type { Pictures } from "../whatsapp/actor.ts"
import { codeReader } from "../whatsapp/incoming/pictures/code-reader.ts"
import { type GetMedia, whatsAppMedia } from "../whatsapp/incoming/pictures/media-host.ts"

export const readingOf = Effect.fnUntraced(function* (pictures: Pictures = "off", instead?: GetMedia) {
  if (pictures === "off") return undefined
  const getMedia = instead ?? whatsAppMedia(yield* makeGuardedClient())
  return { getMedia, readCodes: yield* codeReader() }
})
