import { jidDecode } from "@whiskeysockets/baileys"
import { children, type Node } from "./protocol/nodes.ts"

/** A stanza that waits for the client's receipt or acknowledgement. */
export interface Waiting {
  readonly node: Node
  /** Whether it was written to some connection already. */
  attempts: number
  /** A retry was asked for: what remains is the client's acknowledgement, it is not delivered again. */
  isRetried: boolean
}

/** What the server keeps for one client until the client says that it has it. */
export interface Queue {
  readonly waiting: readonly Waiting[]
  readonly add: (stanza: Node) => Waiting
  /** Takes out what this receipt or ack settles; the settled stanzas. */
  readonly settle: (answer: Node) => readonly Node[]
  readonly remove: (entry: Waiting) => void
  readonly clear: () => void
}

const user = (jid: string | undefined): string | undefined => jidDecode(jid)?.user

/** The ids that a receipt or ack names. */
export const answeredIds = (answer: Node): readonly string[] => [
  ...(answer.attrs.id === undefined ? [] : [answer.attrs.id]),
  ...children(answer, "list").flatMap((list) => children(list, "item").map(({ attrs }) => attrs.id ?? ""))
]

/** A receipt answers a message; an ack says which class of stanza it answers. */
const answeredTag = (answer: Node): string | undefined =>
  answer.tag === "receipt" ? "message" : answer.attrs.class

const isFor = (answer: Node, { attrs }: Node): boolean => {
  const chats = [user(answer.attrs.to), user(answer.attrs.recipient)].filter((name) => name !== undefined)
  const from = [user(attrs.from), user(attrs.recipient)]
  if (chats.length > 0 && !chats.some((chat) => from.includes(chat))) return false
  const participant = user(answer.attrs.participant)
  if (participant === undefined || attrs.participant === undefined) return true
  return participant === user(attrs.participant)
}

export const makeQueue = (): Queue => {
  const waiting: Waiting[] = []
  const settleOne = (answer: Node, id: string): Node | undefined => {
    const tag = answeredTag(answer)
    const at = waiting.findIndex(
      ({ node, isRetried }) =>
        node.tag === tag &&
        node.attrs.id === id &&
        isFor(answer, node) &&
        // A plain receipt is for the message sent again, the ack that follows a retry request for the first.
        !(isRetried && answer.tag === "receipt")
    )
    const entry = waiting[at]
    if (entry === undefined) return undefined
    if (answer.tag === "receipt" && answer.attrs.type === "retry") entry.isRetried = true
    else waiting.splice(at, 1)
    return entry.node
  }
  return {
    waiting,
    add: (stanza) => {
      const entry = { node: stanza, attempts: 0, isRetried: false }
      waiting.push(entry)
      return entry
    },
    settle: (answer) =>
      answeredIds(answer).flatMap((id) => {
        const settled = settleOne(answer, id)
        return settled === undefined ? [] : [settled]
      }),
    remove: (entry) => {
      const at = waiting.indexOf(entry)
      if (at >= 0) waiting.splice(at, 1)
    },
    clear: () => {
      waiting.splice(0)
    }
  }
}
