/** A picture that WhatsApp does not keep any more is put there once more by our phone, where that has it. */
import { Effect, Schema } from "effect"
import type { OpenSocket } from "../../session/connection.ts"
import type { Origin } from "../heard.ts"
import { kindOf } from "../jid.ts"
import { MediaUnreachable } from "./media-host.ts"
import type { Picture } from "./picture.ts"

/** A phone that is on answers within seconds. */
const phoneMillisMax = 30_000

/** What the phone answers where it will never have it: it was deleted there, or is of another key. */
const finalStatuses: ReadonlySet<number> = new Set([404, 412])

/** As Baileys fails: with a status in the manner of HTTP. */
const Refused = Schema.Struct({ output: Schema.Struct({ statusCode: Schema.Number }) })

const isFinal = (error: unknown): boolean =>
  Schema.is(Refused)(error) && finalStatuses.has(error.output.statusCode)

const keyOf = ({ chat: [chat], id, own, sender: [sender] }: Origin) => ({
  remoteJid: chat,
  id,
  fromMe: own,
  ...(kindOf(chat) === "group" ? { participant: sender } : {})
})

/** Where it is now; `undefined` where the phone does not have it either. */
export const reuploaded = (
  socket: Pick<OpenSocket, "updateMediaMessage">,
  origin: Origin,
  { key: mediaKey }: Picture
): Effect.Effect<string | undefined, MediaUnreachable> =>
  Effect.tryPromise({
    try: () => socket.updateMediaMessage({ key: keyOf(origin), message: { imageMessage: { mediaKey } } }),
    catch: (error) => error
  }).pipe(
    Effect.map(({ message }) => message?.imageMessage?.directPath ?? undefined),
    Effect.catch((error) => {
      if (isFinal(error)) return Effect.undefined
      const why = error instanceof Error ? error.message : String(error)
      return Effect.fail(new MediaUnreachable({ message: `our phone did not answer with a picture: ${why}` }))
    }),
    Effect.timeoutOrElse({
      duration: phoneMillisMax,
      orElse: () =>
        Effect.fail(new MediaUnreachable({ message: "our phone did not answer where a picture is" }))
    })
  )
