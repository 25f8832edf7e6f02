import { normalizeMessageContent, proto } from "@whiskeysockets/baileys"

/** How long after sending a message may be edited by its author. */
export const editableMilliseconds = 15 * 60 * 1000
/** How long after sending a message may be deleted for everyone. */
export const revocableMilliseconds = 2 * 24 * 60 * 60 * 1000

export type Outcome = "applied" | "too late" | "unknown message" | "not allowed"

export interface Edit {
  readonly id: string
  readonly text: string
  readonly at: number
  readonly outcome: Outcome
}

export interface Revocation {
  readonly by: string
  readonly at: number
  readonly outcome: Outcome
}

/** A message as a phone shows it. People are named by their LID address, groups by theirs. */
export interface Shown {
  readonly id: string
  readonly chat: string
  readonly from: string
  readonly at: number
  /** The message's kind: the name of its field in `proto.Message`, without wrappers. */
  readonly type: string
  readonly message: proto.IMessage
  /** What the phone shows now: the text after the last applied edit. */
  text: string
  readonly quoted: string | undefined
  /** How often a message of this id came from this sender; the phone shows it once. */
  arrivals: number
  readonly edits: Edit[]
  revoked: boolean
  readonly revocations: Revocation[]
  /** What each person reacted with. */
  readonly reactions: Map<string, string>
  /** The last receipt that each linked client gave for it: `delivered`, `inactive`, `read`, `played`, `retry`. */
  readonly receipts: Map<string, string>
}

/** A decrypted message on its way to a screen. */
export interface Arrival {
  readonly id: string
  readonly chat: string
  readonly from: string
  readonly message: proto.IMessage
  /** Whether `from` may delete what others wrote: an admin of the group. */
  readonly isAdmin: boolean
}

export interface Screen {
  readonly messages: readonly Shown[]
  /** Notes what `by` said about messages of this phone's owner. */
  readonly note: (ids: readonly string[], by: string, receipt: string) => void
  /** Applies what arrived; says what became of it. */
  readonly show: (arrival: Arrival, now: number) => Outcome
}

/** The name of the field that holds a message's content. */
export const typeOf = (message: proto.IMessage): string => {
  const content = normalizeMessageContent(message) ?? {}
  const kinds = Object.keys(content).filter(
    (key) => key !== "messageContextInfo" && key !== "senderKeyDistributionMessage"
  )
  return kinds.find((key) => content[key as keyof proto.IMessage]) ?? "empty"
}

export const textOf = (message: proto.IMessage): string => {
  const content = normalizeMessageContent(message) ?? {}
  return (
    content.conversation ??
    content.extendedTextMessage?.text ??
    content.imageMessage?.caption ??
    content.videoMessage?.caption ??
    content.documentMessage?.caption ??
    content.pollCreationMessage?.name ??
    content.pollCreationMessageV3?.name ??
    ""
  )
}

const quotedOf = (message: proto.IMessage): string | undefined => {
  const content = normalizeMessageContent(message) ?? {}
  const context =
    content.extendedTextMessage?.contextInfo ??
    content.imageMessage?.contextInfo ??
    content.videoMessage?.contextInfo ??
    content.documentMessage?.contextInfo
  return context?.stanzaId ?? undefined
}

const { MESSAGE_EDIT, REVOKE } = proto.Message.ProtocolMessage.Type

export const makeScreen = (): Screen => {
  const messages: Shown[] = []
  const byKey = new Map<string, Shown>()
  const key = (chat: string, from: string, id: string): string => `${chat}\n${from}\n${id}`
  const findAny = (chat: string, id: string | null | undefined): readonly Shown[] =>
    messages.filter((shown) => shown.chat === chat && shown.id === id)

  const edit = (arrival: Arrival, target: string, edited: proto.IMessage, now: number): Outcome => {
    const shown = byKey.get(key(arrival.chat, arrival.from, target))
    if (shown === undefined)
      return findAny(arrival.chat, target).length > 0 ? "not allowed" : "unknown message"
    const outcome = now - shown.at > editableMilliseconds ? "too late" : "applied"
    const text = textOf(edited)
    shown.edits.push({ id: arrival.id, text, at: now, outcome })
    if (outcome === "applied") shown.text = text
    return outcome
  }

  const revoke = (arrival: Arrival, target: string, now: number): Outcome => {
    const own = byKey.get(key(arrival.chat, arrival.from, target))
    const shown = own ?? findAny(arrival.chat, target)[0]
    if (shown === undefined) return "unknown message"
    const allowed = own !== undefined || arrival.isAdmin
    const late = now - shown.at > revocableMilliseconds
    const outcome = !allowed ? "not allowed" : late ? "too late" : "applied"
    shown.revocations.push({ by: arrival.from, at: now, outcome })
    if (outcome === "applied") shown.revoked = true
    return outcome
  }

  const react = (arrival: Arrival, { key: target, text }: proto.Message.IReactionMessage): Outcome => {
    const candidates = findAny(arrival.chat, target?.id)
    if (candidates.length === 0) return "unknown message"
    for (const shown of candidates) {
      if (text) shown.reactions.set(arrival.from, text)
      else shown.reactions.delete(arrival.from)
    }
    return "applied"
  }

  const post = (arrival: Arrival, now: number): Outcome => {
    const { chat, from, id, message } = arrival
    const known = byKey.get(key(chat, from, id))
    if (known !== undefined) {
      known.arrivals += 1
      return "applied"
    }
    const shown: Shown = {
      id,
      chat,
      from,
      at: now,
      type: typeOf(message),
      message,
      text: textOf(message),
      quoted: quotedOf(message),
      arrivals: 1,
      edits: [],
      revoked: false,
      revocations: [],
      reactions: new Map(),
      receipts: new Map()
    }
    byKey.set(key(chat, from, id), shown)
    messages.push(shown)
    return "applied"
  }

  return {
    messages,
    note: (ids, by, receipt) => {
      for (const shown of messages) if (ids.includes(shown.id)) shown.receipts.set(by, receipt)
    },
    show: (arrival, now) => {
      const content = normalizeMessageContent(arrival.message) ?? {}
      const { protocolMessage, reactionMessage } = content
      if (reactionMessage) return react(arrival, reactionMessage)
      if (protocolMessage?.type === MESSAGE_EDIT)
        return edit(arrival, protocolMessage.key?.id ?? "", protocolMessage.editedMessage ?? {}, now)
      if (protocolMessage?.type === REVOKE) return revoke(arrival, protocolMessage.key?.id ?? "", now)
      if (protocolMessage) return "applied"
      return typeOf(arrival.message) === "empty" ? "applied" : post(arrival, now)
    }
  }
}
