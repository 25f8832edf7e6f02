import { spawn, type ChildProcessWithoutNullStreams } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"
import { expect, it } from "vitest"
import { startLoopbackWhatsApp, type LoopbackWhatsApp } from "./index.ts"
import { ownNumber } from "./linked-client.ts"

interface Told {
  readonly qr?: string
  readonly heard?: string | null
  readonly id?: string
  readonly sent?: string
  readonly connection?: string
}

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url))

/** Starts a client of its own process; what it tells is kept, and wakes whoever waits on the witness. */
const startClient = (wa: LoopbackWhatsApp, file: string) => {
  const child: ChildProcessWithoutNullStreams = spawn(
    process.execPath,
    ["--import", here("preload.ts"), here("file-client.ts"), file],
    { env: { ...process.env, ...wa.environment, NODE_OPTIONS: "" } }
  )
  const told: Told[] = []
  let errors = ""
  child.stderr.on("data", (piece: Buffer) => (errors += piece.toString()))
  createInterface({ input: child.stdout }).on("line", (line) => {
    told.push(JSON.parse(line) as Told)
    wa.witness.changed()
  })
  return {
    told,
    errors: () => errors,
    say: (order: { jid: string; text: string; id: string }) =>
      child.stdin.write(`${JSON.stringify(order)}\n`),
    kill: async () => {
      const ended = once(child, "exit")
      child.kill("SIGKILL")
      await ended
    }
  }
}

it("The server outlives a client that is killed, and the client goes on where it was", async () => {
  const folder = mkdtempSync(join(tmpdir(), "loopback-whatsapp-"))
  const witnessFile = join(folder, "witness.jsonl")
  const wa = await startLoopbackWhatsApp({ witnessFile })
  const me = wa.account({ number: ownNumber })
  const ana = wa.contact({ number: "5511988887777", name: "Ana" })

  const first = startClient(wa, join(folder, "auth.json"))
  await me.scanQr(await wa.witness.until("a QR code", () => first.told.find(({ qr }) => qr)?.qr, 30_000))
  await me.connected()
  await ana.say("before")
  await wa.witness.until("the first message", () => first.told.some(({ heard }) => heard === "before"))
  first.say({ jid: ana.lid, text: "hello", id: "3EB0000000000000000001" })
  await wa.witness.until("the answer", () => ana.screen().some(({ text }) => text === "hello"))
  // Baileys writes its ratchet down after it wrote to the socket; killed between, it would use a key twice.
  await wa.witness.until("the ratchet is written down", () =>
    first.told.some(({ sent }) => sent !== undefined)
  )
  await first.kill()
  await wa.witness.until("the connection is gone", () => !me.client().isConnected())
  await ana.say("while it was away")

  const second = startClient(wa, join(folder, "auth.json"))
  await wa.witness.until(
    "what waited",
    () => second.told.some(({ heard }) => heard === "while it was away"),
    30_000
  )
  second.say({ jid: ana.lid, text: "hello", id: "3EB0000000000000000001" })
  await wa.witness.until("the repeated message", () => ana.screen().some(({ arrivals }) => arrivals === 2))
  expect(second.told.some(({ qr }) => qr)).toBe(false)
  expect(wa.timesSent("3EB0000000000000000001")).toBe(2)
  expect([first.errors(), second.errors()]).toEqual(["", ""])
  expect(JSON.stringify([first.told, second.told])).not.toContain("privKey")
  await second.kill()

  const lines = readFileSync(witnessFile, "utf8").trimEnd().split("\n")
  expect(lines).toHaveLength(wa.witness.entries.length)
  expect(lines.map((line) => (JSON.parse(line) as { n: number }).n)).toEqual(
    wa.witness.entries.map(({ n }) => n)
  )
  await wa.close()
  rmSync(folder, { recursive: true })
})
