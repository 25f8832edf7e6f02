/**
 * What a message says about how it was stored: with which others as one commit, and expecting what. The server obeys
 * such headers, so that who stores a message again gives them other names; who copies it gives them back their own, and
 * has the same message as before.
 *
 * @see https://github.com/nats-io/nats-architecture-and-design/blob/main/adr/ADR-50.md (atomic batch publishing)
 */
import { headerIn } from "./header-block.ts"

const lineEnd = "\r\n"
/** In front of the name of a header that the server would obey. */
const was = "wadjet-was-"

/** The name that a header is stored again under. */
export const storedAs = (name: string): string =>
  name.startsWith("Nats-Batch-") || name.startsWith("Nats-Expected-") ? `${was}${name}` : name

/** The header block of a message as it was when it was stored for the first time. */
export const asFirstStored = (block: string): string =>
  block.includes(`${lineEnd}${was}`) ? block.replaceAll(`${lineEnd}${was}`, lineEnd) : block

/** Whether more messages follow that were stored in one commit with this one. */
export const isUnfinished = (block: string): boolean => {
  const first = asFirstStored(block)
  return headerIn(first, "Nats-Batch-Id") !== "" && headerIn(first, "Nats-Batch-Commit") === ""
}
