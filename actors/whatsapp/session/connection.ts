/**
 * The connection to WhatsApp as the rest of the actor sees it: whether it is open, the socket while it is, and
 * what comes over it beside messages. Messages themselves come from the journal (`journal.ts`).
 */
import type { BinaryNode, proto, WAMessageKey, WASocket } from "@whiskeysockets/baileys"
import { Context, type Effect, Schema, type Scope, type Stream } from "effect"
import type { LinkMethod, SessionHealth, SessionState } from "../../../contracts/session.ts"
import type { Journal } from "./journal.ts"
import type { SessionFact } from "./machine-model.ts"
import type { SessionError } from "./session-error.ts"

/** Who we are to WhatsApp: both forms of the linked number, without the device. */
export interface SelfIdentity {
  /** `491700000000@s.whatsapp.net` */
  readonly phone: string
  /** `100000000000001@lid`; absent until the first login has told it. */
  readonly lid?: string
  readonly name?: string
}

/** What may be done with an open socket. Baileys' own functions: they return promises, and reject when it closes. */
export type SocketActions = Pick<
  WASocket,
  | "sendMessage"
  | "relayMessage"
  | "waUploadToServer"
  | "sendPresenceUpdate"
  | "presenceSubscribe"
  | "readMessages"
  | "groupMetadata"
  | "groupFetchAllParticipating"
  | "groupParticipantsUpdate"
  | "groupRequestParticipantsList"
  | "groupRequestParticipantsUpdate"
  | "onWhatsApp"
  | "rejectCall"
  | "updateMediaMessage"
  | "fetchAccountReachoutTimelock"
  | "fetchNewChatMessageCap"
>

export interface OpenSocket extends SocketActions {
  readonly self: SelfIdentity
  /** When it opened, in milliseconds since the epoch. */
  readonly openedAt: number
  /** Which of the sockets since the start it is, from 1: a send begun on one may be acked on the next. */
  readonly number: number
  /** The other form of an identity (phone number ⇄ LID), as far as the session knows it. */
  readonly otherForm: (jid: string) => Promise<string | undefined>
  /**
   * Whether this process still owns the session: read from the disk at this moment. To be asked between a claim
   * and the write. Sending asks by itself, too, for it advances a ratchet.
   */
  readonly isOurs: () => boolean
  /** Whether WhatsApp ever said that it has this message of ours, to this process or to an earlier one. */
  readonly wasTaken: (id: string) => boolean
}

/** What comes over the socket beside messages. Times are milliseconds since the epoch. */
export type SocketEvent =
  /** The server took one of our messages, or (with `error`, such as "463") refused it. */
  | {
      readonly event: "ack"
      readonly id: string
      readonly from: string
      readonly error: string | undefined
      readonly at: number
    }
  /** `kind`: `delivered`, `read`, `played`, `retry` (it could not be decrypted there), or WhatsApp's own word. */
  | {
      readonly event: "receipt"
      readonly ids: ReadonlyArray<string>
      readonly kind: string
      /** The chat. */
      readonly from: string
      /** Who, in a group. */
      readonly participant: string | undefined
      /** Present where another device of ours acted: the chat that it is about. */
      readonly recipient: string | undefined
      readonly at: number
    }
  /** Two forms of one person. */
  | { readonly event: "lid-mapping"; readonly phone: string; readonly lid: string }
  /** A notification of any kind; those about groups and channels are in the journal, too. */
  | { readonly event: "notification"; readonly node: BinaryNode }
  | {
      readonly event: "call"
      readonly id: string
      readonly from: string
      readonly status: string
      readonly isGroup: boolean
      readonly isVideo: boolean
      readonly at: number
    }
  /** Whether the account may write to people who never wrote to it. */
  | { readonly event: "reach-out-limit"; readonly active: boolean; readonly until: number | undefined }
  /** A socket opened or closed. `replayed`: everything that waited while we were away has been delivered. */
  | { readonly event: "opened"; readonly number: number }
  | { readonly event: "replayed"; readonly number: number }
  | { readonly event: "closed"; readonly number: number; readonly code: number }

/** The session while this process owns it. */
export interface HeldSession {
  readonly journal: Journal
  /** Grows with every process that takes the session over. */
  readonly epoch: number
  /**
   * Connects and keeps connected, as facts allow, until the session is lost. `remembered` is the state that the
   * log tells of; `record` appends a fact and answers with its sequence.
   */
  readonly run: <E>(
    remembered: SessionState | undefined,
    record: (fact: SessionFact) => Effect.Effect<number, E>
  ) => Effect.Effect<never, SessionError | E>
}

export interface LinkRequest {
  readonly method: LinkMethod
  /** For `code`: digits with the country code. */
  readonly phone: string | undefined
  readonly by: string
}

/** What was asked cannot be done as things stand. */
export class SessionRefusal extends Schema.TaggedError<SessionRefusal>()("SessionRefusal", {
  reason: Schema.Literals(["not-found", "already-done", "unavailable"]),
  message: Schema.String
}) {}

export interface SessionService {
  /** Whether it connects at all: for a moment's work, such as an import, it is only held. */
  readonly connects: boolean
  /** Where the connection stands. */
  readonly state: Effect.Effect<SessionState>
  /** The state now and every one after it. */
  readonly states: Stream.Stream<SessionState>
  /** The open socket; `undefined` while there is none, and in a process that does not own the session. */
  readonly socket: Effect.Effect<OpenSocket | undefined>
  /** Who we are, once a number is linked. */
  readonly self: Effect.Effect<SelfIdentity | undefined>
  /**
   * Everything from the moment of subscribing. The subscription is there when the outer effect completes, so
   * that nothing is missed between subscribing and sending.
   */
  readonly subscribe: Effect.Effect<Stream.Stream<SocketEvent>, never, Scope.Scope>
  /**
   * Who can say what a message of ours said, for a receiver that could not decrypt it and asks again. Answers
   * `undefined` for what is not known (any more). Set once, by delivery.
   */
  readonly answerRetriesWith: (
    lookUp: (key: WAMessageKey) => Promise<proto.IMessage | undefined>
  ) => Effect.Effect<void>
  /**
   * Is told by delivery that first messages are refused, where WhatsApp itself does not say until when. They rest
   * until this moment, in milliseconds since the epoch.
   */
  readonly reachOutRefused: (until: number) => Effect.Effect<void>
  /** Takes ownership with an epoch higher than any before. */
  readonly hold: Effect.Effect<HeldSession, SessionError, Scope.Scope>
  readonly health: Effect.Effect<SessionHealth>
  /**
   * What the operator can ask; each answers with the sequence of the last fact it led to, 0 for none. Codes go
   * to whoever listens to `live.<account>.session`.
   */
  readonly link: (request: LinkRequest) => Effect.Effect<number, SessionRefusal>
  readonly unlink: Effect.Effect<number, SessionRefusal>
  readonly reconnect: Effect.Effect<number, SessionRefusal>
  /**
   * Forgets whoever goes by these forms, and answers how many values and rows there were. Refused as unavailable
   * where this process does not hold the session, or what it deleted could not be overwritten.
   */
  readonly forget: (forms: ReadonlyArray<string>) => Effect.Effect<number, SessionRefusal>
}

export class Session extends Context.Service<Session, SessionService>()("wadjet/whatsapp/Session") {}
