import { execFile } from "node:child_process"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { expect, test } from "vitest"
import { startSession, temporaryFolder } from "../actors/whatsapp/session/whole.ts"
import { startLoopbackWhatsApp } from "../loopback-whatsapp/index.ts"

const script = fileURLToPath(new URL("repeated-id.ts", import.meta.url))
const preload = new URL("../loopback-whatsapp/preload.ts", import.meta.url).href

test("the check of repeated ids runs to its end, and tells what the server said", async () => {
  using folder = temporaryFolder()
  const whatsApp = await startLoopbackWhatsApp({ seed: 71 })
  const me = whatsApp.account({ number: "5511900000001", name: "Owner" })
  const ana = whatsApp.contact({ number: "5511988887777", name: "Ana" })
  const session = await startSession({ folder: folder.path, server: whatsApp.url })
  await session.link("qr")
  await me.scanQr(await session.code("qr"))
  await session.fact("session.opened")
  await me.connected()
  await session.close()

  const { stdout } = await promisify(execFile)(
    process.execPath,
    [`--import=${preload}`, script, "--data", folder.path, "--to", "5511988887777"],
    { env: { ...process.env, ...whatsApp.environment } }
  )
  expect(stdout).toContain("The same id and the same words, twice:")
  expect(stdout.match(/"one id, [a-z ]+": taken/gu)).toHaveLength(4)
  expect(ana.screen().map(({ text }) => text)).toEqual(["one id, sent twice", "one id, first words"])
  await whatsApp.close()
})

test("the check says what it needs, and sends nothing", async () => {
  using folder = temporaryFolder()
  const attempt = (...args: ReadonlyArray<string>) =>
    promisify(execFile)(process.execPath, [script, "--data", folder.path, ...args])
  await expect(attempt()).rejects.toMatchObject({ stderr: expect.stringContaining("expected --to") })
  await expect(attempt("--to", "5511988887777")).rejects.toMatchObject({
    stderr: expect.stringContaining("no session.db")
  })
})
