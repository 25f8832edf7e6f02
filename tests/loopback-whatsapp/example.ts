/** A client that answers every message, and a contact who talks to it: `node example.ts`. */
import { makeWASocket } from "@whiskeysockets/baileys"
import { pino } from "pino"
import { makeAuth } from "./auth.ts"
import { startLoopbackWhatsApp } from "./index.ts"

const wa = await startLoopbackWhatsApp()
const me = wa.account({ number: "5511900000001", name: "Owner" })
const ana = wa.contact({ number: "5511988887777", name: "Ana" })

const auth = makeAuth()
const connect = (): void => {
  const socket = makeWASocket({ auth, waWebSocketUrl: wa.url, logger: pino({ level: "silent" }) })
  socket.ev.on("creds.update", (update) => Object.assign(auth.creds, update))
  socket.ev.on("connection.update", ({ lastDisconnect, qr }) => {
    if (qr !== undefined) void me.scanQr(qr)
    if (lastDisconnect?.error?.message.includes("restart required")) connect()
  })
  socket.ev.on("messages.upsert", ({ messages }) => {
    for (const { key, message } of messages)
      if (message?.conversation)
        void socket.sendMessage(key.remoteJid!, { text: `You said ${message.conversation}` })
  })
}
connect()

await me.connected()
await ana.say("hello")
await wa.witness.until("an answer", () => ana.screen().length === 2)
for (const { from, text } of ana.screen()) console.log(`${from === ana.lid ? "Ana" : "Owner"}: ${text}`)

await wa.close()
// Baileys leaves timers behind that would keep the process for half a minute.
process.exit()
