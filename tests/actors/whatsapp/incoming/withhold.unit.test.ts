/** What may be read is folded twice: by the actor that writes words into the log, and by the one that judges them. */
import { describe, expect, it } from "@effect/vitest"
import Database from "better-sqlite3"
import fc from "fast-check"
import { unreadReason } from "../../../../actors/verdict/consent.ts"
import { evolve as evolveVerdict, type Heard as HeardByVerdict } from "../../../../actors/verdict/evolve.ts"
import { evolve as evolveWhatsApp, type Heard } from "../../../../actors/whatsapp/evolve.ts"
import type { Item } from "../../../../actors/whatsapp/incoming/item.ts"
import { readable } from "../../../../actors/whatsapp/incoming/withhold.ts"
import type { AnyFact } from "../../../../contracts/catalogue.ts"
import {
  ConsentGiven,
  ConsentRequired,
  ConsentWithdrawn,
  OptedIn,
  OptedOut,
  type UnreadReason
} from "../../../../contracts/consent.ts"
import { ChatId, PersonId } from "../../../../contracts/ids.ts"
import { ChatLinked, PersonLinked } from "../../../../contracts/membership.ts"
import { openStateStore } from "../../../../infra/actor/state-store.ts"

/** The older first. */
const chats = [0, 1, 2].map((number) => ChatId.make(`cchat000${number}`))
const people = [0, 1, 2, 3].map((number) => PersonId.make(`pperson00${number}`))
const by = "operator"

/** Which pseudonyms are one, as the keyring knows it. */
const makeGroups = <T extends string>(all: ReadonlyArray<T>) => {
  let groups: ReadonlyArray<ReadonlyArray<T>> = all.map((one) => [one])
  const of = (one: T): ReadonlyArray<T> => groups.find((group) => group.includes(one))!
  return {
    of,
    join: (a: T, b: T) => {
      const joined = all.filter((one) => of(a).includes(one) || of(b).includes(one))
      groups = [...groups.filter((group) => group !== of(a) && group !== of(b)), joined]
      return joined
    }
  }
}

/** Both actors over one log, and what a person would expect of it. */
const makeReaders = () => {
  const verdict = openStateStore(new Database(":memory:"), "g", 1)
  const whatsApp = openStateStore(new Database(":memory:"), "g", 1)
  const [sameChats, samePeople] = [makeGroups(chats), makeGroups(people)]
  const told = new Map<string, string>()
  let isRequired = false
  let sequence = 0
  let out: ReadonlyArray<readonly [ChatId, PersonId]> = []
  const said = new Map<ChatId, { readonly given: boolean; readonly sequence: number }>()

  const happened = (fact: AnyFact) => {
    sequence++
    const event = { ...fact, sequence, id: `event ${sequence}`, time: sequence, cause: undefined }
    verdict.fold(sequence, () => evolveVerdict(verdict.state, event as unknown as HeardByVerdict))
    whatsApp.fold(sequence, () => evolveWhatsApp(whatsApp.state, event as unknown as Heard))
  }

  const keyring = {
    pseudonymsOf: <T extends ChatId | PersonId>(token: T) =>
      (token.startsWith("c")
        ? sameChats.of(token as ChatId)
        : samePeople.of(token as PersonId)) as ReadonlyArray<T>
  }

  /** Each pseudonym is told once of each that stands for it. */
  const linked = <T extends string>(
    [older, ...younger]: ReadonlyArray<T>,
    link: (same: T, by: T) => AnyFact
  ) => {
    for (const same of younger)
      if (told.get(same) !== older) {
        told.set(same, older!)
        happened(link(same, older!))
      }
  }

  return {
    requires: (required: boolean) => {
      isRequired = required
      happened(ConsentRequired({ required, by }))
    },
    consents: (chat: ChatId, given: boolean) => {
      happened(given ? ConsentGiven({ chat, by }) : ConsentWithdrawn({ chat, by }))
      said.set(chat, { given, sequence })
    },
    opts: (chat: ChatId, person: PersonId, isOut: boolean) => {
      happened(isOut ? OptedOut({ chat, person, by }) : OptedIn({ chat, person, by }))
      out = isOut
        ? [...out, [chat, person]]
        : out.filter(
            ([where, who]) => !sameChats.of(chat).includes(where) || !samePeople.of(person).includes(who)
          )
    },
    joinsPeople: (a: PersonId, b: PersonId) =>
      linked(samePeople.join(a, b), (same, person) => PersonLinked({ chat: chats[0]!, person, same, at: 0 })),
    joinsChats: (a: ChatId, b: ChatId) =>
      linked(sameChats.join(a, b), (same, chat) => ChatLinked({ chat, same, at: 0 })),
    expected: (chat: ChatId, sender: PersonId): UnreadReason | undefined => {
      const [last] = sameChats
        .of(chat)
        .flatMap((one) => said.get(one) ?? [])
        .toSorted((a, b) => b.sequence - a.sequence)
      if (last === undefined ? isRequired : !last.given) return "no-consent"
      return out.some(
        ([where, who]) => sameChats.of(chat).includes(where) && samePeople.of(sender).includes(who)
      )
        ? "opted-out"
        : undefined
    },
    judged: (chat: ChatId, sender: PersonId) => unreadReason(verdict.state, { chat, sender }),
    written: (chat: ChatId, sender: PersonId) => {
      const heard = { what: "post", texts: { posted: "hello", quoted: "", unread: [] } } as const
      const item: Item = {
        gateway: "whatsapp",
        arrival: "live",
        chat,
        sender,
        own: false,
        id: "3A00",
        at: 0,
        heard
      }
      const taken = readable(whatsApp.state, keyring, item).heard
      return taken.what === "withheld" ? taken.reason : undefined
    }
  }
}

type Readers = ReturnType<typeof makeReaders>

const everywhere = chats.flatMap((chat) => people.map((person) => [chat, person] as const))

const chat = fc.constantFrom(...chats)
const person = fc.constantFrom(...people)
const deed: fc.Arbitrary<(readers: Readers) => void> = fc.oneof(
  fc.boolean().map((required) => (it: Readers) => it.requires(required)),
  fc.tuple(chat, fc.boolean()).map(
    ([where, given]) =>
      (it: Readers) =>
        it.consents(where, given)
  ),
  { weight: 3, arbitrary: fc.tuple(chat, person, fc.boolean()).map((of) => (it: Readers) => it.opts(...of)) },
  fc.tuple(person, person).map(
    ([a, b]) =>
      (it: Readers) =>
        it.joinsPeople(a, b)
  ),
  fc.tuple(chat, chat).map(
    ([a, b]) =>
      (it: Readers) =>
        it.joinsChats(a, b)
  )
)

describe("what may be read", () => {
  it("is the same for who writes it and who judges it, however many pseudonyms turn out to be one", () => {
    fc.assert(
      fc.property(fc.array(deed, { maxLength: 14 }), (deeds) => {
        const readers = makeReaders()
        for (const done of deeds) done(readers)
        for (const [where, who] of everywhere) {
          const expected = readers.expected(where, who)
          expect([where, who, readers.written(where, who)]).toEqual([where, who, expected])
          expect([where, who, readers.judged(where, who)]).toEqual([where, who, expected])
        }
      }),
      { numRuns: 300 }
    )
  })

  it("is what somebody says who opted out under one pseudonym, and in under the older one", () => {
    const readers = makeReaders()
    const [here] = chats as [ChatId]
    const [older, younger] = people as [PersonId, PersonId]
    readers.opts(here, younger, true)
    readers.joinsPeople(older, younger)
    expect([readers.written(here, older), readers.judged(here, older)]).toEqual(["opted-out", "opted-out"])
    readers.opts(here, older, false)
    expect([readers.written(here, older), readers.judged(here, older)]).toEqual([undefined, undefined])
  })

  it("is nothing in a chat that withdrew its consent last, though it has an older pseudonym that gave it", () => {
    const readers = makeReaders()
    const [older, younger] = chats as [ChatId, ChatId]
    const [ada] = people as [PersonId]
    readers.consents(older, true)
    readers.consents(younger, false)
    readers.joinsChats(older, younger)
    expect([readers.written(older, ada), readers.judged(older, ada)]).toEqual(["no-consent", "no-consent"])
  })
})
