/** Letting people into a group who asked to join. Done again it changes nothing: whoever is in asks no more. */
import { Effect } from "effect"
import { PersonId } from "../../../contracts/ids.ts"
import type { KeyringService } from "../../../infra/keyring/keyring.ts"
import { TransmitFailed, type WireMessage } from "../gateway.ts"
import type { OpenSocket } from "../session/connection.ts"
import { recipientOf } from "./recipient.ts"

const failed = (message: string, final: boolean) =>
  new TransmitFailed({ gateway: "whatsapp", final, message })

/** What WhatsApp answers where somebody does not ask (any more): let in by another admin, or withdrawn. */
const notAsking = "404"

/** Baileys' own words for what the server refused. */
const codeIn = (cause: unknown): number | undefined => {
  if (!(cause instanceof Error) || !("data" in cause)) return undefined
  return typeof cause.data === "number" ? cause.data : undefined
}

export const admit = Effect.fnUntraced(function* (
  keyring: KeyringService,
  socket: OpenSocket,
  { chat, text }: WireMessage
) {
  const { isGroup, jid } = yield* recipientOf(keyring, socket, chat)
  if (!isGroup) return yield* failed("only a group has members who ask to join", true)
  const people = text
    .split("\n")
    .flatMap((token) => keyring.pseudonymsOf(PersonId.make(token)).flatMap(keyring.formsOf).slice(0, 1))
  if (people.length === 0) return yield* failed("nothing is known any more of those who asked to join", true)
  const answers = yield* Effect.tryPromise({
    try: () => socket.groupRequestParticipantsUpdate(jid, people, "approve"),
    catch: (cause) => {
      const code = codeIn(cause)
      const is4xx = code !== undefined && code >= 400 && code < 500
      return failed(
        code === undefined ? "WhatsApp did not answer" : `WhatsApp refused to let them in with ${code}`,
        is4xx
      )
    }
  })
  const refused = answers.filter(({ status }) => status !== "200" && status !== notAsking)
  if (refused.length > 0)
    return yield* failed(`WhatsApp refused to let ${refused.length} of ${people.length} in`, true)
})
