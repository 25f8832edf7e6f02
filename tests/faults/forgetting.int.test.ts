import { join } from "node:path"
import { expect, it } from "@effect/vitest"
import { Effect, Exit, Scope } from "effect"
import { RequestErasure, SendMessage } from "../../contracts/commands.ts"
import { CommandBus } from "../../infra/command-bus/command-bus.ts"
import { EventLog, type EventLogService } from "../../infra/event-log/event-log.ts"
import { Keyring, type KeyringService } from "../../infra/keyring/keyring.ts"
import { findIn, findInFolder } from "./canary.ts"
import { readModelBreaches, snapshotBreaches } from "./digests.ts"
import { readBook, readLog } from "./history.ts"
import { isSettled } from "./laws.ts"
import { post, serve, startSystem, storedMessages } from "./one-system.ts"
import { temporaryFolder } from "./temporary-folder.ts"

/** The number is one of those that are kept for use in drama, the names are nobody's. */
const person = "Zebediah Quillfeather +447700900123"
const chatOfPerson = "Family"
const chatName = "Wombleton Bellringers +447700900456"
/** In the words, in the path and in the host, which is what a warning repeats. */
const words = `sphinxlike marmalade http://paypal-login.quillfeather-447700900123.top/paypal.com/login.php?to=zebediah`

const canaries = [
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

/** Every sealed value of the log, opened with the keys that are there. */
const openedOf = Effect.fnUntraced(function* (log: EventLogService, keyring: KeyringService) {
  const { events } = yield* readLog(log)
  return events.flatMap((event) =>
    Object.values(event.data)
      .filter((value): value is string => typeof value === "string" && value.startsWith("s1:"))
      .flatMap((sealed) => {
        const opened = keyring.open<unknown>(sealed)
        return opened === null ? [] : [Buffer.from(JSON.stringify(opened))]
      })
  )
})

/** A person who must be forgotten, a chat that must be, and people who stay. */
const talk = Effect.gen(function* () {
  const bus = yield* CommandBus
  const { chat } = yield* post(chatOfPerson, person, { id: "m1", text: `look ${words}` })
  yield* post(chatOfPerson, person, { id: "m2", text: `again ${words}` })
  yield* post(chatOfPerson, "Ada", { id: "m3", text: "look http://198.18.7.7/paypal.com/login.php?of=ada" })
  yield* post(chatName, "Ben", { id: "m4", text: `somebody posted ${words}` })
  const spoken = { chat, request: "r1", text: "good morning", priority: "bulk", by: "operator" } as const
  yield* bus.request(SendMessage, spoken)
  const log = yield* EventLog
  while (!isSettled((yield* readLog(log)).events, [])) yield* Effect.sleep(20)
})

const tokensOf = Effect.fnUntraced(function* () {
  const keyring = yield* Keyring
  const home = yield* keyring.chat([`sandbox:${chatOfPerson}`])
  return {
    person: yield* keyring.person([`sandbox:${home}/${person}`]),
    chat: yield* keyring.chat([`sandbox:${chatName}`])
  }
})

it.live(
  "who is forgotten is nowhere in the data folder, and everything else is as it was",
  () =>
    Effect.gen(function* () {
      const dataFolder = yield* temporaryFolder
      const said: Array<Buffer> = []
      const scope = yield* Scope.make()
      const { base, projector } = yield* Scope.provide(startSystem(dataFolder, said), scope)

      const before = yield* Effect.gen(function* () {
        yield* talk
        const log = yield* EventLog
        yield* projector.reached(yield* log.last)
        const opened = yield* openedOf(log, yield* Keyring)
        return { opened, last: yield* log.last }
      }).pipe(Effect.provideContext(base))
      const words = before.opened.flatMap((text) => findIn("opened", text, canaries))
      expect(new Set(words.map(({ word }) => word))).toEqual(new Set(canaries))
      // Pseudonyms are looked up by name, so before the erasure the keyring, and nothing else, holds names.
      const found = findInFolder(dataFolder, canaries)
      expect(found.findings).not.toEqual([])
      expect([...new Set(found.findings.map(({ where }) => where.split(/[-,]/)[0]))]).toEqual(["keyring.db"])

      const sent = readBook(join(dataFolder, "sandbox.db")).length
      yield* Effect.gen(function* () {
        const bus = yield* CommandBus
        const { chat, person } = yield* tokensOf()
        const forgotPerson = yield* bus.request(RequestErasure, { subject: person, by: "operator" })
        const forgotChat = yield* bus.request(RequestErasure, { subject: chat, by: "operator" })
        expect(forgotPerson.keysDestroyed).toBeGreaterThan(0)
        expect(forgotChat.mappingsDestroyed).toBeGreaterThan(0)
        // Uniqueness is intact: what others said before is known, and warned about once.
        const again = yield* post(chatOfPerson, "Ada", {
          id: "m3",
          text: "look http://198.18.7.7/paypal.com/login.php?of=ada"
        })
        expect(again).toMatchObject({ taken: 0, known: 1 })
        yield* projector.reached(yield* (yield* EventLog).last)
      }).pipe(Effect.provideContext(base))
      expect(readBook(join(dataFolder, "sandbox.db")).length).toBe(sent)
      yield* Scope.close(scope, Exit.void)

      const after = findInFolder(dataFolder, canaries)
      console.log(
        `canaries: ${words.length} findings in ${before.opened.length} opened texts and ${found.findings.length} in ` +
          `${found.files} files before the erasure, ${after.findings.length} in ${after.files} files after it`
      )
      expect(after.findings).toEqual([])
      expect(said.flatMap((line) => findIn("what was logged", line, canaries))).toEqual([])

      const left = yield* serve(dataFolder)
      yield* Effect.gen(function* () {
        const log = yield* EventLog
        const last = yield* log.last
        const { events, unreadable } = yield* readLog(log)
        expect(events.map(({ sequence }) => sequence)).toEqual(
          Array.from({ length: last }, (_, index) => index + 1)
        )
        expect(unreadable).toEqual([])
        expect(last).toBe(before.last + 4)
        const stored = yield* storedMessages(last)
        expect(stored.flatMap((message) => findIn("the log", message, canaries))).toEqual([])
        const opened = yield* openedOf(log, yield* Keyring)
        expect(opened.flatMap((text) => findIn("opened", text, canaries))).toEqual([])
        expect(opened.length).toBeGreaterThan(0)
        expect(yield* snapshotBreaches(dataFolder)).toEqual([])
        expect(yield* readModelBreaches(dataFolder, left.address)).toEqual([])
      }).pipe(Effect.provideContext(left.base))
      expect(findInFolder(dataFolder, canaries).findings).toEqual([])
    }).pipe(Effect.scoped),
  120_000
)
