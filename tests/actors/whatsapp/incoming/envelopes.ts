/** People, a group, and the envelopes of what they send. */
import type { Forms, Origin } from "../../../../actors/whatsapp/incoming/heard.ts"
import type { SelfForms } from "../../../../actors/whatsapp/incoming/stanza.ts"

/** The linked account. */
export const self: SelfForms = { phone: "4915100000000@s.whatsapp.net", lid: "100000000000000@lid" }
export const me: Forms = [self.phone, self.lid!]

export const ada: Forms = ["100000000000001@lid", "4915100000001@s.whatsapp.net"]
export const bob: Forms = ["100000000000002@lid", "4915100000002@s.whatsapp.net"]
export const family = "120363000000000001@g.us"

const origin = (chat: Forms, sender: Forms): Origin => ({
  chat,
  sender,
  own: sender === me,
  id: "3A01",
  at: 1_767_225_600_000,
  arrival: "live",
  name: "Ada"
})

/** Said in the group, by somebody. */
export const group = (sender: Forms): Origin => origin([family], sender)

/** Said in the chat with somebody, by them or by us. */
export const direct = (peer: Forms, sender: Forms = peer): Origin => origin(peer, sender)
