/** Reading message stanzas before Baileys handles them. */
import type { BinaryNode } from "@whiskeysockets/baileys"
import type { NewEntry, UnreadableReason } from "./journal.ts"

const nothing = new Uint8Array()

export const childrenOf = (node: BinaryNode): ReadonlyArray<BinaryNode> =>
  Array.isArray(node.content) ? node.content : []

export const bytesOf = (node: BinaryNode): Uint8Array | undefined =>
  node.content instanceof Uint8Array ? node.content : undefined

/** Messages between our own devices are nobody's words: keys, history, settings. */
export const isPeer = (node: BinaryNode): boolean => node.attrs["category"] === "peer"

export const unreadable = (node: BinaryNode, reason: UnreadableReason): NewEntry => ({
  kind: "unreadable",
  attributes: node.attrs,
  payload: nothing,
  reason
})

/** The kinds of encryption that Baileys opens through the Signal repository. */
const readable = new Set(["pkmsg", "msg", "skmsg"])

/**
 * What can be said of a message stanza before it is decrypted: what came in the clear (channels), and what
 * will never reach the Signal repository.
 */
export const beforeDecryption = (node: BinaryNode): ReadonlyArray<NewEntry> => {
  const children = childrenOf(node)
  const plain = children.flatMap((child) => (child.tag === "plaintext" ? (bytesOf(child) ?? []) : []))
  if (plain.length > 0) return plain.map((payload) => ({ kind: "message", attributes: node.attrs, payload }))
  if (isPeer(node)) return []
  const encrypted = children.filter(({ content, tag }) => tag === "enc" && content instanceof Uint8Array)
  if (encrypted.length === 0) return [unreadable(node, "absent")]
  return encrypted.some(({ attrs }) => readable.has(attrs["type"] ?? ""))
    ? []
    : [unreadable(node, "unsupported")]
}

/** Why decryption failed, from the words of libsignal and Baileys, which have no codes. */
export const reasonOf = (error: unknown): UnreadableReason => {
  const words = error instanceof Error ? error.message : String(error)
  if (/key used already|old counter/iu.test(words)) return "key-used"
  if (/no session record|no sessions|no matching sessions/iu.test(words)) return "no-session"
  if (/sender ?key|no session found|prekey|pre key/iu.test(words)) return "no-key"
  return "corrupt"
}
