/** JIDs, by which WhatsApp names people and chats: `491700000000:12@s.whatsapp.net`, `100000000000001@lid`. */

/** Servers that are another's under an older or a hosted name. */
const servers: Readonly<Record<string, string>> = {
  "c.us": "s.whatsapp.net",
  hosted: "s.whatsapp.net",
  "hosted.lid": "lid"
}

/** Without agent and device, under one name of its server; `undefined` for what is no JID. */
export const bareJid = (jid: string | null | undefined): string | undefined => {
  const at = jid?.indexOf("@") ?? -1
  if (jid === null || jid === undefined || at < 1) return undefined
  const [user] = jid.slice(0, at).split(":", 1)[0]!.split("_", 1)
  const server = jid.slice(at + 1)
  return user === "" || server === "" ? undefined : `${user}@${servers[server] ?? server}`
}

export type JidKind = "phone" | "lid" | "group" | "broadcast" | "channel" | "bot" | "other"

const kinds: Readonly<Record<string, JidKind>> = {
  "s.whatsapp.net": "phone",
  lid: "lid",
  "g.us": "group",
  broadcast: "broadcast",
  newsletter: "channel",
  bot: "bot"
}

/** What a bare JID names. */
export const kindOf = (jid: string): JidKind => kinds[jid.slice(jid.indexOf("@") + 1)] ?? "other"

/** Whether it names one account, by its phone number, by its LID, or by being a bot. */
export const isPerson = (jid: string): boolean => ["phone", "lid", "bot"].includes(kindOf(jid))

/** Where everybody's status updates are posted. */
export const statusJid = "status@broadcast"

/** The JIDs among what may be some, each once and bare, in the order given. */
export const jidsOf = (...candidates: ReadonlyArray<string | null | undefined>): ReadonlyArray<string> => [
  ...new Set(candidates.map(bareJid).filter((jid) => jid !== undefined))
]
