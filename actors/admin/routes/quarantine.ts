/** What a restore left open: asked of those who hold it, for they alone know at this moment. */
import { Effect } from "effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import { CurrentKey } from "../../../contracts/http/access.ts"
import { api } from "../../../contracts/http/api.ts"
import {
  DecideJobs,
  DecideMessages,
  EndQuarantine,
  ListHeldJobs,
  ListHeldMessages
} from "../../../contracts/quarantine.ts"
import { byOf } from "../authorize.ts"
import { ask } from "./answering.ts"

export const quarantine = HttpApiBuilder.group(api, "quarantine", (handlers) =>
  handlers.handleAll({
    list: Effect.fnUntraced(function* ({ query: { afterJob, afterMessage } }) {
      const messages = yield* ask(ListHeldMessages, afterMessage === undefined ? {} : { after: afterMessage })
      const jobs = yield* ask(ListHeldJobs, afterJob === undefined ? {} : { after: afterJob })
      return {
        restored: messages.restored,
        messages: messages.messages,
        jobs: jobs.jobs,
        nextMessage: messages.next,
        nextJob: jobs.next
      }
    }),
    decide: Effect.fnUntraced(function* ({ payload: { decision, jobs, messages } }) {
      const by = byOf(yield* CurrentKey)
      const said =
        messages.length === 0 ? 0 : (yield* ask(DecideMessages, { decision, outboxes: messages, by })).decided
      const done = jobs.length === 0 ? 0 : (yield* ask(DecideJobs, { decision, jobs, by })).decided
      return { decided: said + done }
    }),
    end: Effect.fnUntraced(function* () {
      return yield* ask(EndQuarantine, { by: byOf(yield* CurrentKey) })
    })
  })
)
