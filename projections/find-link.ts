/** Finding the links that something is about, by whatever name it is shown under. */
import type { LinkId } from "../contracts/ids.ts"
import type { Sqlite } from "../infra/sqlite/open.ts"
import { placeOf } from "./verdicts.ts"

/** The first id that does not begin with some digits. */
const behind = (prefix: string): string => `${prefix}g`

/** Links that are told apart; more are not looked for. */
const foundMax = 20

const byHash = `
  select link from scans where link >= :from and link < :to
  union select link from sightings where link >= :from and link < :to
  union select link from sightings where message >= :from and message < :to
  union select link from judgements where notice in
    (select outbox from outbox where outbox >= :from and outbox < :to)
  limit ${foundMax}`

const byEvent = `
  select link from scans where sequence = :sequence
  union select link from judgements where sequence = :sequence
  union select link from sightings where place >= :from and place < :to
  union select j.link from judgements j join outbox o on o.outbox = j.notice where o.sequence = :sequence
  limit ${foundMax}`

export const linkFinder = (db: Sqlite) => {
  const hash = db.prepare<{ readonly from: string; readonly to: string }, LinkId>(byHash).pluck()
  const event = db
    .prepare<{ readonly sequence: number; readonly from: number; readonly to: number }, LinkId>(byEvent)
    .pluck()
  return {
    /** By the first hexadecimal digits of a link, a message or a notice, 40 where they are all there. */
    byHash: (digits: string): ReadonlyArray<LinkId> => hash.all({ from: digits, to: behind(digits) }),
    /** By the event that brought, scanned or judged it. */
    byEvent: (sequence: number): ReadonlyArray<LinkId> =>
      event.all({ sequence, from: placeOf(sequence), to: placeOf(sequence + 1) })
  }
}
