/** What messages do to the sightings in them: posted, edited and deleted. */
import type { RecordedOf } from "../../contracts/catalogue.ts"
import type { LinkSighting } from "../../contracts/message.ts"
import type { State } from "../../infra/actor/state.ts"
import type { Sighting } from "./model.ts"
import { addSighting, changeSighting, type KeptSighting, sightingsIn } from "./sightings.ts"
import { reconsider, type Trigger } from "./state.ts"

type Posting = RecordedOf<"message.received" | "message.edited">

/** Each link once. */
const linksOf = ({ data }: Posting): ReadonlyMap<string, LinkSighting> =>
  new Map(data.links.map((it) => [it.link, it]))

const add = (state: State, event: Posting, { domains, host, link }: LinkSighting): void => {
  const { arrival, chat, message, sender } = event.data
  // Of the past nobody is told, whichever gateway handed it over: it is decided as an exported chat is.
  const gateway = arrival === "imported" ? "export" : event.data.gateway
  const { sequence, time } = event
  const sighting = { chat, message, link, sender, gateway, host, domains, sequence, time, words: sequence }
  addSighting(state, sighting)
  reconsider(state, sighting, event)
}

/** Remembers what became of a sighting, and looks again at what it needs. */
export const become = (state: State, kept: KeptSighting, now: Sighting, trigger: Trigger): void => {
  changeSighting(state, kept, now)
  reconsider(state, now, trigger)
}

export const received = (state: State, event: RecordedOf<"message.received">): void => {
  if (sightingsIn(state, event.data).length > 0) return
  for (const link of linksOf(event).values()) add(state, event, link)
}

export const edited = (state: State, event: RecordedOf<"message.edited">): void => {
  const links = linksOf(event)
  const known = new Map(sightingsIn(state, event.data).map((kept) => [kept.value.link as string, kept]))
  for (const [link, kept] of known) if (!links.has(link)) leave(state, kept, event)
  for (const [link, it] of links) {
    const kept = known.get(link)
    if (kept === undefined) add(state, event, it)
    else become(state, kept, stillThere({ ...kept.value, words: event.sequence }, event), event)
  }
}

/** One that was edited away before stays as it is; only the words of its message are others now. */
const leave = (state: State, kept: KeptSighting, event: RecordedOf<"message.edited">): void => {
  const now: Sighting = { ...kept.value, words: event.sequence, gone: "link-edited-away" }
  if (kept.value.gone === "link-edited-away") changeSighting(state, kept, now)
  else become(state, kept, now, event)
}

const stillThere = (sighting: Sighting, event: RecordedOf<"message.edited">): Sighting =>
  sighting.gone === undefined ? sighting : putBack(sighting, event)

/** A notice that was not taken back yet still stands, and a second one must not stand beside it. */
const putBack = (sighting: Sighting, { sequence, time }: RecordedOf<"message.edited">): Sighting => {
  const { gone: _gone, ...standing } = { ...sighting, sequence, time }
  return standing.told?.notice === undefined || standing.withdrawn === true ? afresh(standing) : standing
}

/** A link that was edited away and put back is looked at as if it had just been posted. */
export const afresh = ({
  gone: _gone,
  refused: _refused,
  told: _told,
  withdrawn: _withdrawn,
  ...rest
}: Sighting): Sighting => rest

export const revoked = (state: State, event: RecordedOf<"message.revoked">): void => {
  for (const kept of sightingsIn(state, event.data))
    become(state, kept, { ...kept.value, gone: "message-revoked" }, event)
}
