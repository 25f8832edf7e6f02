/**
 * Those who get what jobs send, and what they saw of it: people on a loopback WhatsApp, whose server notes each stanza
 * and whose phones show messages, or chats of the sandbox, whose book has each transmission.
 */
import { existsSync } from "node:fs"
import { join } from "node:path"
import Database from "better-sqlite3"
import type { AskedRecipient } from "../../../contracts/schedule-commands.ts"
import { PhoneNumber } from "../../../contracts/contact.ts"
import { Effect } from "effect"
import { readBook } from "../history.ts"
import { stanzasOf } from "../whatsapp/delivery-laws.ts"
import type { World } from "../whatsapp/world.ts"

/** Something that came to the other side, under a WhatsApp id. */
export interface Arrival {
  /** Its place in the order in which everything came there. */
  readonly place: number
  readonly whatsApp: string
}

/** What somebody sees. */
export interface Shown {
  readonly who: string
  readonly whatsApp: string
  /** The words, or a digest of them: the same for the same person and the same words. */
  readonly words: string
}

export interface Receivers {
  readonly addresses: ReadonlyArray<AskedRecipient>
  /** The place of the last that came. */
  readonly place: () => number
  readonly arrivals: () => ReadonlyArray<Arrival>
  readonly shown: () => ReadonlyArray<Shown>
}

/** The first number of these people; each other is the next one. */
const firstNumber = 5_511_970_000_000

/** People on WhatsApp: half of them are known by their LID as well. */
export const onWhatsApp = ({ me, whatsApp }: World, count: number): Receivers => {
  const people = Array.from({ length: count }, (_, index) =>
    whatsApp.contact({
      number: String(firstNumber + index),
      name: `Person ${index}`,
      addressing: index % 2 === 0 ? "lid" : "pn"
    })
  )
  return {
    addresses: people.map((_, index) => ({ number: PhoneNumber.make(`+${firstNumber + index}`) })),
    place: () => whatsApp.witness.entries.length - 1,
    arrivals: () => stanzasOf({ whatsApp }).map(({ id, n }) => ({ place: n, whatsApp: id })),
    shown: () =>
      people.flatMap((person) =>
        person
          .screen()
          .filter(({ from }) => from === me.lid)
          .map(({ id, text }) => ({ who: person.name, whatsApp: id, words: text }))
      )
  }
}

/** Chats of the sandbox. */
export const inSandbox = async ({ dataFolder, keyring }: World, count: number): Promise<Receivers> => {
  const path = join(dataFolder, "sandbox.db")
  const chats = await Effect.runPromise(
    Effect.forEach(Array.from({ length: count }), (_, index) => keyring.chat([`sandbox:chat ${index}`]))
  )
  const book = () => (existsSync(path) ? readBook(path) : [])
  return {
    addresses: chats.map((chat) => ({ chat })),
    place: () => {
      const db = new Database(path, { readonly: true })
      const last = db.prepare<[], number | null>("select max(number) from transmission").pluck().get() ?? 0
      db.close()
      return last
    },
    arrivals: () => book().map(({ number, whatsapp }) => ({ place: number, whatsApp: whatsapp })),
    shown: () =>
      book().map(({ chat, digest, whatsapp }) => ({ who: chat, whatsApp: whatsapp, words: digest }))
  }
}
