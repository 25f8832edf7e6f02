/** The sandbox chat: to read, and to post in. */
import { randomUUID } from "node:crypto"
import { Clock, Effect } from "effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import { IngestMessages } from "../../../contracts/commands.ts"
import { api } from "../../../contracts/http/api.ts"
import { sandboxAuthor, sandboxChatName, type TimelineItem } from "../../../contracts/http/sandbox.ts"
import { mayReadWords } from "../authorize.ts"
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

export const sandbox = HttpApiBuilder.group(api, "sandbox", (handlers) =>
  handlers.handleAll({
    timeline: Effect.fnUntraced(function* ({ query }) {
      const models = yield* modelsAfter(query.after)
      // The one that spoke last: a sandbox chat that was forgotten is followed by another one.
      const chat = models.chats
        .list({ gateway: "sandbox", recentFirst: true })
        .find((it) => it.name === sandboxChatName)?.chat
      if (chat === undefined) return { chat: null, items: [] }
      const options = { limit: messagesMax }
      const items = timelineOf(models.messages.list(chat, options), models.outbox.list({ ...options, chat }))
      return { chat, items: (yield* mayReadWords) ? items : items.map(wordless) }
    }),
    post: Effect.fnUntraced(function* ({ payload }) {
      const sentAt = yield* Clock.currentTimeMillis
      const { author = sandboxAuthor, id = randomUUID(), ...said } = payload
      const { chat, generation, sequence } = yield* ask(IngestMessages, {
        gateway: "sandbox",
        chatName: sandboxChatName,
        messages: [{ ...said, id, author, sentAt }]
      })
      return { chat, generation, sequence, id }
    })
  })
)
