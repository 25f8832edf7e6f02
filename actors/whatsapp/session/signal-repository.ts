/**
 * Baileys' Signal repository, made to journal: what it decrypts is written in the transaction that commits the
 * ratchet, and so is a sender key that comes with it. Whatever is killed in between finds either both or none.
 */
import { createHash } from "node:crypto"
import type {
  BinaryNode,
  proto,
  SignalKeyStore,
  SignalKeyStoreWithTransaction,
  SocketConfig
} from "@whiskeysockets/baileys"
import { unknownFieldFinder } from "../incoming/unknown-fields.ts"
import { carried } from "./auth-state.ts"
import { announcedIn } from "./history.ts"
import type { NewEntry } from "./journal.ts"
import type { Baileys } from "./load-baileys.ts"
import { isPeer, reasonOf, unreadable } from "./stanza.ts"

type MakeRepository = SocketConfig["makeSignalRepository"]

export interface Journalling {
  readonly baileys: Baileys
  /** The stanza that a cipher text came in. */
  readonly stanzaOf: (cipherText: Uint8Array) => BinaryNode | undefined
  readonly wasOpened: (name: string) => boolean
  /** Writes a row that no ratchet goes with. */
  readonly add: (entry: NewEntry) => void
  /** Whether an identity is our own: only our phone announces history. */
  readonly isOwn: (jid: string) => boolean
  readonly now: () => number
  /** Told once an announcement of history is kept. */
  readonly announced: () => void
  /** Told of each attempt, for the health of the connection. */
  readonly tried: (opened: boolean) => void
}

/** A message that says nothing, padded as Baileys expects: it makes a repeated one be receipted as the first was. */
const nothingSaid = Uint8Array.of(1)

/** Fields that carry keys, not words. */
const silent: ReadonlySet<string> = new Set(["senderKeyDistributionMessage", "messageContextInfo"])

const nameOf = (cipherText: Uint8Array) => createHash("sha256").update(cipherText).digest("base64")

const hasTransactions = (
  keys: SignalKeyStore | SignalKeyStoreWithTransaction
): keys is SignalKeyStoreWithTransaction => "transaction" in keys

export const makeJournallingRepository =
  ({ add, announced, baileys, isOwn, now, stanzaOf, tried, wasOpened }: Journalling): MakeRepository =>
  (auth, logger, phoneToLid) => {
    const inner = baileys.DEFAULT_CONNECTION_CONFIG.makeSignalRepository(auth, logger, phoneToLid)
    const { keys } = auth
    if (!hasTransactions(keys)) throw new Error("expected Baileys to hand over keys with transactions")
    const unknownFields = unknownFieldFinder(baileys.proto)
    /** Distributions of sender keys that were taken with the message that brought them. */
    const taken = new Set<string>()

    const distributionIn = (message: proto.IMessage) =>
      (message.deviceSentMessage?.message ?? message).senderKeyDistributionMessage ?? undefined

    const nameOfDistribution = (authorJid: string, item: proto.Message.ISenderKeyDistributionMessage) =>
      `${authorJid} ${item.groupId} ${nameOf(item.axolotlSenderKeyDistributionMessage ?? nothingSaid)}`

    const takeDistribution = async (node: BinaryNode, message: proto.IMessage) => {
      const item = distributionIn(message)
      const authorJid = node.attrs["participant"] ?? node.attrs["from"]
      if (item === undefined || authorJid === undefined || !item.groupId) return
      await inner.processSenderKeyDistributionMessage({ authorJid, item })
      taken.add(nameOfDistribution(authorJid, item))
    }

    const entryOf = (
      node: BinaryNode,
      payload: Uint8Array,
      message: proto.IMessage
    ): NewEntry | undefined => {
      // Decoding passes over kinds that Baileys does not know: they are in the bytes alone.
      const said =
        Object.keys(message).some((field) => !silent.has(field)) || unknownFields(payload).length > 0
      return said ? { kind: "message", attributes: node.attrs, payload } : undefined
    }

    const historyIn = (node: BinaryNode, message: proto.IMessage | undefined) => {
      const { from, id } = node.attrs
      const isOurs = isPeer(node) && from !== undefined && isOwn(from)
      return message === undefined || id === undefined || !isOurs
        ? undefined
        : announcedIn(baileys, message, id, now())
    }

    /** Runs in the transaction of the ratchet. Answers whether history was announced. */
    const opened = async (cipherText: Uint8Array, padded: Uint8Array): Promise<boolean> => {
      const node = stanzaOf(cipherText)
      if (node === undefined) return false
      const payload = baileys.unpadRandomMax16(padded)
      const message = decoded(payload)
      if (message !== undefined) await takeDistribution(node, message)
      const entry =
        message === undefined
          ? { kind: "message" as const, attributes: node.attrs, payload }
          : entryOf(node, payload, message)
      const history = historyIn(node, message)
      await keys.set(carried(nameOf(cipherText), entry, history))
      return history !== undefined
    }

    /** What is no message is journalled as it is: somebody else says so. */
    const decoded = (payload: Uint8Array): proto.IMessage | undefined => {
      try {
        return baileys.proto.Message.decode(payload)
      } catch {
        return undefined
      }
    }

    const failed = (cipherText: Uint8Array, error: unknown) => {
      tried(false)
      const node = stanzaOf(cipherText)
      if (node !== undefined && !isPeer(node)) add(unreadable(node, reasonOf(error)))
    }

    const decrypting = async (
      cipherText: Uint8Array,
      lane: string,
      decrypt: () => Promise<Uint8Array>
    ): Promise<Uint8Array> => {
      if (wasOpened(nameOf(cipherText))) return nothingSaid
      let hasHistory = false
      try {
        const padded = await keys.transaction(async () => {
          const plain = await decrypt()
          hasHistory = await opened(cipherText, plain)
          return plain
        }, lane)
        tried(true)
        if (hasHistory) announced()
        return padded
      } catch (error) {
        failed(cipherText, error)
        throw error
      }
    }

    return {
      ...inner,
      decryptMessage: (options) =>
        decrypting(options.ciphertext, options.jid, () => inner.decryptMessage(options)),
      decryptGroupMessage: (options) =>
        decrypting(options.msg, options.group, () => inner.decryptGroupMessage(options)),
      processSenderKeyDistributionMessage: async (options) => {
        // Taken a second time it would stand in the record twice, and push out older ones.
        if (taken.delete(nameOfDistribution(options.authorJid, options.item))) return
        await inner.processSenderKeyDistributionMessage(options)
      }
    }
  }
