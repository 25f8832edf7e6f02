/** An event of the log as the stream shows it: its words opened for who may read them, and left out for others. */
import { Effect } from "effect"
import { eventTypeOf } from "../../contracts/catalogue.ts"
import type { LogEvent } from "../../infra/event-log/event-log.ts"
import type { KeyringService } from "../../infra/keyring/keyring.ts"

/** What a field that was changed in the log, or sealed by another keyring, opens to: nothing. */
const openOrNull = (keyring: KeyringService, sealed: string) =>
  Effect.try(() => keyring.open<unknown>(sealed)).pipe(Effect.orElseSucceed(() => null))

const dataOf = Effect.fnUntraced(function* (
  event: Exclude<LogEvent, { readonly type: "unreadable" }>,
  keyring: KeyringService,
  words: boolean
) {
  const { personal } = eventTypeOf(event.type)!
  const data: Record<string, unknown> = { ...event.data }
  for (const field of Object.keys(personal)) {
    if (data[field] === undefined) continue
    if (words) data[field] = yield* openOrNull(keyring, data[field] as string)
    else delete data[field]
  }
  return data
})

/** The event as JSON. A personal field is `null` once forgotten, and absent for who may not read words. */
export const eventJson = Effect.fnUntraced(function* (
  event: LogEvent,
  keyring: KeyringService,
  words: boolean
) {
  if (event.type === "unreadable") return JSON.stringify(event)
  const { boundary, cause, correlation, id, sequence, source, time, type } = event
  const { context } = eventTypeOf(type)!
  const data = yield* dataOf(event, keyring, words)
  return JSON.stringify({ id, sequence, type, context, boundary, time, source, cause, correlation, data })
})
