/**
 * A real client in a process of its own, to be killed: `node --import preload.ts file-client.ts FILE`.
 * It keeps its credentials in the file, writes what happens to standard output, one line of JSON each, and
 * sends `{ jid, text, id }` for every such line on standard input.
 */
import { makeWASocket } from "@whiskeysockets/baileys"
import { createInterface } from "node:readline"
import { pino } from "pino"
import { makeAuth } from "./auth.ts"
import { addressVariable } from "./trust-root.ts"

if (process.env[addressVariable] === undefined)
  throw new Error(
    `expected ${addressVariable} and preload.ts, found none: this client is for a loopback server only`
  )

const [file] = process.argv.slice(2)
const auth = makeAuth(file)
const tell = (event: object): void => {
  process.stdout.write(`${JSON.stringify(event)}\n`)
}

const connect = (): ReturnType<typeof makeWASocket> => {
  const fresh = makeWASocket({
    auth,
    logger: pino({ level: "silent" }),
    markOnlineOnConnect: false
  })
  fresh.ev.on("creds.update", (update) => {
    Object.assign(auth.creds, update)
    auth.save()
  })
  fresh.ev.on("messages.upsert", ({ messages, type }) => {
    for (const { key, message } of messages) tell({ heard: message?.conversation ?? null, id: key.id, type })
  })
  fresh.ev.on("connection.update", ({ connection, lastDisconnect, qr }) => {
    if (qr !== undefined) tell({ qr })
    if (connection === "open") tell({ connection })
    if (connection !== "close") return
    tell({ connection, reason: lastDisconnect?.error?.message })
    if (lastDisconnect?.error?.message.includes("restart")) socket = connect()
  })
  return fresh
}

let socket = connect()
createInterface({ input: process.stdin }).on("line", (line) => {
  const { id, jid, text } = JSON.parse(line) as {
    readonly id: string
    readonly jid: string
    readonly text: string
  }
  void socket.sendMessage(jid, { text }, { messageId: id }).then(() => tell({ sent: id }))
})
