/** Forgetting somebody who wrote over WhatsApp: what the connection itself keeps of them is gone, too. */
import { join } from "node:path"
import { Effect } from "effect"
import { afterEach, expect, test } from "vitest"
import { runActors } from "../../actors/operator/system.ts"
import { openSessionStore } from "../../actors/whatsapp/session/store.ts"
import { RequestErasure } from "../../contracts/commands.ts"
import { CommandBus } from "../../infra/command-bus/command-bus.ts"
import { named, startLoopbackWorld } from "../actors/whatsapp/incoming/loopback-world.ts"
import { temporaryFolder } from "../actors/whatsapp/session/whole.ts"
import type { LoopbackWhatsApp } from "../loopback-whatsapp/index.ts"
import { allShipped, copyingOf, directoryAddress } from "../actors/backup/world.ts"
import { someIdentity } from "../actors/backup/segment/some-messages.ts"
import type { Identity } from "../../actors/backup/segment/seal.ts"
import { findIn, findInFolder, type Finding } from "./canary.ts"
import { openCopies, openSealed } from "./opened-copies.ts"
import { temporaryFolder as temporaryFolderOfScope } from "./temporary-folder.ts"
import { unpaced } from "./owners.ts"

let close: () => Promise<void> = async () => {}
afterEach(() => close())

/** Every value and row of the session's store, opened with the key that it is sealed under. */
const openedSession = (
  path: string,
  keyringPath: string
): Promise<ReadonlyArray<{ where: string; bytes: Buffer }>> => {
  const all: Array<{ where: string; bytes: Buffer }> = []
  const collect = Effect.gen(function* () {
    const store = yield* openSessionStore({ path, keyringPath })
    const owned = yield* store.claim
    owned.forget({
      value: (type, id, value) => {
        all.push({ where: `the name of a ${type}`, bytes: Buffer.from(id) }, { where: type, bytes: value })
        return false
      },
      row: (row) => {
        all.push({ where: "journal", bytes: row.content ?? Buffer.alloc(0) })
        return false
      }
    })
  })
  return Effect.runPromise(Effect.scoped(collect)).then(() => all)
}

/** The messages that the client asked for once more. */
const retriesOf = (whatsApp: LoopbackWhatsApp): ReadonlySet<string | undefined> =>
  new Set(
    whatsApp.witness
      .stanzas("in", "receipt")
      .filter(({ attrs }) => attrs["type"] === "retry")
      .map(({ attrs }) => attrs["id"])
  )

const number = "447700900123"

/** Ana speaks directly and in a group, at first by her number and then by her LID, and everything is in the log. */
const talk = async (folder: string, seed: number) => {
  const world = await startLoopbackWorld(folder, seed)
  close = world.close
  const { me, whatsApp } = world
  const ana = whatsApp.contact({ number, name: "Zebediah Quillfeather", addressing: "pn" })
  const bea = whatsApp.contact({ number: "447700900456", name: "Bea" })
  const bells = whatsApp.group({ subject: "Bells", members: [me, ana, bea], admins: [bea] })
  await world.start()
  const client = await world.link()
  await ana.say("sphinxlike marmalade")
  await ana.say("look http://198.18.7.7/paypal.com/login.php?to=zebediah", { in: bells })
  await bea.say("hello", { in: bells })
  await bea.say("hello")
  ana.speakAs("lid")
  await ana.say("it is me, Quillfeather")
  await whatsApp.witness.until("everything is receipted", () => client.waiting().length === 0)
  const said = await world.events((events) => named(events, "message.received").length >= 5)
  const lid = ana.lid.replace("@lid", "")
  const canaries = [number, lid, "Zebediah", "Quillfeather", "sphinxlike marmalade"]
  return { world, ana, lid, bea, bells, client, said, canaries }
}

type World = Awaited<ReturnType<typeof talk>>["world"]

const personOf = (world: World) => world.run(world.keyring.person([`${number}@s.whatsapp.net`]))

/** Has the running system forget her. */
const forget = async (folder: string, world: World) => {
  const subject = await personOf(world)
  const only = new Set(["admin", "verdict"] as const)
  return world.run(
    Effect.gen(function* () {
      yield* runActors({ dataFolder: folder, pacing: unpaced, only })
      return yield* (yield* CommandBus).request(RequestErasure, { subject, by: "operator" })
    })
  )
}

const found = async (folder: string, words: ReadonlyArray<string>) => {
  const opened = await openedSession(join(folder, "session.db"), join(folder, "keyring.db"))
  const inside = opened.flatMap(({ bytes, where }) => findIn(where, bytes, words))
  return { inside, inFiles: findInFolder(folder, words).findings }
}

const wordsOf = (findings: ReadonlyArray<Finding>) => new Set(findings.map(({ word }) => word))

test("who is forgotten is named in no file of the data folder, and nowhere in what is sealed there", async () => {
  using folder = temporaryFolder()
  const { canaries, lid, world } = await talk(folder.path, 23)
  await world.kill()
  const before = await found(folder.path, canaries)
  // Beside them whatever the journal had not handed over when the process was killed.
  expect([...wordsOf(before.inside)]).toEqual(expect.arrayContaining([number, lid]))
  // Pseudonyms are looked up by number: the keyring holds it, and nothing else can be read.
  expect(wordsOf(before.inFiles)).toEqual(new Set([number, lid]))

  await world.start()
  const answer = await forget(folder.path, world)
  // Both forms, of the person and of the chat with them alone.
  expect(answer.mappingsDestroyed).toBe(4)
  await world.kill()
  expect(await found(folder.path, canaries)).toEqual({ inside: [], inFiles: [] })
})

test("who was forgotten may write again, as somebody new, and nobody else has to say anything twice", async () => {
  using folder = temporaryFolder()
  const { ana, bea, bells, client, said, world } = await talk(folder.path, 24)
  const { whatsApp } = world
  const person = await personOf(world)
  await forget(folder.path, world)
  const retriesBefore = retriesOf(whatsApp).size
  await bea.say("still here", { in: bells })
  await bea.say("still here")
  await whatsApp.witness.until("everything is receipted", () => client.waiting().length === 0)
  expect(retriesOf(whatsApp).size).toBe(retriesBefore)
  const once = await ana.say("once more")
  await ana.say("once more, all", { in: bells })
  const after = await world.events(
    (events) => named(events, "message.received").length >= named(said, "message.received").length + 4
  )
  const all = named(after, "message.received")
  expect(all.filter(({ data }) => data.sender === person)).toHaveLength(3)
  expect(all.slice(-2).map(({ data }) => data.sender)).not.toContain(person)
  expect(retriesOf(whatsApp)).toContain(once)
})

/** Everything that a place holds, opened with its identity and with the keys that it holds itself. */
const foundAt = Effect.fnUntraced(function* (
  place: string,
  identity: Identity,
  account: string,
  words: ReadonlyArray<string>
) {
  const opened = yield* temporaryFolderOfScope
  yield* Effect.promise(() => openCopies(place, opened, identity))
  const stores = join(opened, account, "stores")
  const keyring = join(stores, "keyring.wstore")
  const session = yield* Effect.promise(() => openedSession(join(stores, "session.wstore"), keyring))
  const sealed = yield* openSealed(opened, [keyring])
  return [...session, ...sealed].flatMap(({ bytes, where }) => findIn(where, bytes, words))
}, Effect.scoped)

test("who is forgotten is nowhere in what a place holds from then on, the session's copy included", async () => {
  using folder = temporaryFolder()
  using place = temporaryFolder()
  const { canaries, lid, world } = await talk(folder.path, 25)
  const { identity, recipient } = await someIdentity()
  const subject = await personOf(world)
  const copying = copyingOf({ places: [directoryAddress(place.path)], recipients: [recipient] })
  const only = new Set(["admin", "verdict", "backup"] as const)
  const { after, before } = await world.run(
    Effect.gen(function* () {
      yield* runActors({ dataFolder: folder.path, pacing: unpaced, only, copying })
      yield* allShipped
      const look = foundAt(place.path, identity, world.keyring.account, canaries)
      const before = yield* look
      yield* (yield* CommandBus).request(RequestErasure, { subject, by: "operator" })
      yield* allShipped
      return { before, after: yield* look }
    })
  )
  expect([...wordsOf(before)]).toEqual(expect.arrayContaining([number, lid, "sphinxlike marmalade"]))
  expect(after).toEqual([])
  await world.kill()
})
