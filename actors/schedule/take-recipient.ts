/** From whom somebody names to whom facts name: pseudonyms, and tags as keyed hashes. */
import { Effect } from "effect"
import { type CommandType, Refused } from "../../contracts/command.ts"
import type { ChatId } from "../../contracts/ids.ts"
import type { Recipient } from "../../contracts/recipient.ts"
import type { AskedRecipient } from "../../contracts/schedule-commands.ts"
import type { StateReader } from "../../infra/actor/state.ts"
import type { KeyringService } from "../../infra/keyring/keyring.ts"
import { contactNow } from "./resolve-recipients.ts"

/** The form by which WhatsApp knows a number. */
export const numberForm = (number: string): string => `${number.slice(1)}@s.whatsapp.net`

/** What says the same in capitals or with more blanks is the same tag. */
export const tagOf = (keyring: Pick<KeyringService, "hash">, tag: string) =>
  keyring.hash([], `tag ${tag.trim().toLowerCase().replaceAll(/\s+/gu, " ")}`)

export const unavailable = (command: CommandType) => (error: { readonly message: string }) =>
  new Refused({ command: command.command, reason: "unavailable", message: error.message })

const chatOf = (
  command: CommandType,
  keyring: Pick<KeyringService, "formsOf" | "pseudonymsOf">,
  chat: ChatId
): Effect.Effect<Recipient, Refused> => {
  const name = keyring.pseudonymsOf(chat)[0] ?? chat
  const forms = keyring.formsOf(name)
  const refuse = (reason: Refused["reason"], message: string) =>
    Effect.fail(new Refused({ command: command.command, reason, message }))
  if (forms.length === 0) return refuse("not-found", `there is no chat ${chat}`)
  if (forms.some((form) => form.startsWith("export:")))
    return refuse("invalid", `expected a chat that can be spoken to, found an exported one: ${chat}`)
  const gateway = forms.some((form) => form.startsWith("sandbox:")) ? "sandbox" : "whatsapp"
  return Effect.succeed({ to: "chat", chat: name, gateway })
}

export const takeRecipient = (
  command: CommandType,
  state: StateReader,
  keyring: KeyringService,
  asked: AskedRecipient
): Effect.Effect<Recipient, Refused> => {
  if ("chat" in asked) return chatOf(command, keyring, asked.chat)
  if ("contact" in asked)
    return contactNow(state, asked.contact) === undefined
      ? Effect.fail(
          new Refused({
            command: command.command,
            reason: "not-found",
            message: `there is no contact ${asked.contact}`
          })
        )
      : Effect.succeed({ to: "contact", contact: asked.contact })
  const taken: Effect.Effect<Recipient, { readonly message: string }> =
    "tag" in asked
      ? Effect.map(tagOf(keyring, asked.tag), (tag) => ({ to: "tag", tag }))
      : Effect.map(keyring.chat([numberForm(asked.number)]), (chat) => ({
          to: "chat",
          chat,
          gateway: "whatsapp"
        }))
  return Effect.mapError(taken, unavailable(command))
}
