/** A person and a chat that are to be forgotten, the words by which they would be found, and what is said there. */
import { Effect } from "effect"
import { SendMessage, SetChat, SetOverride } from "../../contracts/commands.ts"
import { OverrideId } from "../../contracts/ids.ts"
import { CommandBus } from "../../infra/command-bus/command-bus.ts"
import { EventLog } from "../../infra/event-log/event-log.ts"
import { Keyring } from "../../infra/keyring/keyring.ts"
import { readLog } from "./history.ts"
import { isSettled } from "./laws.ts"
import { post } from "./one-system.ts"

/** The number is one of those that are kept for use in drama, the names are nobody's. */
const person = "Zebediah Quillfeather +447700900123"
export const chatOfPerson = "Family"
const chatName = "Wombleton Bellringers +447700900456"
/** In the words, in the path and in the host, which is what a warning repeats. */
export const words = `sphinxlike marmalade http://paypal-login.quillfeather-447700900123.top/paypal.com/login.php?to=zebediah`

export const linkOf = (text: string): string => text.split(" ").at(-1)!

export const canaries = [
  "447700900123",
  "447700900456",
  "Zebediah",
  "zebediah",
  "Quillfeather",
  "quillfeather",
  "sphinxlike marmalade",
  "Wombleton",
  "Bellringers"
]

/** A person who must be forgotten, a chat that must be, and people who stay. */
export const talk = Effect.gen(function* () {
  const bus = yield* CommandBus
  const { chat } = yield* post(chatOfPerson, person, { id: "m1", text: `look ${words}` })
  yield* post(chatOfPerson, person, { id: "m2", text: `again ${words}` })
  yield* post(chatOfPerson, "Ada", { id: "m3", text: "look http://198.18.7.7/paypal.com/login.php?of=ada" })
  yield* post(chatName, "Ben", { id: "m4", text: `somebody posted ${words}` })
  // What the chat that is forgotten allows and denies, and why, is its own words; so is what is typed as a command.
  yield* post(chatName, "Ben", { id: "m5", text: `!wadjet scan ${linkOf(words)}` })
  const { chat: other } = yield* post(chatName, "Ben", { id: "m6", text: "sphinxlike marmalade again" })
  yield* bus.request(SetOverride, {
    override: OverrideId.make("01941f29-7c00-7000-8000-000000000001"),
    chat: other,
    match: "host",
    pattern: new URL(linkOf(words)).hostname,
    effect: "deny",
    reason: "sphinxlike marmalade, says Zebediah of Wombleton",
    by: "operator"
  })
  yield* bus.request(SetChat, { chat: other, change: { "notify-admins": "on" }, by: "operator" })
  yield* post(chatOfPerson, person, { id: "m7", text: "!wadjet optout" })
  const spoken = { chat, request: "r1", text: "good morning", priority: "bulk", by: "operator" } as const
  yield* bus.request(SendMessage, spoken)
  const log = yield* EventLog
  while (!isSettled((yield* readLog(log)).events, [])) yield* Effect.sleep(20)
})

export const tokensOf = Effect.fnUntraced(function* () {
  const keyring = yield* Keyring
  const home = yield* keyring.chat([`sandbox:${chatOfPerson}`])
  return {
    person: yield* keyring.person([`sandbox:${home}/${person}`]),
    chat: yield* keyring.chat([`sandbox:${chatName}`])
  }
})
