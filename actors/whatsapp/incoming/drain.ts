/**
 * The drain: what the journal holds goes to the log, and then from the journal. Killed between any two steps it
 * begins again with the same rows, of which the log takes each thing once.
 *
 * What was said just now goes first. What phones hand over of the past waits, and goes in small parts.
 */
import { Clock, Effect, Option } from "effect"
import type { Beside } from "../../../infra/actor/process-manager.ts"
import { Keyring } from "../../../infra/keyring/keyring.ts"
import { metrics } from "../../../infra/telemetry/metrics.ts"
import { chats } from "../model.ts"
import { type SelfIdentity, Session } from "../session/connection.ts"
import type { Journal, JournalEntry } from "../session/journal.ts"
import { committer, untilKeyring } from "./commit.ts"
import { heardInEntry } from "./decode-entry.ts"
import type { HeardFrom } from "./heard.ts"
import { identify, type Knowing } from "./identify.ts"
import type { Item } from "./item.ts"
import { groupLearner } from "./learn-groups.ts"
import { obeyedNames } from "./obeyed.ts"
import { pictureDrain, type PictureReading, withPictures } from "./pictures/drain-pictures.ts"
import type { PictureRead } from "./pictures/read-picture.ts"
import type { SelfForms } from "./stanza.ts"
import type { Published } from "./taking.ts"
import { isWithheld, readable } from "./withhold.ts"

/** How much of the past is taken when a phone hands it over. */
export interface HistoryLimits {
  readonly days: number
  readonly messagesPerChat: number
}

/** A week, and as much of a chat as one scrolls through. */
export const defaultHistory: HistoryLimits = { days: 7, messagesPerChat: 200 }

/** Rows of one commit: a burst goes in few, and a live message waits for one of them at most. */
const rowsMax = 128
/** Payload of one commit. One that is larger goes alone. */
const payloadMaxBytes = 256 * 1024
/** Rows of the past between two looks for something new. */
const historyRowsMax = 32

const dayMillis = 86_400_000

/** Who we are while nobody knows: what was delivered before the number was unlinked is taken all the same. */
const nobody: SelfForms = { phone: "0@s.whatsapp.net" }

/** Rows that fit into one commit, from the front. */
const commitsOf = (rows: ReadonlyArray<JournalEntry>): ReadonlyArray<ReadonlyArray<JournalEntry>> => {
  const all: Array<Array<JournalEntry>> = []
  let bytes = Infinity
  for (const row of rows) {
    bytes += row.payload.length
    if (bytes > payloadMaxBytes) {
      all.push([])
      bytes = row.payload.length
    }
    all.at(-1)!.push(row)
  }
  return all
}

/** What a row came to. */
interface Read {
  readonly row: JournalEntry
  readonly items: ReadonlyArray<Item>
  /** Whether it stays for its pictures. */
  readonly stays: boolean
}

/** Runs for as long as the actor holds its lease. */
export const drain = (history: HistoryLimits, reading?: PictureReading) =>
  Effect.fnUntraced(function* (journal: Journal, own: Beside<Published>) {
    const keyring = yield* Keyring
    const commit = committer(own)
    const session = Option.getOrUndefined(yield* Effect.serviceOption(Session))
    const learn = yield* groupLearner({ session, keyring, own, commit })
    let known: SelfIdentity | undefined

    const otherForm = Effect.fnUntraced(function* (jid: string) {
      const socket = yield* session?.socket ?? Effect.undefined
      if (socket === undefined) return undefined
      return yield* Effect.tryPromise(() => socket.otherForm(jid)).pipe(Effect.orElseSucceed(() => undefined))
    })

    /** What is of the past is taken as far back, and as much of a chat, as is wanted. */
    const wanted = Effect.fnUntraced(function* (items: ReadonlyArray<Item>) {
      const oldest = (yield* Clock.currentTimeMillis) - history.days * dayMillis
      return items.flatMap((item): ReadonlyArray<Item> => {
        if (item.arrival !== "imported") return [item]
        return item.at < oldest ? [] : [{ ...item, earlierMax: history.messagesPerChat }]
      })
    })

    const knowing = (): Knowing => ({
      keyring,
      otherForm,
      ownName: known?.name,
      isWithheld: isWithheld(own.state, keyring)
    })

    const selfNow = Effect.gen(function* () {
      known = (yield* session?.self ?? Effect.undefined) ?? known
      return known ?? nobody
    })

    const read = Effect.fnUntraced(function* (row: JournalEntry, self: SelfForms) {
      const heard = yield* heardInEntry(row, self)
      for (const { heard: it } of heard)
        metrics.heard.inc({ what: it.what === "aside" ? it.of : it.what, arrival: heard[0]!.origin.arrival })
      const items = yield* Effect.forEach(heard, (from) => identify(knowing(), from))
      return {
        row,
        items: yield* wanted(items.filter((item) => item !== undefined)),
        stays: reading !== undefined && withPictures(heard).length > 0
      } satisfies Read
    })

    /** A row that can be made nothing of is kept for a person to look at, and counted where it is known whose it is. */
    const setAside = Effect.fnUntraced(function* (row: JournalEntry, why: string, item: Item | undefined) {
      yield* Effect.logError("what WhatsApp delivered could not be taken, and was set aside", {
        position: row.position,
        kind: row.kind,
        reason: why
      })
      metrics.heard.inc({ what: "set-aside", arrival: item?.arrival ?? "live" })
      if (item !== undefined) {
        const heard = { what: "unreadable" as const, reason: "malformed" as const, fields: [] }
        yield* Effect.catchTag(commit(row.position, [{ ...item, heard }]), "Untakeable", () => Effect.void)
      }
      yield* journal.setAside(row.position, why)
    })

    /** What its pictures say comes later, under the name that the message goes by then. */
    const pictureItem = Effect.fnUntraced(function* (from: HeardFrom, { codes, failed }: PictureRead) {
      const item = yield* identify(knowing(), from)
      if (item === undefined) return undefined
      const heard = { what: "picture" as const, codes, ...(failed === undefined ? {} : { failed }) }
      const said: Item = { ...item, heard }
      return readable(own.state, keyring, said).heard.what === "withheld" ? undefined : said
    })

    const pictures = yield* pictureDrain({
      reading,
      session,
      journal,
      commit,
      heardIn: (row) => Effect.flatMap(selfNow, (self) => heardInEntry({ ...row, kind: "message" }, self)),
      itemOf: pictureItem
    })

    /** What was said is in the log; what its pictures say may be still to come. */
    const taken = Effect.fnUntraced(function* (reads: ReadonlyArray<Read>) {
      const positionsOf = (stays: boolean) =>
        reads.filter((it) => it.stays === stays).map(({ row }) => row.position)
      const staying = positionsOf(true)
      if (staying.length > 0) {
        yield* journal.leavePictures(staying)
        pictures.left()
      }
      yield* journal.done(positionsOf(false))
    })

    const takeOne = Effect.fnUntraced(function* (one: Read) {
      const { items, row } = one
      yield* commit(row.position, items).pipe(
        Effect.andThen(taken([one])),
        Effect.catchTag("Untakeable", (error) => setAside(row, error.message, items[0]))
      )
    })

    /** All in one commit; where that can never be, one by one, to find the row that is at fault. */
    const takeAll = Effect.fnUntraced(function* (reads: ReadonlyArray<Read>) {
      const [first] = reads
      if (first === undefined) return
      const items = reads.flatMap((it) => it.items)
      yield* commit(first.row.position, items).pipe(
        Effect.andThen(taken(reads)),
        Effect.catchTag("Untakeable", () => Effect.forEach(reads, takeOne, { discard: true }))
      )
    })

    const takeRows = Effect.fnUntraced(function* (rows: ReadonlyArray<JournalEntry>) {
      const self = yield* selfNow
      // Whoever may not be read gets no pseudonym, so that this is asked before anybody is named.
      yield* untilKeyring(own.begin().upToDate(obeyedNames))
      const reads = yield* Effect.forEach(rows, (row) =>
        untilKeyring(read(row, self)).pipe(
          Effect.catchTag("EntryRefused", (error) =>
            Effect.as(setAside(row, error.message, undefined), undefined)
          )
        )
      )
      const understood = reads.filter((it) => it !== undefined)
      const items = understood.flatMap((it) => it.items)
      const isNew = ({ chat, own: isOwn }: Item) => !isOwn && own.state.get(chats, chat)?.heard !== true
      const wakes = items.some(isNew)
      yield* takeAll(understood)
      // Whoever writes for the first time may be answered, whatever waited to be said to them.
      if (wakes) own.wake()
      yield* learn(items)
    })

    /** Up to here, everything but the past is in the log. */
    let scanned = 0

    const takeWaiting = Effect.gen(function* () {
      for (;;) {
        const rows = yield* journal.next(rowsMax, scanned)
        const fresh = rows.filter(({ kind }) => kind !== "history")
        for (const part of commitsOf(fresh)) yield* takeRows(part)
        scanned = rows.at(-1)?.position ?? scanned
        if (rows.length > 0) continue
        const past = yield* journal.next(historyRowsMax)
        if (past.length === 0) return
        for (const part of commitsOf(past)) yield* takeRows(part)
      }
    })

    const words = Effect.forever(Effect.andThen(journal.arrived, takeWaiting))
    return yield* Effect.raceFirst(words, pictures.run)
  })
