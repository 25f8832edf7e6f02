/** The WhatsApp actor on the simulated log, with a journal in memory and no socket behind it. */
import { proto } from "@whiskeysockets/baileys"
import { Effect, Latch, Stream } from "effect"
import type { HistoryLimits } from "../../../../actors/whatsapp/incoming/drain.ts"
import { defaultHistory } from "../../../../actors/whatsapp/incoming/drain.ts"
import type { PictureReading } from "../../../../actors/whatsapp/incoming/pictures/drain-pictures.ts"
import { makeWhatsApp } from "../../../../actors/whatsapp/actor.ts"
import { Gateways } from "../../../../actors/whatsapp/gateway.ts"
import {
  type OpenSocket,
  Session,
  type SessionService
} from "../../../../actors/whatsapp/session/connection.ts"
import type { Journal, JournalEntry, NewEntry } from "../../../../actors/whatsapp/session/journal.ts"
import { loadBaileys } from "../../../../actors/whatsapp/session/load-baileys.ts"
import type { Said } from "../../../../contracts/message.ts"
import type { FaultPlan } from "../../../../infra/event-log/simulated-log.ts"
import { Keyring } from "../../../../infra/keyring/keyring.ts"
import { makeWorld, until } from "../../../infra/actor/world.ts"
import { unpaced } from "../world.ts"
import { self } from "./envelopes.ts"

/** Rows as `session.db` keeps them: what is written outlives whoever reads. */
export const memoryJournal = () => {
  let rows: Array<JournalEntry> = []
  const aside = new Map<number, { readonly row: JournalEntry; readonly why: string }>()
  let position = 0
  const bell = Latch.makeUnsafe(true)
  const add = (entry: NewEntry) => {
    rows.push({ ...entry, position: ++position, arrivedAt: 1_767_225_600_000 })
    void bell.openUnsafe()
    return position
  }
  /** What is done before rows are deleted; a test may make it never end. */
  const hooks: { beforeDone: Effect.Effect<void> } = { beforeDone: Effect.void }
  const journal: Journal = {
    add: (entry) => Effect.sync(() => void add(entry)),
    next: (limit, after = 0) =>
      Effect.sync(() =>
        rows.filter(({ kind, position: at }) => at > after && kind !== "picture").slice(0, limit)
      ),
    pictures: (limit, after = 0) =>
      Effect.sync(() =>
        rows.filter(({ kind, position: at }) => at > after && kind === "picture").slice(0, limit)
      ),
    leavePictures: (positions) =>
      Effect.sync(() => {
        const left = rows.filter((row) => positions.includes(row.position))
        rows = rows.filter((row) => !positions.includes(row.position))
        for (const row of left) rows.push({ ...row, kind: "picture", position: ++position })
      }),
    done: (positions) =>
      Effect.andThen(
        Effect.suspend(() => hooks.beforeDone),
        Effect.sync(() => {
          rows = rows.filter((row) => !positions.includes(row.position))
        })
      ),
    setAside: (at, why) =>
      Effect.sync(() => {
        const row = rows.find((it) => it.position === at)
        if (row !== undefined) aside.set(at, { row, why })
        rows = rows.filter((it) => it.position !== at)
      }),
    aside: Effect.sync(() => [...aside.values()].map(({ row, why }) => ({ ...row, why }))),
    arrived: Effect.andThen(
      bell.await,
      Effect.sync(() => void bell.closeUnsafe())
    ),
    waiting: Effect.sync(() => rows.length)
  }
  /** A new owner looks at once at what an earlier one left. */
  const held = Effect.sync(() => void bell.openUnsafe())
  return { journal, add, held, hooks, rows: () => rows, aside: () => [...aside.values()] }
}

export type MemoryJournal = ReturnType<typeof memoryJournal>

const unused = Effect.die(new Error("nobody asks for this here"))

type UpdateMedia = OpenSocket["updateMediaMessage"]

export const sessionOver = (
  { held, journal }: MemoryJournal,
  otherForms: ReadonlyMap<string, string>,
  updateMediaMessage: UpdateMedia = () => Promise.reject(new Error("no phone answers"))
): SessionService => ({
  connects: true,
  state: unused,
  states: Stream.empty,
  // All that the drain asks of a socket.
  socket: Effect.succeed({
    otherForm: async (jid: string) => otherForms.get(jid),
    updateMediaMessage
  } as never),
  self: Effect.succeed({ phone: self.phone, lid: self.lid!, name: "Me" }),
  subscribe: Effect.succeed(Stream.empty),
  answerRetriesWith: () => Effect.void,
  reachOutRefused: () => Effect.void,
  hold: Effect.as(held, { journal, epoch: 1, run: () => Effect.never }),
  health: unused,
  link: () => unused,
  unlink: unused,
  reconnect: unused,
  forget: () => unused
})

export const bytesOf = (message: proto.IMessage) => proto.Message.encode(message).finish()

/** A row of a message: an envelope, and what is in it. */
export const messageRow = (
  attributes: Record<string, string>,
  message: proto.IMessage | string
): NewEntry => ({
  kind: "message",
  attributes: { t: "1767225600", ...attributes },
  payload: bytesOf(typeof message === "string" ? { conversation: message } : message)
})

export const makeDrainWorld = Effect.fnUntraced(function* (
  options: {
    readonly faults?: FaultPlan
    readonly history?: HistoryLimits
    /** Asked for at each start. */
    readonly pictures?: () => PictureReading | undefined
    readonly updateMediaMessage?: UpdateMedia
  } = {}
) {
  // Loaded before time stands still.
  yield* loadBaileys
  // As a real log does: it recognises an id for two minutes, and not for ever.
  const world = yield* makeWorld(options.faults, { duplicateWindowMillis: 120_000 })
  const keyring = yield* Keyring.pipe(Effect.provideContext(world.services))
  const journal = memoryJournal()
  /** What WhatsApp knows of who is one with whom. */
  const otherForms = new Map<string, string>()
  const start = (again: Parameters<typeof world.start>[1] = {}) =>
    Effect.gen(function* () {
      const whatsApp = makeWhatsApp(
        unpaced,
        options.history ?? defaultHistory,
        undefined,
        options.pictures?.()
      )
      const actor = yield* world.start(whatsApp, again)
      yield* actor.ready
      return actor
    }).pipe(
      Effect.provideService(Gateways, {}),
      Effect.provideService(Session, sessionOver(journal, otherForms, options.updateMediaMessage))
    )
  const drained = until("the journal is empty", () => journal.rows().length === 0)
  return {
    ...world,
    ...journal,
    keyring,
    otherForms,
    start,
    drained,
    /** Writes rows, and waits until they are in the log. */
    deliver: (...entries: ReadonlyArray<NewEntry>) =>
      Effect.andThen(
        Effect.sync(() => entries.forEach(journal.add)),
        drained
      ),
    said: (sealed: string) => keyring.open<Said>(sealed),
    texts: () => world.named("message.received").map(({ data }) => keyring.open<Said>(data.said)?.text)
  }
})
