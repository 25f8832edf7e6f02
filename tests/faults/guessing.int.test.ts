import { expect, it } from "@effect/vitest"
import { Effect, Exit, Scope } from "effect"
import { exportedId } from "../../actors/operator/ingest/export-messages.ts"
import { RequestErasure, SendMessage, SetOverride } from "../../contracts/commands.ts"
import { OverrideId } from "../../contracts/ids.ts"
import { CommandBus } from "../../infra/command-bus/command-bus.ts"
import { EventLog } from "../../infra/event-log/event-log.ts"
import { Keyring } from "../../infra/keyring/keyring.ts"
import { confirmedIn } from "./guessing.ts"
import { readLog } from "./history.ts"
import { isSettled } from "./laws.ts"
import { post, serve, startSystem, storedMessages } from "./one-system.ts"
import { temporaryFolder } from "./temporary-folder.ts"

/** The numbers are of those that are kept for use in drama, the names are nobody's. */
const person = "Zebediah Quillfeather"
const exported = {
  line: 1,
  lines: 1,
  at: "2024-03-13T21:05",
  author: person,
  text: "my number is 07700 900123",
  repeat: 0,
  system: false
}

/** What somebody who knows the person, or the chat, would try. */
const guesses = {
  "the link to a number": "https://wa.me/447700900123",
  "a site of that name": "quillfeather.example",
  "a host below it": "zebediah.quillfeather.example",
  "the id that the sender chose": "good-morning-from-zebediah",
  "the text of an edit": "see https://wa.me/447700900123 or https://zebediah.quillfeather.example",
  "a line of an exported chat": exportedId(exported, 0),
  "what a request to send was called": "birthday of 07700 900456",
  "what was said to the chat": "many happy returns, Wombleton",
  "a site that the chat allows": "bellringers.example"
}
const control = "control.example"

/** Attacks a folder on which nothing runs. */
const attack = Effect.fnUntraced(function* (folder: string) {
  const { base } = yield* serve(folder)
  return yield* Effect.gen(function* () {
    const log = yield* EventLog
    const stored = yield* storedMessages(yield* log.last)
    const { events } = yield* readLog(log)
    return confirmedIn({ stored, events, folder }, [...Object.values(guesses), control])
  }).pipe(Effect.provideContext(base))
}, Effect.scoped)

/** One life of the system, from its start to its end. */
const live = <A, E>(folder: string, deeds: Effect.Effect<A, E, CommandBus | EventLog | Keyring>) =>
  Effect.gen(function* () {
    const scope = yield* Scope.make()
    const { base, projector } = yield* Scope.provide(startSystem(folder), scope)
    const done = yield* Effect.gen(function* () {
      const log = yield* EventLog
      const result = yield* deeds
      while (!isSettled((yield* readLog(log)).events, [])) yield* Effect.sleep(20)
      yield* projector.reached(yield* log.last)
      return result
    }).pipe(Effect.provideContext(base))
    yield* Scope.close(scope, Exit.void)
    return done
  })

const talk = Effect.gen(function* () {
  const bus = yield* CommandBus
  const id = guesses["the id that the sender chose"]
  const { chat: home } = yield* post("Family", person, {
    id,
    text: "look http://198.18.7.7/paypal.com/login.php"
  })
  const edit = {
    id,
    text: guesses["the text of an edit"],
    change: "edit" as const,
    sentAt: 1_767_225_700_000
  }
  yield* post("Family", person, edit)
  const { chat: imported } = yield* post(
    "Village",
    person,
    { id: exportedId(exported, 0), text: exported.text },
    "export"
  )
  const { chat } = yield* post("Bellringers", "Ben", { id: "m1", text: "look https://bellringers.example" })
  yield* bus.request(SendMessage, {
    chat,
    request: guesses["what a request to send was called"],
    text: guesses["what was said to the chat"],
    priority: "bulk",
    by: "operator"
  })
  yield* bus.request(SetOverride, {
    override: OverrideId.make("01941f29-7c00-7000-8000-000000000001"),
    chat,
    match: "domain",
    pattern: guesses["a site that the chat allows"],
    effect: "allow",
    by: "operator"
  })
  const keyring = yield* Keyring
  const people = yield* Effect.forEach(
    [`sandbox:${home}/${person}`, `export:${imported}/${person}`],
    (form) => keyring.person([form])
  )
  return { chat, people }
})

it.live(
  "who is forgotten cannot be found by guessing either, though nobody else is lost",
  () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const { chat, people } = yield* live(folder, talk)
      const before = yield* attack(folder)
      expect(before).toEqual(Object.values(guesses))

      yield* live(
        folder,
        Effect.gen(function* () {
          const bus = yield* CommandBus
          for (const subject of [...people, chat])
            yield* bus.request(RequestErasure, { subject, by: "operator" })
          yield* post("Family", "Ada", { id: "m9", text: `look https://${control}` })
        })
      )
      const after = yield* attack(folder)
      console.log(
        `guesses: ${before.length} of ${Object.keys(guesses).length} confirmed before the erasure, ${after.filter((it) => it !== control).length} after it`
      )
      // Whoever is not forgotten is found as before, so that it is not the attack that became weaker.
      expect(after).toEqual([control])
    }).pipe(Effect.scoped),
  120_000
)
