/** The system as `npm start` starts it, linked to a loopback WhatsApp through the real client. */
import { mkdtempSync, rmSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath, pathToFileURL } from "node:url"
import { Effect } from "effect"
import { rolldown } from "rolldown"
import { type LoopbackWhatsApp, startLoopbackWhatsApp } from "../loopback-whatsapp/index.ts"
import { launch } from "./launched.ts"

const root = fileURLToPath(new URL("../..", import.meta.url))

/**
 * What has a child's client trust the loopback server, bundled, so that no compiler for TypeScript is measured;
 * Baileys is left where the system finds it, for it is the same one.
 */
const preload = Effect.acquireRelease(
  Effect.promise(async () => {
    const folder = mkdtempSync(join(root, "node_modules", ".wadjet-bench-"))
    const bundle = await rolldown({
      input: { preload: join(root, "tests/loopback-whatsapp/preload.ts") },
      cwd: root,
      platform: "node",
      external: [/^@whiskeysockets\/baileys/, /^libsignal/],
      logLevel: "warn"
    })
    await bundle.write({ dir: folder, format: "esm", entryFileNames: "[name].js" })
    await bundle.close()
    return folder
  }),
  (folder) => Effect.sync(() => rmSync(folder, { recursive: true, force: true }))
)

interface Live {
  readonly live: string
  readonly text?: string
}

const liveOf = (line: string): Live => JSON.parse(line) as Live

const account = (whatsApp: LoopbackWhatsApp) => {
  const me = whatsApp.account({ number: "5511900000001", name: "Owner" })
  const people = Array.from({ length: 20 }, (_, n) =>
    whatsApp.contact({ number: `55119888800${String(n).padStart(2, "0")}`, name: `Member ${n}` })
  )
  for (let n = 0; n < 5; n++) whatsApp.group({ subject: `Group ${n}`, members: [me, ...people] })
  return me
}

/** A server, and what a process needs in its environment to take it for WhatsApp. */
export const loopbackForBench = Effect.gen(function* () {
  const whatsApp = yield* Effect.acquireRelease(
    Effect.promise(() => startLoopbackWhatsApp({ seed: 1 })),
    (server) => Effect.promise(() => server.close())
  )
  const me = account(whatsApp)
  const folder = yield* preload
  const environment = {
    ...whatsApp.environment,
    NODE_OPTIONS: `--import=${pathToFileURL(join(folder, "preload.js")).href}`
  }
  const isConnected = () => me.clients().some((client) => client.isConnected())
  return {
    environment,
    /** Links the system that runs on a data folder. */
    link: (dataFolder: string) =>
      Effect.scoped(
        Effect.gen(function* () {
          const args = ["link", "--accept-risk", "--json"]
          const isCode = (line: string) => liveOf(line).live === "qr"
          const asked = yield* launch(join(root, "wadjet"), args, { WADJET_DATA: dataFolder }, isCode)
          yield* Effect.promise(() => me.scanQr(liveOf(asked.line).text ?? ""))
          yield* Effect.promise(() => me.connected())
        })
      ),
    connected: Effect.promise(() => me.connected()),
    disconnected: Effect.promise(() => whatsApp.witness.until("the client is gone", () => !isConnected()))
  }
})
