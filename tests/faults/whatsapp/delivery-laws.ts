/**
 * The laws of what was said to people, by what their phones show and what the server got. Of our own facts only the
 * claims are asked for, whose promise they are: no stanza without one, and none after its end.
 */
import type { Saying, Traffic } from "./traffic.ts"
import type { World } from "./world.ts"

/** The host of a warning, as `traffic.ts` makes hosts up and a warning spells them. */
const warnedHost = (text: string): string | undefined =>
  /\b198\[\.\]18\[\.\]\d+\[\.\]\d+/u.exec(text)?.[0].replaceAll("[.]", ".")

type Shown = ReturnType<Saying["who"]["screen"]>[number]

/** What phones show of us, by the host that it warns of. */
const warningsOn = (phone: Saying["who"], from: string): ReadonlyMap<string, ReadonlyArray<Shown>> => {
  const byHost = new Map<string, Array<Shown>>()
  for (const shown of phone.screen()) {
    const host = shown.from === from && !shown.revoked ? warnedHost(shown.text) : undefined
    if (host !== undefined) byHost.set(host, [...(byHost.get(host) ?? []), shown])
  }
  return byHost
}

/** Laws 2 and 6: everybody in the chat sees one warning on each link, as an answer to the message that it was in. */
export const warned = ({ me }: World, { people, said }: Traffic): ReadonlyArray<string> => {
  const shownBy = new Map(people.map((phone) => [phone, warningsOn(phone, me.lid)]))
  return said.flatMap((saying) => {
    const { id, text, url, where, who } = saying
    if (url === undefined) return []
    const host = new URL(url).hostname
    const audience = where === undefined ? [who] : people
    return audience.flatMap((phone) => {
      const shown = shownBy.get(phone)?.get(host) ?? []
      if (shown.length !== 1)
        return [`law ${shown.length === 0 ? 6 : 2}: ${phone.name} sees ${shown.length} warnings on "${text}"`]
      const [{ chat, quoted }] = shown as readonly [Shown]
      const expected = where === undefined ? me.lid : where.jid
      return [
        ...(quoted === id
          ? []
          : [`law 2: ${phone.name} sees the warning on "${text}" as an answer to ${quoted}`]),
        ...(chat === expected ? [] : [`law 2: ${phone.name} sees the warning on "${text}" in ${chat}`])
      ]
    })
  })
}

/** A message of ours as the server got it. Copies for a receiver that asked for one are none. */
interface Stanza {
  /** Its place among all that the server noted. */
  readonly n: number
  readonly id: string
  readonly at: number
  readonly connection: number
}

export const stanzasOf = ({ whatsApp }: Pick<World, "whatsApp">): ReadonlyArray<Stanza> => {
  /** How many copies were asked for and have not come yet, by connection and id: a new one is asked anew. */
  const asked = new Map<string, number>()
  return whatsApp.witness.entries.flatMap((entry) => {
    if (entry.kind !== "stanza") return []
    const { category, device_fanout, id = "", participant, type } = entry.node.attrs
    const request = `${entry.connection}/${id}`
    const copies = asked.get(request) ?? 0
    if (entry.direction === "out") {
      if (entry.node.tag === "receipt" && type === "retry") asked.set(request, copies + 1)
      return []
    }
    if (entry.node.tag !== "message" || category === "peer") return []
    if (copies > 0) asked.set(request, copies - 1)
    if (copies > 0 || participant !== undefined || device_fanout === "false") return []
    return [{ n: entry.n, id, at: entry.time, connection: entry.connection }]
  })
}

/** Law 3: a stanza has a claim, a repeated one another claim of the same id, and none follows a known outcome. */
export const transmitted = (world: World): ReadonlyArray<string> => {
  const claims = new Map<string, number>()
  const outcomes = new Map<string, number>()
  for (const event of world.events) {
    if (event.type === "outbox.claimed")
      claims.set(event.data.whatsApp, (claims.get(event.data.whatsApp) ?? 0) + 1)
    if (event.type === "outbox.sent") outcomes.set(event.data.whatsApp, event.time)
  }
  const times = new Map<string, number>()
  const late = new Map<string, number>()
  for (const { at, id } of stanzasOf(world)) {
    times.set(id, (times.get(id) ?? 0) + 1)
    const outcome = outcomes.get(id) ?? Infinity
    if (at > outcome) late.set(id, at - outcome)
  }
  return [
    ...[...times]
      .filter(([id, count]) => count > (claims.get(id) ?? 0))
      .map(
        ([id, count]) => `law 3: ${id} was transmitted ${count} times under ${claims.get(id) ?? 0} claims`
      ),
    ...[...late].map(
      ([id, millis]) => `law 3: ${id} was transmitted ${millis} ms after its outcome was known`
    )
  ]
}

/** How many stanzas were repeated, each under the id that it had before. */
export const repeated = (world: World): number => {
  const stanzas = stanzasOf(world)
  return stanzas.length - new Set(stanzas.map(({ id }) => id)).size
}
