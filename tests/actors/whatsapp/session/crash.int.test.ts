import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"
import { proto } from "@whiskeysockets/baileys"
import { Effect } from "effect"
import { expect, test } from "vitest"
import { makeJournal } from "../../../../actors/whatsapp/session/sqlite-journal.ts"
import { openSessionStore } from "../../../../actors/whatsapp/session/store.ts"
import { startLoopbackWhatsApp } from "../../../loopback-whatsapp/index.ts"
import { startSession, temporaryFolder } from "./whole.ts"

type Loopback = Awaited<ReturnType<typeof startLoopbackWhatsApp>>

/** A session in a process of its own; `said` are its lines so far. */
const spawnSession = (folder: string, whatsApp: Loopback, ...doom: ReadonlyArray<string>) => {
  const program = fileURLToPath(new URL("doomed-process.ts", import.meta.url))
  const child: ChildProcess = spawn(process.execPath, [program, folder, whatsApp.url, ...doom], {
    env: { ...process.env, ...whatsApp.environment },
    stdio: ["ignore", "pipe", "inherit"]
  })
  const ended = once(child, "exit")
  const said: Array<Record<string, unknown>> = []
  const heard = (what: string) =>
    new Promise<void>((resolve) => {
      const look = () => {
        if (said.some((line) => what in line)) resolve()
      }
      watchers.push(look)
      look()
    })
  const watchers: Array<() => void> = []
  createInterface({ input: child.stdout! }).on("line", (line) => {
    said.push(JSON.parse(line) as Record<string, unknown>)
    for (const look of watchers) look()
  })
  return { child, ended, said, heard }
}

/** The texts in a journal that nobody holds, with how often each is there. */
const textsIn = (folder: string) =>
  Effect.runPromise(
    Effect.scoped(
      Effect.gen(function* () {
        const store = yield* openSessionStore({
          path: `${folder}/session.db`,
          keyringPath: `${folder}/keyring.db`
        })
        const journal = makeJournal(yield* store.claim)
        const rows = yield* journal.next(10_000)
        const texts = new Map<string, number>()
        for (const { kind, payload } of rows) {
          if (kind !== "message") continue
          const message = proto.Message.decode(payload)
          const text = message.extendedTextMessage?.text || message.conversation
          if (text) texts.set(text, (texts.get(text) ?? 0) + 1)
        }
        return texts
      })
    )
  )

test("killed at any write, the session comes back without pairing, and every message is in the journal once", async () => {
  using folder = temporaryFolder()
  const whatsApp = await startLoopbackWhatsApp({ seed: 30 })
  const me = whatsApp.account({ number: "5511900000001", name: "Owner" })
  const first = await startSession({ folder: folder.path, server: whatsApp.url })
  await first.link("qr")
  await me.scanQr(await first.code("qr"))
  await first.fact("session.opened")
  await me.connected()
  await first.close()

  const people = ["5511988880001", "5511988880002", "5511988880003"].map((number) =>
    whatsApp.contact({ number, name: number })
  )
  const family = whatsApp.group({ subject: "Family", members: [me, ...people] })
  const said: Array<string> = []
  const speak = async (round: number) => {
    const who = people[round % people.length]!
    for (const chat of [undefined, family]) {
      const text = `${round} ${chat === undefined ? "direct" : "group"}`
      said.push(text)
      await who.say(text, chat === undefined ? {} : { in: chat })
    }
  }
  const points = [
    ...[1, 2, 3].map((n) => ["after", String(n), "start"]),
    ...[1, 3].map((n) => ["before", String(n), "start"]),
    ...[1, 2, 3, 4, 5, 6, 7, 8].map((n) => ["before", String(n), "open"]),
    ...[1, 2, 3].map((n) => ["after", String(n), "open"])
  ]
  let killed = 0
  for (const [round, point] of points.entries()) {
    const process = spawnSession(folder.path, whatsApp, ...point)
    await Promise.race([process.heard("opened"), process.ended])
    await speak(round)
    await Promise.race([
      process.ended,
      me
        .connected()
        .then((client) =>
          whatsApp.witness.until("everything is receipted", () => client.waiting().length === 0)
        )
    ])
    if (process.child.signalCode === "SIGKILL") killed += 1
    process.child.kill("SIGKILL")
    await process.ended
  }
  // Where there was no such write, it was killed between two others.
  expect(killed).toBeGreaterThan(points.length / 2)

  const last = spawnSession(folder.path, whatsApp)
  await last.heard("opened")
  const client = await me.connected()
  await whatsApp.witness.until("everything is receipted", () => client.waiting().length === 0)
  last.child.kill("SIGKILL")
  await last.ended

  const texts = await textsIn(folder.path)
  expect(said.filter((text) => texts.get(text) !== 1)).toEqual([])
  expect(texts.size).toBe(said.length)
  await whatsApp.close()
}, 180_000)

test("a process that was paused while another took over writes nothing, receipts nothing and hangs up", async () => {
  using folder = temporaryFolder()
  const whatsApp = await startLoopbackWhatsApp({ seed: 31 })
  const me = whatsApp.account({ number: "5511900000001", name: "Owner" })
  const ana = whatsApp.contact({ number: "5511988887777", name: "Ana" })
  const first = await startSession({ folder: folder.path, server: whatsApp.url })
  await first.link("qr")
  await me.scanQr(await first.code("qr"))
  await first.fact("session.opened")
  await me.connected()
  await first.close()

  const old = spawnSession(folder.path, whatsApp)
  await old.heard("opened")
  const client = await me.connected()
  await ana.say("before the pause")
  await whatsApp.witness.until("it is receipted", () => client.waiting().length === 0)
  old.child.kill("SIGSTOP")
  // Another process takes the session over, and does not connect yet.
  expect([...(await textsIn(folder.path)).keys()]).toEqual(["before the pause"])
  await ana.say("into the pause")
  old.child.kill("SIGCONT")
  await old.ended
  expect(old.said.at(-1)).toEqual({ ended: "StaleOwner" })
  expect(client.waiting().length).toBe(1)
  expect([...(await textsIn(folder.path)).keys()]).toEqual(["before the pause"])

  const next = spawnSession(folder.path, whatsApp)
  await next.heard("opened")
  const again = await me.connected()
  await whatsApp.witness.until("it is receipted", () => again.waiting().length === 0)
  next.child.kill("SIGKILL")
  await next.ended
  expect([...(await textsIn(folder.path)).keys()]).toEqual(["before the pause", "into the pause"])
  await whatsApp.close()
}, 60_000)
