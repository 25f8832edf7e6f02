import { jidDecode } from "@whiskeysockets/baileys"
import { address, canonical } from "../people.ts"
import { bytes, child, children, node, result, type Node } from "../protocol/nodes.ts"
import type { Person, World } from "../world.ts"

const devices = (person: Person): Node =>
  node("devices", {}, [
    node(
      "device-list",
      {},
      [...person.devices.keys()].map((id) =>
        node("device", { id: String(id), ...(id === 0 ? {} : { "key-index": String(id) }) })
      )
    )
  ])

/** What is known of one user, for each protocol asked for. */
const facts = (protocol: string, jid: string, person: Person | undefined): readonly Node[] => {
  switch (protocol) {
    case "devices":
      return person === undefined ? [] : [devices(person)]
    case "lid":
      return person !== undefined && jidDecode(jid)?.server !== "lid"
        ? [node("lid", { val: canonical(person) })]
        : []
    case "contact":
      return [node("contact", { type: person === undefined ? "out" : "in" })]
    case "status":
      return person === undefined ? [] : [node("status", { t: "0" }, Buffer.from(""))]
    case "disappearing_mode":
      return person === undefined ? [] : [node("disappearing_mode", { duration: "0", t: "0" })]
    default:
      return []
  }
}

/** `xmlns="usync"`: which devices somebody has, their LID, whether a number is on WhatsApp at all. */
export const answerUsync = (world: World, stanza: Node): Node => {
  const usync = child(stanza, "usync")
  const protocols = children(child(usync, "query")).map(({ tag }) => tag)
  const users = children(child(usync, "list"), "user").map((user) => {
    const digits = bytes(child(user, "contact")).toString().replace(/\D/g, "")
    const jid = user.attrs.jid ?? `${digits}@s.whatsapp.net`
    const person = world.people.find(jid)
    const found = user.attrs.jid ?? (person === undefined ? jid : address(person, "pn"))
    return node(
      "user",
      { jid: found },
      protocols.flatMap((protocol) => facts(protocol, jid, person))
    )
  })
  return result(stanza, [node("usync", { ...usync?.attrs }, [node("list", {}, users)])])
}
