/**
 * What a message says about how it was stored: with which others as one commit, and expecting what. The server obeys
 * such headers, so that who stores a message again leaves them out, and keeps under names of our own which belong
 * together.
 *
 * @see https://github.com/nats-io/nats-architecture-and-design/blob/main/adr/ADR-50.md (atomic batch publishing)
 */
import { headerIn } from "./header-block.ts"

const kept: Readonly<Record<string, string>> = {
  "Nats-Batch-Id": "wadjet-batch-id",
  "Nats-Batch-Commit": "wadjet-batch-commit"
}

/** The name that a header is stored again under, or `undefined` where it is not. */
export const storedAs = (name: string): string | undefined => {
  if (name === "") return undefined
  if (!name.startsWith("Nats-Batch-") && !name.startsWith("Nats-Expected-")) return name
  return kept[name]
}

/** Whether more messages follow that were stored in one commit with this one. */
export const isUnfinished = (block: string): boolean => {
  const has = (name: string) => headerIn(block, name) !== "" || headerIn(block, kept[name]!) !== ""
  return has("Nats-Batch-Id") && !has("Nats-Batch-Commit")
}
