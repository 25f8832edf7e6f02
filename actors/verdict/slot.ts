/**
 * The one reaction that the account has on a message. Links in it that are told of by a reaction share it: it shows
 * the worst of them, and each of its changes is an entry of the outbox that names the one before it.
 */
import type { OutboxId } from "../../contracts/ids.ts"
import { compareLevels, type Level } from "../../contracts/level.ts"
import { keyOf } from "../../infra/actor/collection.ts"
import type { State, StateReader } from "../../infra/actor/state.ts"
import { type Sighting, slots } from "./model.ts"
import { changeSighting, sightingsIn } from "./sightings.ts"

/** The reaction on a message as one of its links finds it. */
export interface Slot {
  /** The entry that changed it last, where there is any. */
  readonly last?: OutboxId | undefined
  /** The worst level that it shows for other links. */
  readonly others?: Level | undefined
}

type Place = Pick<Sighting, "chat" | "message">

const keyFor = ({ chat, message }: Place): string => keyOf(chat, message)

const isShown = ({ gone, told }: Sighting): boolean => told?.by === "reaction" && gone === undefined

export const worse = (a: Level, b: Level | undefined): Level =>
  b !== undefined && compareLevels(b, a) > 0 ? b : a

export const slotOf = (state: StateReader, sighting: Sighting): Slot => {
  const last = state.get(slots, keyFor(sighting))
  if (last === undefined) return {}
  let others: Level | undefined
  for (const { value } of sightingsIn(state, sighting))
    if (value.link !== sighting.link && isShown(value)) others = worse(value.told!.level, others)
  return { last, others }
}

/**
 * An entry changed the reaction. It is what tells of every link that the reaction shows from now on; and what was
 * taken back before is no longer the last that happened there.
 */
export const changeSlot = (state: State, place: Place, link: string, entry: OutboxId): void => {
  const before = state.get(slots, keyFor(place))
  putSlot(state, place, entry)
  if (before === undefined) return
  for (const kept of sightingsIn(state, place)) {
    const { earlier, ...rest } = kept.value
    if (rest.link === link) continue
    if (isShown(kept.value))
      changeSighting(state, kept, { ...kept.value, told: { ...rest.told!, notice: entry } })
    else if (earlier === before) changeSighting(state, kept, rest)
  }
}

/** An entry is the last that had to do with the reaction, and whatever comes next names it. */
export const putSlot = (state: State, place: Place, entry: OutboxId): void =>
  state.put(slots, keyFor(place), entry)

/** Words took the place of the reaction: whatever comes next on the message does not change those. */
export const leaveSlot = (state: State, place: Place): void => state.drop(slots, keyFor(place))
