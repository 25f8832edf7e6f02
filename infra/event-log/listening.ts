/** Which events a reader listens to, told from their subjects alone. */
import { type EventName, eventTypeOf } from "../../contracts/catalogue.ts"
import type { Context } from "../../contracts/contexts.ts"
import type { AccountId } from "../../contracts/ids.ts"
import { boundarySubject, contextFilter, eventFilter, parseEventSubject } from "../../contracts/subjects.ts"
import type { ReadOptions } from "./event-log.ts"

type Wanted = Pick<ReadOptions, "events" | "contexts" | "within">

/** Whether everything is wanted, whatever it is. */
export const wantsAll = ({ contexts, events, within }: Wanted): boolean =>
  events === undefined && contexts === undefined && within === undefined

/** Tells by its subject whether an event is wanted. */
export const listeningTo = (wanted: Wanted): ((subject: string) => boolean) => {
  if (wantsAll(wanted)) return () => true
  const contexts = new Set<string>(wanted.contexts)
  const names = new Set<string>(wanted.events)
  const boundaries = new Set((wanted.within ?? []).map(({ boundary, context }) => `${context}.${boundary}`))
  return (subject) => {
    const address = parseEventSubject(subject)
    if (address === undefined) return false
    const { boundary, context, event } = address
    return (
      contexts.has(context) || names.has(`${context}.${event}`) || boundaries.has(`${context}.${boundary}`)
    )
  }
}

/** The same as subject filters, of which none overlaps another, for the server refuses those; none for all. */
export const filtersOf = (account: AccountId, wanted: Wanted): ReadonlyArray<string> => {
  const contexts: ReadonlyArray<Context> = wanted.contexts ?? []
  const names: ReadonlyArray<EventName> = wanted.events ?? []
  const within = (wanted.within ?? []).filter(({ context }) => !contexts.includes(context))
  return [
    ...new Set(contexts.map((context) => contextFilter(account, context))),
    ...new Set(within.map(({ boundary, context }) => boundarySubject(account, context, boundary))),
    ...[...new Set(names)]
      .map((name) => eventTypeOf(name)!)
      .filter(({ context }) => !contexts.includes(context))
      .map(({ context, event }) => eventFilter(account, context, event))
  ]
}
