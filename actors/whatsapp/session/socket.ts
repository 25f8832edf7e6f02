/** One socket to WhatsApp, from opening to closing: Baileys with our store, journal, logger and listeners. */
import type { BinaryNode, proto, WAMessageKey, WASocket } from "@whiskeysockets/baileys"
import { Schema } from "effect"
import { WhatsAppId } from "../../../contracts/ids.ts"
import type { SocketEvent } from "./connection.ts"
import { type AuthState, openAuthState } from "./auth-state.ts"
import { selfOf, withoutDevice } from "./credentials.ts"
import { baileysLogger, type Say } from "./baileys-logger.ts"
import { type Disconnect, disconnectOf } from "./disconnect.ts"
import type { NewEntry } from "./journal.ts"
import type { Baileys } from "./load-baileys.ts"
import { noticeOf } from "./notice-node.ts"
import { callEvent, receiptEvent } from "./socket-events.ts"
import { makeJournallingRepository } from "./signal-repository.ts"
import { rowOf } from "./sqlite-journal.ts"
import { beforeDecryption, bytesOf, childrenOf } from "./stanza.ts"
import type { OwnedStore } from "./store.ts"

/** What happens on a socket. */
export type Happening =
  | { readonly what: "qr"; readonly text: string }
  /** The phone took us; WhatsApp asks for a restart next. */
  | { readonly what: "paired" }
  | { readonly what: "passkey" }
  | { readonly what: "open" }
  /** Something came unasked; `sentAt` (milliseconds) where it had been waiting at the server. */
  | { readonly what: "delivered"; readonly waitedSince: number | undefined }
  | { readonly what: "decrypted"; readonly opened: boolean }
  /** The phone announced a piece of history, and that is kept. */
  | { readonly what: "history" }
  | { readonly what: "event"; readonly event: SocketEvent }
  | { readonly what: "closed"; readonly disconnect: Disconnect }
  /** The store could not be written: nothing more is taken or sent. */
  | { readonly what: "broken"; readonly error: unknown }

export interface SocketOptions {
  readonly baileys: Baileys
  readonly store: OwnedStore
  readonly number: number
  readonly now: () => number
  /** Another server than WhatsApp's, for tests. */
  readonly url: string | undefined
  readonly say: Say
  /** Called when journal rows were written. */
  readonly journalled: () => void
  readonly lookUp: (key: WAMessageKey) => Promise<proto.IMessage | undefined>
  readonly on: (happening: Happening) => void
}

export interface LiveSocket {
  readonly sock: WASocket
  readonly auth: AuthState
  /** Closes it, without a goodbye. Nothing happens on it afterwards. */
  readonly end: () => void
  /** Takes this device off the account's list, and closes. Nothing happens on it afterwards. */
  readonly logOut: () => Promise<void>
}

/** WhatsApp asks a companion for a passkey by these notifications; Baileys does not know them. */
const passkeyKinds: ReadonlySet<string> = new Set(["passkey_prologue_request", "crsc_continuation"])

const second = 1_000

const isOurId = Schema.is(WhatsAppId)

const isConnected = (node: BinaryNode) => node.attrs["offline"] === undefined
const sentAtOf = (node: BinaryNode) => Number(node.attrs["t"] ?? 0) * second

export const openSocket = (options: SocketOptions): LiveSocket => {
  const { baileys, journalled, number, now, say, store } = options
  let over = false
  const happen = (happening: Happening) => {
    if (!over) options.on(happening)
  }
  /** Whatever Baileys does next finds its socket closed: it acknowledges nothing that was not stored. */
  const broken = (error: unknown) => {
    happen({ what: "broken", error })
    over = true
    void sock.ws.close()
  }
  const guarded = (run: () => void) => {
    try {
      run()
    } catch (error) {
      broken(error)
    }
  }

  const auth = openAuthState({ baileys, store, now, journalled, broken })
  const stanzas = new WeakMap<Uint8Array, BinaryNode>()
  const add = (entries: ReadonlyArray<NewEntry>) => {
    if (entries.length === 0) return
    guarded(() => {
      store.write({ rows: entries.map(rowOf), at: now() })
      journalled()
    })
  }

  /**
   * Stored before Baileys acknowledges a receipt: after that WhatsApp tells nobody again that it has the message, and
   * what is claimed would be taken for lost.
   */
  const taken = (ids: ReadonlyArray<string>) =>
    guarded(() => {
      const news = ids.filter((id) => isOurId(id) && !store.wasTaken(id))
      if (news.length > 0) store.write({ taken: news, at: now() })
    })

  const sock = baileys.makeWASocket({
    auth: auth.state,
    logger: baileysLogger(say),
    browser: baileys.Browsers.ubuntu("Chrome"),
    // The phone goes on notifying its owner.
    markOnlineOnConnect: false,
    syncFullHistory: false,
    // A write that failed once would fail again; the socket is closed instead.
    transactionOpts: { maxCommitRetries: 1, delayBetweenTriesMs: 0 },
    getMessage: options.lookUp,
    makeSignalRepository: makeJournallingRepository({
      baileys,
      stanzaOf: (cipherText) => stanzas.get(cipherText),
      wasOpened: store.wasOpened,
      add: (entry) => add([entry]),
      isOwn: (jid) => {
        const me = auth.state.creds.me
        const own = me === undefined ? undefined : selfOf(me)
        return own !== undefined && [own.phone, own.lid].includes(withoutDevice(jid))
      },
      now,
      announced: () => happen({ what: "history" }),
      tried: (opened) => happen({ what: "decrypted", opened })
    }),
    ...(options.url === undefined ? {} : { waWebSocketUrl: options.url })
  })

  const delivery = (node: BinaryNode) =>
    happen({ what: "delivered", waitedSince: isConnected(node) ? undefined : sentAtOf(node) })
  const event = (it: SocketEvent) => happen({ what: "event", event: it })

  /** Before Baileys' own listeners, so that what is in the clear is journalled before it is acknowledged. */
  const first = (name: string, listener: (node: BinaryNode) => void) =>
    void sock.ws.prependListener(name, (node: BinaryNode) => {
      if (!over) listener(node)
    })
  first("CB:message", (node) => {
    for (const child of childrenOf(node)) {
      const bytes = bytesOf(child)
      if (child.tag === "enc" && bytes !== undefined) stanzas.set(bytes, node)
    }
    add(beforeDecryption(node))
    delivery(node)
  })
  first("CB:notification", (node) => {
    if (passkeyKinds.has(node.attrs["type"] ?? "")) return happen({ what: "passkey" })
    const notice = noticeOf(baileys, node)
    if (notice !== undefined) add([notice])
    event({ event: "notification", node })
    delivery(node)
  })
  first("CB:receipt", (node) => {
    const receipt = receiptEvent(node, now())
    taken(receipt.ids)
    event(receipt)
    delivery(node)
  })
  first("CB:call", delivery)
  first("CB:ack,class:message", ({ attrs: { error, from = "", id = "" } }) => {
    if (error === undefined) taken([id])
    event({ event: "ack", id, from, error, at: now() })
  })

  sock.ev.on("creds.update", () => {
    // What is wiped stays wiped, whatever a closed socket still finds out.
    if (!over) guarded(auth.save)
  })
  sock.ev.on("call", (calls) => calls.forEach((call) => event(callEvent(call))))
  sock.ev.on("lid-mapping.update", ({ lid, pn }) => event({ event: "lid-mapping", phone: pn, lid }))
  sock.ev.on("connection.update", (update) => {
    const { connection, isNewLogin, lastDisconnect, qr, reachoutTimeLock, receivedPendingNotifications } =
      update
    if (qr !== undefined) happen({ what: "qr", text: qr })
    if (isNewLogin === true) happen({ what: "paired" })
    if (receivedPendingNotifications === true) event({ event: "replayed", number })
    if (reachoutTimeLock !== undefined)
      event({
        event: "reach-out-limit",
        active: reachoutTimeLock.isActive === true,
        until: reachoutTimeLock.timeEnforcementEnds?.getTime()
      })
    if (connection === "open") happen({ what: "open" })
    if (connection === "close") {
      happen({ what: "closed", disconnect: disconnectOf(lastDisconnect?.error) })
      over = true
    }
  })

  return {
    sock,
    auth,
    end: () => {
      over = true
      void sock.end(undefined)
    },
    logOut: () => {
      over = true
      return sock.logout()
    }
  }
}
