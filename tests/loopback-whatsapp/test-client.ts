import {
  makeWASocket,
  type AuthenticationState,
  type BaileysEventMap,
  type BinaryNode,
  type proto,
  type UserFacingSocketConfig,
  type WAMessage,
  type WASocket
} from "@whiskeysockets/baileys"
import { pino } from "pino"
import { makeAuth } from "./auth.ts"
import { quietSignal } from "./quiet-signal.ts"

type EventName = keyof BaileysEventMap

/** A real Baileys client that connects again by itself after a restart, and keeps every event. */
export interface TestClient {
  readonly auth: AuthenticationState
  /** The present socket. */
  readonly socket: () => WASocket
  /** Whether the present connection is logged in. */
  readonly isOpen: () => boolean
  /** Every event of a name so far. */
  readonly events: <N extends EventName>(name: N) => readonly BaileysEventMap[N][]
  /** Resolves with what `look` finds, as soon as that is neither undefined nor false. */
  readonly until: <A>(what: string, look: () => A | undefined | false) => Promise<A>
  /** Messages so far, live and replayed, in the order of their events. */
  readonly messages: () => readonly WAMessage[]
  readonly message: (id: string) => WAMessage | undefined
  /** The highest status of a message: Baileys folds an update into the event of the message if it comes quickly. */
  readonly status: (id: string) => number
  /** What members of a group said about a message; Baileys may fold these into the event of the message as well. */
  readonly groupReceipts: (id: string) => readonly proto.IUserReceipt[]
  /**
   * The error that the server gave instead of an ack, if it did: from the stanza itself, because Baileys may keep
   * the event in its buffer for up to thirty seconds.
   */
  readonly ackError: (id: string) => string | undefined
  /** The codes with which connections ended. */
  readonly closeCodes: () => readonly (number | undefined)[]
  readonly connect: () => void
  readonly stop: () => Promise<void>
}

const waitMilliseconds = 15_000
const recorded: readonly EventName[] = [
  "messages.upsert",
  "messages.update",
  "messages.reaction",
  "message-receipt.update",
  "group-participants.update",
  "group.join-request",
  "groups.update",
  "groups.upsert",
  "messaging-history.set",
  "lid-mapping.update",
  "contacts.update",
  "chats.update",
  "call"
]

const statusCode = (error: Error | undefined): number | undefined =>
  error !== undefined && "output" in error
    ? (error.output as { readonly statusCode?: number }).statusCode
    : undefined

export const testClient = (url: string, config: Partial<UserFacingSocketConfig> = {}): TestClient => {
  quietSignal()
  const auth = makeAuth()
  const kept = new Map<EventName, unknown[]>()
  const watchers = new Set<() => void>()
  const codes: (number | undefined)[] = []
  const ackErrors = new Map<string, string>()
  let socket: WASocket | undefined
  let isStopped = false
  let isOpen = false

  const changed = (): void => {
    for (const watcher of watchers) watcher()
  }
  const keep = (name: EventName, data: unknown): void => {
    kept.set(name, [...(kept.get(name) ?? []), data])
    changed()
  }
  const connect = (): void => {
    const fresh = makeWASocket({
      logger: pino({ level: process.env.BAILEYS_LOG ?? "silent" }),
      waWebSocketUrl: url,
      markOnlineOnConnect: false,
      retryRequestDelayMs: 10,
      ...config,
      auth
    })
    socket = fresh
    isOpen = false
    fresh.ev.on("creds.update", (update) => {
      Object.assign(auth.creds, update)
      changed()
    })
    fresh.ws.on("CB:ack,class:message", ({ attrs }: BinaryNode) => {
      if (attrs.id !== undefined && attrs.error !== undefined) ackErrors.set(attrs.id, attrs.error)
      changed()
    })
    for (const name of recorded) fresh.ev.on(name, (data: unknown) => keep(name, data))
    fresh.ev.on("connection.update", (update) => {
      keep("connection.update", update)
      if (socket === fresh && update.connection !== undefined) {
        isOpen = update.connection === "open"
        changed()
      }
      if (update.connection !== "close") return
      const code = statusCode(update.lastDisconnect?.error)
      codes.push(code)
      if (code === 515 && !isStopped) connect()
      changed()
    })
  }
  const events = <N extends EventName>(name: N) => (kept.get(name) ?? []) as BaileysEventMap[N][]
  const messages = (): readonly WAMessage[] => events("messages.upsert").flatMap((upsert) => upsert.messages)
  connect()
  return {
    isOpen: () => isOpen,
    messages,
    message: (id) => messages().find(({ key }) => key.id === id),
    groupReceipts: (id) => [
      ...messages().flatMap(({ key, userReceipt }) => (key.id === id ? (userReceipt ?? []) : [])),
      ...events("message-receipt.update")
        .flat()
        .flatMap(({ key, receipt }) => (key.id === id ? [receipt] : []))
    ],
    ackError: (id) => ackErrors.get(id),
    status: (id) =>
      Math.max(
        0,
        ...messages().flatMap(({ key, status }) => (key.id === id ? [status ?? 0] : [])),
        ...events("messages.update")
          .flat()
          .flatMap(({ key, update }) => (key.id === id ? [update.status ?? 0] : []))
      ),
    auth,
    socket: () => {
      if (socket === undefined) throw new Error("expected a socket, found none")
      return socket
    },
    events,
    closeCodes: () => codes,
    connect,
    until: (what, look) =>
      new Promise((resolve, reject) => {
        const finish = (settle: () => void): void => {
          clearTimeout(timer)
          watchers.delete(watcher)
          settle()
        }
        const watcher = (): void => {
          const found = look()
          if (found !== undefined && found !== false) finish(() => resolve(found))
        }
        const timer = setTimeout(
          () => finish(() => reject(new Error(`expected within ${waitMilliseconds} ms: ${what}`))),
          waitMilliseconds
        )
        watchers.add(watcher)
        watcher()
      }),
    stop: async () => {
      isStopped = true
      await socket?.end(undefined)
    }
  }
}
