import { createRequire } from "node:module"
import { afterAll, expect, test } from "vitest"
import { baileysLogger, withoutNames } from "../../../../actors/whatsapp/session/baileys-logger.ts"
import { hushLibraries } from "../../../../actors/whatsapp/session/hush.ts"

interface Sessions {
  readonly closeSession: (session: unknown) => void
}
const SessionRecord = createRequire(import.meta.url)("libsignal/src/session_record.js") as new () => Sessions

const lines: Array<string> = []
const own = globalThis.console
const sink = Object.assign(Object.create(own) as Console, {
  info: (...args: ReadonlyArray<unknown>) => void lines.push(JSON.stringify(args)),
  warn: (...args: ReadonlyArray<unknown>) => void lines.push(JSON.stringify(args))
})
afterAll(() => {
  globalThis.console = own
})

test("libsignal, which prints private keys, is kept from the console; others are not", () => {
  globalThis.console = sink
  const close = () =>
    new SessionRecord().closeSession({ indexInfo: { closed: -1 }, privKey: "a private key of Signal" })
  close()
  expect(lines.join()).toContain("a private key of Signal")
  lines.length = 0
  hushLibraries(sink)
  close()
  expect(lines).toEqual([])
  sink.info("our own words")
  expect(lines).toEqual(['["our own words"]'])
})

test("of what Baileys logs, only what names nobody passes", () => {
  const said: Array<[string, object]> = []
  const logger = baileysLogger((words, facts) => void said.push([words, facts]))
  logger.error(
    {
      error: new Error("no session for 5511988887777.0 of 5511988887777:3@s.whatsapp.net"),
      node: { content: "the words of a message" },
      retryCount: 2
    },
    "failed to decrypt 3EB0AABBCCDDEEFF00112233 from 200000000000002@lid"
  )
  logger.info({ creds: "secret" }, "never passed on")
  expect(said).toEqual([
    [
      "Baileys: failed to decrypt <id> from <identity>",
      { error: "no session for <number>.0 of <identity>", retryCount: 2, level: "error" }
    ]
  ])
})

test.each([
  ["5511988887777@s.whatsapp.net said", "<identity> said"],
  ["120363000000000000@g.us", "<identity>"],
  ["key AAAABBBBCCCCDDDDEEEE=", "key <id>"],
  ["call +5511988887777 now", "call +<number> now"],
  ["handled 12 offline messages", "handled 12 offline messages"]
])("%j is logged as %j", (text, expected) => {
  expect(withoutNames(text)).toBe(expected)
})
