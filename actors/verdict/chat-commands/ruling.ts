/**
 * What an allow or a deny that was given in a chat has set. The answer to a deny tells the chat, so that the links
 * which it names are not warned about in its own message; whatever else that message holds is.
 */
import { hashOf, type MessageKey, OverrideId } from "../../../contracts/ids.ts"
import { collection, keyOf } from "../../../infra/actor/collection.ts"
import type { State, StateReader } from "../../../infra/actor/state.ts"
import type { Given } from "./model.ts"

/** By chat and message: the override that the deny in it set. */
const denials = collection<OverrideId>("denial")

/** A UUIDv7 that the same command always makes: its time, and a hash of its message. */
export const overrideIdOf = ({
  at,
  message
}: {
  readonly at: number
  readonly message: MessageKey
}): OverrideId => {
  const time = at.toString(16).padStart(12, "0").slice(-12)
  const rest = hashOf("override", message)
  return OverrideId.make(
    `${time.slice(0, 8)}-${time.slice(8)}-7${rest.slice(0, 3)}-8${rest.slice(3, 6)}-${rest.slice(6, 18)}`
  )
}

/** A deny was obeyed. */
export const denied = (state: State, given: Given): void =>
  state.put(denials, keyOf(given.chat, given.message), overrideIdOf(given))

/** What the deny in a message has set, whether or not that holds yet. */
export const denialIn = (
  state: StateReader,
  { chat, message }: Pick<Given, "chat" | "message">
): OverrideId | undefined => state.get(denials, keyOf(chat, message))
