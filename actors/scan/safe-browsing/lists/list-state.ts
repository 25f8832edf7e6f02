/** What is known of one list, and what follows from another answer about it. */
import { applyUpdate, checksumOf } from "./apply-update.ts"
import { type Hashes, noHashes } from "./hashes.ts"
import type { ListUpdate } from "./list-answer.ts"
import type { ListHead, ListTimes } from "./list-file.ts"
import { type ListName, widthOf } from "./list-names.ts"

export interface HeldList {
  readonly head: ListHead
  readonly hashes: Hashes
}

/** What an answer led to: nothing new, another list, or hashes that are not those of the service. */
export type Applied =
  | { readonly kind: "unchanged"; readonly head: ListHead }
  | { readonly kind: "changed"; readonly held: HeldList }
  | { readonly kind: "damaged"; readonly why: string }

/** Makes the list that the service has of the one that is here. */
export const applied = async (
  name: ListName,
  held: HeldList | undefined,
  update: ListUpdate
): Promise<Applied> => {
  const version = update.version.toString("base64")
  if (update.checksum === undefined) {
    const isSame = held !== undefined && update.additions === undefined && update.removals === undefined
    return isSame
      ? { kind: "unchanged", head: version === "" ? held.head : { ...held.head, version } }
      : { kind: "damaged", why: "it came without a checksum" }
  }
  if (update.isPartial && held === undefined)
    return { kind: "damaged", why: "changes came to a list that is not here" }
  const before = update.isPartial ? held!.hashes : noHashes(widthOf(name))
  try {
    const hashes = await applyUpdate(before, update)
    const checksum = await checksumOf(hashes)
    return checksum === update.checksum
      ? { kind: "changed", held: { head: { name, version, checksum, size: hashes.size }, hashes } }
      : { kind: "damaged", why: "its checksum is another" }
  } catch (cause) {
    // Whatever it is, such as hashes for which there is no room: the list stays as it was.
    return { kind: "damaged", why: cause instanceof Error ? cause.message : "it cannot be applied" }
  }
}

const minute = 60_000
/** After an answer that could not be used, as the service asks of its clients; the network alone is tried again sooner. */
const answeredMinutes = 15
const unreachedMinutes = 1
const unreachedMinutesMax = 30
const dayMinutes = 1_440

/** When a list is asked for again that could not be fetched; `lot` is between 0 and 1. */
export const afterFailure = (
  before: ListTimes | undefined,
  answered: boolean,
  now: number,
  lot: number
): ListTimes => {
  const failures = (before?.failures ?? 0) + 1
  const [first, most] = answered ? [answeredMinutes, dayMinutes] : [unreachedMinutes, unreachedMinutesMax]
  const minutes = Math.min(most, first * 2 ** (failures - 1) * (1 + lot))
  return { checkedAt: before?.checkedAt ?? 0, dueAt: Math.round(now + minutes * minute), failures }
}

/** A wait that no service would ask for is a fault of its own. */
const waitSecondsMax = 7 * 86_400

export const afterAnswer = ({ waitSeconds }: ListUpdate, now: number): ListTimes => ({
  checkedAt: now,
  dueAt: now + Math.min(Math.max(waitSeconds, 0), waitSecondsMax) * 1_000,
  failures: 0
})

/** A list is believed for as long as this after it should have been fetched again. */
const staleHours = 24

/** Why a list cannot be believed any more; undefined where it can. */
export const staleness = (times: ListTimes | undefined, isHeld: boolean, now: number): string | undefined => {
  if (times === undefined || !isHeld || times.checkedAt === 0) return "was not fetched yet"
  // While fetching fails, when it is due says nothing of when it should have been.
  const dueAt = times.failures > 0 ? times.checkedAt : times.dueAt
  const hours = Math.floor((now - times.checkedAt) / (60 * minute))
  return now - dueAt < staleHours * 60 * minute ? undefined : `was last fetched ${hours} hours ago`
}
