/** The sandbox chat: to read, and to post in. */
import { Clock, Effect } from "effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import { IngestMessages } from "../../../contracts/commands.ts"
import { api } from "../../../contracts/http/api.ts"
import { sandboxAuthor, sandboxChatName, type TimelineItem } from "../../../contracts/http/sandbox.ts"
import type { Accounts } from "../accounts.ts"
import { mayReadWords } from "../authorize.ts"
import { answeredOnce, idMadeBy, namedRequest } from "../named-request.ts"
import { timelineOf } from "../timeline.ts"
import { ask, modelsAfter } from "./answering.ts"

/** The newest messages of the timeline, and the newest entries about them. */
const messagesMax = 100

const wordless = (item: TimelineItem): TimelineItem => ({
  ...item,
  author: null,
  text: null,
  media: null,
  links: [],
  reactions: []
})

export const sandbox = (accounts: Accounts) =>
  HttpApiBuilder.group(api, "sandbox", (handlers) =>
    handlers.handleAll({
      timeline: Effect.fnUntraced(function* ({ query }) {
        const models = yield* modelsAfter(query.after)
        // The one that spoke last: a sandbox chat that was forgotten is followed by another one.
        const chat = models.chats
          .list({ gateway: "sandbox", recentFirst: true })
          .find((it) => it.name === sandboxChatName)?.chat
        if (chat === undefined) return { chat: null, items: [] }
        const options = { limit: messagesMax }
        const items = timelineOf(
          models.messages.list(chat, options),
          models.outbox.list({ ...options, chat })
        )
        return { chat, items: (yield* mayReadWords) ? items : items.map(wordless) }
      }),
      post: Effect.fnUntraced(function* ({ headers, payload }) {
        const sentAt = yield* Clock.currentTimeMillis
        const named = yield* namedRequest(accounts, "sandbox.post", headers, payload)
        const made = yield* idMadeBy(named)
        const { author = sandboxAuthor, id = made, ...said } = payload
        const posted = ask(IngestMessages, {
          gateway: "sandbox",
          chatName: sandboxChatName,
          messages: [{ ...said, id, author, sentAt }]
        }).pipe(Effect.map(({ chat, generation, sequence }) => ({ chat, generation, sequence, id })))
        return yield* answeredOnce(accounts, named, posted)
      })
    })
  )
