/** A chat that somebody names by its id has to be there. */
import { Effect } from "effect"
import type { ChatId } from "../../contracts/ids.ts"
import type { ReadModelsService } from "../../projections/reader.ts"
import { OperatorFailed } from "./failure.ts"

/** A mistyped id must not be taken for a chat in which nothing was said yet. */
export const knownChat = ({ chats }: Pick<ReadModelsService, "chats">, chat: ChatId) =>
  chats.get(chat) === undefined
    ? Effect.fail(
        new OperatorFailed({
          what: `There is no chat ${chat}`,
          why: "nothing was ever said or set in it",
          next: "The page shows all chats with their ids."
        })
      )
    : Effect.void
