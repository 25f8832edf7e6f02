/** `npm run fuzz [-- rounds [seed]]`: the API of the product itself, driven from its own document. */
import { spawn } from "node:child_process"
import { once } from "node:events"
import { mkdirSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createInterface } from "node:readline"
import { generateIdentity, identityToRecipient } from "age-encryption"
import { Schema } from "effect"
import { Role } from "../../contracts/account.ts"
import { drive } from "./drive.ts"

const [rounds = "100", seed = String(Date.now() % 1_000_000)] = process.argv.slice(2)

const Ready = Schema.Struct({ page: Schema.String, ownerKey: Schema.String })
const Made = Schema.Struct({ text: Schema.String })
const folder = mkdtempSync(join(tmpdir(), "wadjet-fuzz-"))
const root = join(import.meta.dirname, "../..")
mkdirSync(join(folder, "copies"))

/** Nothing outside is asked, and everything inside is there: backups, too. */
const product = spawn(join(root, "wadjet"), ["run", "--json"], {
  env: {
    ...process.env,
    PATH: `${join(root, ".cache/nats-server/bin")}:${process.env["PATH"]}`,
    WADJET_DATA: join(folder, "data"),
    WADJET_HTTP: "127.0.0.1:0",
    WADJET_EXPAND: "off",
    WADJET_FEEDS: "off",
    WADJET_BACKUP: `disk=${join(folder, "copies")}`,
    WADJET_BACKUP_RECIPIENTS: await identityToRecipient(await generateIdentity())
  },
  stdio: ["ignore", "pipe", "inherit"]
})

/** Whoever ends the run, or the product, is told of as what it is: it is no answer that is not as declared. */
const stop = new AbortController()
const ended = once(product, "exit")

/** The product does not outlive what drives it. */
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
  process.once(signal, () => {
    stop.abort(`this run was asked to end by ${signal}, perhaps because its time was over`)
    product.kill("SIGTERM")
  })

product.once("exit", (code, signal) => {
  console.log(`the product ended: ${signal ?? code}`)
  stop.abort(`the product ended (${signal ?? `code ${code}`}); what it said of that is above`)
})

const readFirst = async () => {
  for await (const line of createInterface(product.stdout)) return line
  throw new Error("expected the product to start, found that it ended")
}

const { ownerKey, page } = Schema.decodeUnknownSync(Schema.fromJsonString(Ready))(await readFirst())

const keyOf = async (role: Role) => {
  const headers = { authorization: `Bearer ${ownerKey}`, "content-type": "application/json" }
  const made = await fetch(`${page}/v1/keys`, { method: "POST", headers, body: JSON.stringify({ role }) })
  return Schema.decodeUnknownSync(Schema.fromJsonString(Made))(await made.text()).text
}
const keys: Array<string> = []
for (const role of Role.literals) keys.push(await keyOf(role))

const seen = new Set<string>()
const { findings, kinds, statuses, stopped } = await drive({
  url: page,
  keys,
  rounds: Number(rounds),
  seed: Number(seed),
  stop: stop.signal,
  // The one would call WhatsApp, the other would revoke the keys that are used here.
  only: (id) => id !== "session.link" && id !== "keys.revoke",
  onFinding: (finding) => {
    const kind = `${finding.request.split(/[?{]/)[0]} ${finding.problem}`
    if (seen.has(kind)) return
    seen.add(kind)
    console.log(JSON.stringify(finding, undefined, 1))
  }
})
const answered = [...statuses].toSorted(([a], [b]) => a - b).map(([status, count]) => `${status}: ${count}`)
console.log(`${rounds} rounds of ${kinds} kinds of requests, seed ${seed}; answers ${answered.join(", ")}`)
console.log(`${findings.length} that are not as declared, of ${seen.size} kinds`)
if (stopped !== undefined) console.log(`it was not finished: ${stopped}`)
if (findings.length > 0 || stopped !== undefined) process.exitCode = 1

product.kill("SIGTERM")
await ended
rmSync(folder, { recursive: true, force: true })
