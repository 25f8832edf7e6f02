/** Whether what somebody wants of a webhook can be meant: its URL, what it is told, and from where on. */
import { Effect, Schema } from "effect"
import { type EventName, eventTypeOf } from "../../../contracts/catalogue.ts"
import { type Context, contexts } from "../../../contracts/contexts.ts"
import { EventLog } from "../../../infra/event-log/event-log.ts"
import type { ManagedWebhooks } from "./managed.ts"

/** A value that cannot be meant, by the name of its field. */
export class NotMeant extends Schema.TaggedError<NotMeant>()("NotMeant", {
  field: Schema.String,
  message: Schema.String
}) {}

export interface Wanted {
  readonly url?: string
  readonly contexts?: ReadonlyArray<string>
  readonly events?: ReadonlyArray<string>
}

const hostCharactersMax = 253

const notMeant = (field: string, message: string) => new NotMeant({ field, message })

const isContext = (name: string): name is Context => Object.hasOwn(contexts, name)
const isEvent = (name: string): name is EventName => eventTypeOf(name) !== undefined

/** The names that are wanted, once they and the URL can be meant. */
export const meant = Effect.fnUntraced(function* ({ judge }: ManagedWebhooks, wanted: Wanted) {
  const { contexts: named = [], events = [], url } = wanted
  if (url !== undefined) {
    const parsed = URL.parse(url)
    if (
      parsed?.protocol !== "https:" ||
      parsed.username !== "" ||
      parsed.password !== "" ||
      parsed.hostname.length > hostCharactersMax
    )
      return yield* notMeant("url", "Expected an https URL without a name or a password in it.")
    const judged = judge(url)
    if (!judged.allowed) return yield* notMeant("url", `Nothing is sent there: ${judged.reason}.`)
  }
  const unknown = [...named.filter((name) => !isContext(name)), ...events.filter((name) => !isEvent(name))]
  if (unknown[0] !== undefined)
    return yield* notMeant(
      named.includes(unknown[0]) ? "contexts" : "events",
      `There is no context and no event ${JSON.stringify(unknown[0])}.`
    )
  return { contexts: named.filter(isContext), events: events.filter(isEvent) }
})

/** The place before an event that is wanted; the end of the log, where none is. */
export const placeBefore = Effect.fnUntraced(function* (from: number | undefined) {
  const log = yield* EventLog
  const end = yield* log.last
  if (from !== undefined && (from < 1 || from > end + 1))
    return yield* notMeant("from", `Expected a sequence of this log, which ends at ${end}, found ${from}.`)
  return { generation: log.generation, sequence: from === undefined ? end : from - 1 }
})
