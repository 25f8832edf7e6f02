import { jidDecode, jidEncode } from "@whiskeysockets/baileys"
import type { Addressing, People, Person } from "./world.ts"

const servers = { pn: "s.whatsapp.net", lid: "lid" } as const

/** The address of a person, or of one device of theirs, in the form asked for. */
export const address = (person: Person, form: Addressing, device = 0): string =>
  jidEncode(person[form], servers[form], device)

/** The one name that this server uses for a person in what it records: the LID address. */
export const canonical = (person: Person): string => address(person, "lid")

export const otherForm = (form: Addressing): Addressing => (form === "lid" ? "pn" : "lid")

export const makePeople = (): People => {
  const people: Person[] = []
  const byUser = new Map<string, Person>()
  const find = (jid: string | undefined): Person | undefined => {
    const decoded = jidDecode(jid)
    if (decoded === undefined) return undefined
    if (decoded.server === "lid") return byUser.get(`lid/${decoded.user}`)
    if (decoded.server === "s.whatsapp.net" || decoded.server === "c.us")
      return byUser.get(`pn/${decoded.user}`)
    return undefined
  }
  return {
    add: (person) => {
      for (const key of [`lid/${person.lid}`, `pn/${person.pn}`]) {
        if (byUser.has(key)) throw new Error(`${key}: expected a new person, found ${byUser.get(key)?.name}`)
        byUser.set(key, person)
      }
      people.push(person)
    },
    all: () => people,
    find,
    device: (jid) => find(jid)?.devices.get(jidDecode(jid)?.device ?? 0)
  }
}
