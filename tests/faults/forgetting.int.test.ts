import { join } from "node:path"
import { expect, it } from "@effect/vitest"
import { Effect, Exit, Scope } from "effect"
import { RequestErasure } from "../../contracts/commands.ts"
import { CommandBus } from "../../infra/command-bus/command-bus.ts"
import { EventLog, type EventLogService } from "../../infra/event-log/event-log.ts"
import { Keyring, type KeyringService } from "../../infra/keyring/keyring.ts"
import { findIn, findInFolder } from "./canary.ts"
import { readModelBreaches, snapshotBreaches } from "./digests.ts"
import { canaries, chatOfPerson, talk, tokensOf } from "./forgotten.ts"
import { readBook, readLog } from "./history.ts"
import { post, serve, startSystem, storedMessages } from "./one-system.ts"
import { printed } from "./printed.ts"
import { temporaryFolder } from "./temporary-folder.ts"

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
        const shown = (yield* printed(dataFolder)).flatMap((text) => findIn("printed", text, canaries))
        expect(new Set(shown.map(({ word }) => word))).toEqual(new Set(canaries))
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
        expect((yield* printed(dataFolder)).flatMap((text) => findIn("printed", text, canaries))).toEqual([])
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
        // Each erasure is asked for and done; what is denied has an id for after it.
        const after = events.slice(before.last).map(({ type }) => type)
        expect(after.filter((type) => !type.startsWith("erasure."))).toEqual(["policy.overrides-rekeyed"])
        expect(after).toHaveLength(5)
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
