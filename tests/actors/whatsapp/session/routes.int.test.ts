/** The session over HTTP: its state, linking by the live stream, unlinking, and who may. */
import { Effect, Exit, Scope } from "effect"
import { expect, test } from "vitest"
import { accountsFile, openAccounts } from "../../../../actors/admin/accounts.ts"
import { runSystem } from "../../../../actors/operator/run-system.ts"
import { defaultPacing } from "../../../../actors/whatsapp/pacing/limits.ts"
import type { Role } from "../../../../contracts/account.ts"
import { startLoopbackWhatsApp } from "../../../loopback-whatsapp/index.ts"
import { temporaryFolder } from "./whole.ts"

const startWhole = async (folder: string, seed: number) => {
  const whatsApp = await startLoopbackWhatsApp({ seed })
  const scope = Effect.runSync(Scope.make())
  const system = await Effect.runPromise(
    Scope.provide(
      runSystem({
        dataFolder: folder,
        pacing: defaultPacing,
        http: { host: "127.0.0.1", port: 0 },
        whatsApp: true,
        around: { whatsAppServer: whatsApp.url },
        say: () => Effect.void
      }),
      scope
    )
  )
  const keyOf = (role: Role) =>
    Effect.runPromise(
      Effect.scoped(
        Effect.gen(function* () {
          const accounts = yield* openAccounts(`${folder}/${accountsFile}`)
          return (yield* accounts.createKey({ role })).text
        })
      )
    )
  const url = system.page?.url ?? ""
  const ask = async (key: string, path: string, body?: unknown) => {
    const response = await fetch(`${url}${path}`, {
      headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
      ...(body === undefined ? {} : { method: "POST", body: JSON.stringify(body) })
    })
    return { status: response.status, body: (await response.json()) as Record<string, unknown> }
  }
  const close = async () => {
    await Effect.runPromise(Scope.close(scope, Exit.void))
    await whatsApp.close()
  }
  return { whatsApp, url, keyOf, ask, close }
}

interface Live {
  readonly live: string
  readonly text?: string
  readonly svg?: string
  readonly state?: { readonly state: string }
}

/** What the live stream tells, one after the other. */
async function* watch(url: string, key: string, signal: AbortSignal): AsyncGenerator<Live> {
  const response = await fetch(`${url}/v1/session/live`, {
    headers: { authorization: `Bearer ${key}` },
    signal
  })
  let rest = ""
  for await (const text of response.body!.pipeThrough(new TextDecoderStream())) {
    rest += text
    for (let end = rest.indexOf("\n\n"); end >= 0; end = rest.indexOf("\n\n")) {
      const frame = rest.slice(0, end)
      rest = rest.slice(end + 2)
      if (frame.startsWith("data: ")) yield JSON.parse(frame.slice(6)) as Live
    }
  }
}

test("an owner links and unlinks a number over HTTP; others may only look", async () => {
  using folder = temporaryFolder()
  const { ask, close, keyOf, url, whatsApp } = await startWhole(folder.path, 70)
  try {
    const me = whatsApp.account({ number: "5511900000001", name: "Owner" })
    const owner = await keyOf("owner")
    const viewer = await keyOf("viewer")
    expect((await ask(viewer, "/v1/session")).body).toMatchObject({ session: { state: "unlinked" } })
    expect((await ask(viewer, "/v1/session/link", { method: "qr", riskAccepted: true })).status).toBe(403)
    expect((await ask(viewer, "/v1/session/live")).status).toBe(403)
    const careless = await ask(owner, "/v1/session/link", { method: "qr", riskAccepted: false })
    expect([careless.status, String(careless.body["detail"])]).toEqual([
      400,
      expect.stringContaining("unofficial client")
    ])

    const abort = new AbortController()
    const seen: Array<string> = []
    const pictures: Array<string> = []
    const linked = (async () => {
      for await (const it of watch(url, owner, abort.signal)) {
        seen.push(it.state === undefined ? it.live : it.state.state)
        if (it.live === "qr") {
          pictures.push(it.svg ?? "")
          await me.scanQr(it.text!)
        }
        if (it.state?.state === "open") return
      }
    })()
    expect((await ask(owner, "/v1/session/link", { method: "qr", riskAccepted: true })).status).toBe(200)
    await linked
    abort.abort()
    expect(seen[0]).toBe("unlinked")
    expect(seen).toContain("qr")
    expect(pictures[0]).toContain("<svg")
    expect((await ask(viewer, "/v1/session")).body).toMatchObject({ session: { state: "open" } })
    const ready = (await (await fetch(`${url}/readyz`)).json()) as { readonly checks: ReadonlyArray<unknown> }
    expect(ready.checks).toContainEqual({
      name: "whatsapp",
      ok: true,
      detail: expect.stringMatching(/^open since /u)
    })
    expect((await ask(owner, "/v1/session/link", { method: "qr", riskAccepted: true })).status).toBe(409)
    expect((await ask(viewer, "/v1/session/unlink", {})).status).toBe(403)
    expect((await ask(owner, "/v1/session/unlink", {})).status).toBe(200)
    expect((await ask(viewer, "/v1/session")).body).toMatchObject({ session: { state: "unlinked" } })
    expect((await ask(owner, "/v1/session/unlink", {})).status).toBe(404)
  } finally {
    await close()
  }
}, 120_000)

test("a system that does not connect to WhatsApp says so", async () => {
  using folder = temporaryFolder()
  const scope = Effect.runSync(Scope.make())
  const system = await Effect.runPromise(
    Scope.provide(
      runSystem({
        dataFolder: folder.path,
        pacing: defaultPacing,
        http: { host: "127.0.0.1", port: 0 },
        say: () => Effect.void
      }),
      scope
    )
  )
  const key = system.page?.firstKey?.text ?? ""
  const response = await fetch(`${system.page?.url}/v1/session`, {
    headers: { authorization: `Bearer ${key}` }
  })
  expect(await response.json()).toMatchObject({ session: null })
  await Effect.runPromise(Scope.close(scope, Exit.void))
}, 120_000)
