/** Whether a message would be the first that passes between this account and somebody. */
import type { ChatId } from "../../../contracts/ids.ts"
import type { StateReader } from "../../../infra/actor/state.ts"
import type { KeyringService } from "../../../infra/keyring/keyring.ts"
import { kindOf } from "../incoming/jid.ts"
import { chats } from "../model.ts"

/** A chat with one person, who never wrote in it. A group is joined, or the account was taken into it. */
export const isCold = (
  state: StateReader,
  keyring: Pick<KeyringService, "formsOf" | "pseudonymsOf">,
  chat: ChatId
): boolean => {
  const names = keyring.pseudonymsOf(chat)
  if (names.some((name) => state.get(chats, name)?.heard === true)) return false
  return !names.flatMap(keyring.formsOf).some((form) => kindOf(form) === "group")
}
