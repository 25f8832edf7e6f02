/** What a webhook is sent of an event, and under which id. */
import { Effect } from "effect"
import { streamId } from "../../../contracts/http/events.ts"
import { EventLog, type LogEvent } from "../../../infra/event-log/event-log.ts"
import { Keyring } from "../../../infra/keyring/keyring.ts"
import { eventJson } from "../event-view.ts"

/** Opened now: whoever was forgotten before is not in it. */
export const messageOf = Effect.fnUntraced(function* (event: LogEvent, words: boolean) {
  const { generation } = yield* EventLog
  const { sequence, type } = event
  const body = yield* eventJson(event, yield* Keyring, words)
  const id = event.type === "unreadable" ? streamId(generation, sequence) : event.id
  return { id, body, type }
})
