/**
 * What the phone tells of before: it announces a blob, which is fetched and journalled. The announcement is kept
 * in the transaction that commits its ratchet and goes with the one that journals what the blob held, so that a
 * crash in between fetches it again.
 */
import type { proto } from "@whiskeysockets/baileys"
import { Effect, Option, Schema } from "effect"
import type { NewEntry } from "./journal.ts"
import type { Baileys } from "./load-baileys.ts"
import { type SessionError, sessionError } from "./session-error.ts"
import { rowOf } from "./sqlite-journal.ts"
import type { OwnedStore } from "./store.ts"

/** The type under which announcements are kept. No type of Baileys' own is called so. */
export const historyType = "wadjet-history"
/** WhatsApp keeps the blobs for about two weeks. */
const keptMillis = 14 * 24 * 60 * 60_000

/** An announcement: the bytes of a `HistorySyncNotification`, in base64. */
export interface Announced {
  readonly id: string
  readonly at: number
  readonly notification: string
}

const Stored = Schema.fromJsonString(
  Schema.Struct({ id: Schema.String, at: Schema.Finite, notification: Schema.String })
)
const decode = Schema.decodeUnknownOption(Stored)

/** The announcement in a message of our own phone, if it is one. */
export const announcedIn = (
  baileys: Baileys,
  message: proto.IMessage,
  id: string,
  at: number
): Announced | undefined => {
  const inner = message.deviceSentMessage?.message ?? message
  const notification = inner.protocolMessage?.historySyncNotification
  if (notification === undefined || notification === null) return undefined
  const bytes = baileys.proto.Message.HistorySyncNotification.encode(notification).finish()
  return { id, at, notification: Buffer.from(bytes).toString("base64") }
}

/** The announcements that wait to be fetched. */
const waiting = (store: OwnedStore): ReadonlyArray<Announced> =>
  store.entries(historyType).flatMap(({ value }) => Option.toArray(decode(value.toString("utf8"))))

const secondsOf = (time: proto.IWebMessageInfo["messageTimestamp"]): string =>
  time === undefined || time === null ? "0" : String(time)

const text = (value: string | null | undefined) => (value === null || value === undefined ? undefined : value)

/** A message of before, as a row of the journal. */
const entryOf = (
  baileys: Baileys,
  info: proto.IWebMessageInfo,
  syncType: string,
  names: ReadonlyMap<string, string>
): NewEntry | undefined => {
  const { key } = info
  if (!key?.id || !key.remoteJid || !info.message) return undefined
  const participant = text(key.participant) ?? text(info.participant)
  const name = names.get(key.remoteJid)
  return {
    kind: "history",
    attributes: {
      id: key.id,
      from: key.remoteJid,
      t: secondsOf(info.messageTimestamp),
      from_me: String(key.fromMe === true),
      sync_type: syncType,
      ...(participant === undefined ? {} : { participant }),
      ...(name === undefined ? {} : { chat_name: name })
    },
    payload: baileys.proto.WebMessageInfo.encode(info).finish()
  }
}

/** What a blob holds, as rows. */
const entriesOf = async (baileys: Baileys, { notification }: Announced): Promise<ReadonlyArray<NewEntry>> => {
  const decoded = baileys.proto.Message.HistorySyncNotification.decode(Buffer.from(notification, "base64"))
  const { chats, messages, syncType } = await baileys.downloadAndProcessHistorySyncNotification(decoded, {})
  const names = new Map(chats.flatMap(({ id, name }) => (id && name ? [[id, name] as const] : [])))
  const type =
    syncType === null || syncType === undefined ? "" : baileys.proto.HistorySync.HistorySyncType[syncType]
  return messages.flatMap((info) => entryOf(baileys, info, type, names) ?? [])
}

/**
 * Fetches and journals everything announced. Answers with how many blobs could not be fetched this time; those
 * are kept, and given up once WhatsApp no longer has them.
 */
export const fetchHistory = Effect.fnUntraced(function* (
  baileys: Baileys,
  store: OwnedStore,
  now: () => number,
  journalled: () => void
): Effect.fn.Return<number, SessionError> {
  let failed = 0
  for (const announced of yield* Effect.try({
    try: () => waiting(store),
    catch: sessionError("read its store")
  })) {
    const isOver = now() - announced.at > keptMillis
    const fetched = yield* Effect.option(Effect.tryPromise(() => entriesOf(baileys, announced)))
    if (Option.isNone(fetched) && !isOver) {
      failed += 1
      continue
    }
    if (Option.isNone(fetched))
      yield* Effect.logWarning("a piece of history could not be fetched while WhatsApp had it")
    yield* Effect.try({
      try: () =>
        store.write({
          changes: [{ type: historyType, id: announced.id, value: undefined }],
          rows: Option.getOrElse(fetched, () => []).map(rowOf),
          at: now()
        }),
      catch: sessionError("write its journal")
    })
    journalled()
  }
  return failed
})
