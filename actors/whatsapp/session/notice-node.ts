/** Notifications about groups and channels, as rows of the journal. */
import type { BinaryNode } from "@whiskeysockets/baileys"
import { Effect } from "effect"
import type { NewEntry } from "./journal.ts"
import { type Baileys, loadBaileys } from "./load-baileys.ts"

/** The kinds that say something about a chat. Others are about keys, devices and settings. */
const kinds: ReadonlySet<string> = new Set(["w:gp2", "newsletter"])

/** The row of a notification, or `undefined` for one that says nothing about a chat. */
export const noticeOf = (baileys: Baileys, node: BinaryNode): NewEntry | undefined =>
  kinds.has(node.attrs["type"] ?? "")
    ? { kind: "notice", attributes: node.attrs, payload: baileys.encodeBinaryNode(node) }
    : undefined

/** The node of a `notice` row. */
export const decodeNotice = (payload: Uint8Array): Effect.Effect<BinaryNode> =>
  Effect.flatMap(loadBaileys, ({ decodeBinaryNode }) =>
    Effect.promise(() => decodeBinaryNode(Buffer.from(payload)))
  )
