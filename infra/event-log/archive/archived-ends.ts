/** Where boundaries ended when their events went into files, to whoever appends: the server knows of no such event. */
import { Effect } from "effect"
import { headerNames } from "../../../contracts/envelope.ts"
import { LogUnavailable } from "../event-log.ts"
import { headerIn } from "../header-block.ts"
import type { OfferedMessage } from "../offer.ts"
import { notedOf } from "./archive-index.ts"
import type { Archive } from "./read-archive.ts"

/**
 * What is offered, with expectations as the server can hold them: a boundary whose last event is in files is empty to
 * it. `undefined` where an expectation is no longer true, which the server could not tell from one that is.
 */
export const asServerHasIt = (
  messages: ReadonlyArray<OfferedMessage>,
  archive: Archive | undefined
): ReadonlyArray<OfferedMessage> | undefined => {
  if (archive === undefined) return messages
  const { upTo } = archive.index
  const offered: Array<OfferedMessage> = []
  for (const message of messages) {
    const { boundary, expected } = message
    if (expected === undefined || expected.sequence > upTo) offered.push(message)
    else if (expected.sequence === archive.headOf(boundary))
      offered.push({ ...message, expected: { sequence: 0, boundary } })
    else return undefined
  }
  return offered
}

/** What a boundary holds first after an event, in files. */
export const firstArchived = Effect.fnUntraced(function* (
  archive: Archive | undefined,
  boundary: string,
  after: number
) {
  if (archive === undefined || archive.headOf(boundary) <= after) return undefined
  for (const file of archive.index.files) {
    if (file.last <= after) continue
    const messages = yield* Effect.mapError(
      archive.load(file),
      ({ message }) => new LogUnavailable({ operation: "show the end of a boundary", message })
    )
    const found = messages.find(
      ({ sequence, subject }) => sequence > after && notedOf(subject).boundary === boundary
    )
    if (found !== undefined)
      return { sequence: found.sequence, id: headerIn(found.headers, headerNames.messageId) }
  }
  return undefined
})
