import { describe, expect, it } from "@effect/vitest"
import { readSources } from "./sources.ts"

/** Whatever of Node, Effect and our dependencies can open a connection, as it is written in a source. */
const waysOut: ReadonlyArray<readonly [way: string, written: RegExp]> = [
  ["undici", /import (?!type)[^"]*from "undici|import\(\s*"undici/],
  [
    "a socket of Node's",
    /import (?!type)[^"]*from "node:(?:net|tls|dgram|http|https|http2)"|(?:import|getBuiltinModule|require)\(\s*"node:(?:net|tls|dgram|http2?|https)"/
  ],
  ["the DNS", /import (?!type)[^"]*from "node:dns|import\(\s*"node:dns/],
  [
    "fetch, a WebSocket or server-sent events",
    /(?<![.\w])(?:globalThis\.)?fetch\(|new (?:WebSocket|EventSource)\(/
  ],
  [
    "an HTTP client of Effect's",
    /"effect\/(?:http\/(?:HttpClient|Fetch)|socket|net)|platform-node\/(?:NodeHttpClient|NodeSocket)/
  ],
  ["another program", /from "node:child_process"/],
  ["NATS", /import \{[^}]*\bconnect\b[^}]*\} from "@nats-io\/transport-node"/],
  ["e-mail", /(?:from|import\()\s*"nodemailer"/],
  ["Baileys", /import\("@whiskeysockets\/baileys"\)|import (?!type)[^"]*from "@whiskeysockets\/baileys"/]
]

/** Every file that opens one, and to what: scanning has the guarded client, and nothing else. */
const mayLeave: Readonly<Record<string, string>> = {
  "infra/guarded-client/load-undici.ts": "what links and sources name, guarded",
  "infra/guarded-client/resolve-name.ts": "the machine's name servers",
  "infra/nats/connection.ts": "the NATS server of the settings",
  "actors/operator/external-server.ts": "the NATS server of the settings, to look at it",
  "infra/nats-server/child.ts": "Wadjet's own NATS server",
  "actors/operator/verify-beside.ts":
    "Wadjet itself, checking a place for backups in a process that gives way",
  "infra/sqlite/aside/run-aside.ts":
    "Wadjet itself, working on a database file in a process that can be killed",
  "infra/nats-server/run-command.ts": "apt, where the NATS server is taken from Debian",
  "infra/nats-server/fetch-release.ts": "the release of the NATS server, by its digest",
  "actors/operator/alerts/ways.ts": "where the operator wants alerts",
  "actors/operator/doctor/service-checks.ts": "Wadjet's own API",
  "actors/operator/doctor/session-check.ts": "Wadjet's own API",
  "actors/admin/server.ts": "nowhere: it listens",
  "actors/admin/known-hosts.ts": "nowhere: it tells addresses from names",
  "actors/whatsapp/session/load-baileys.ts": "WhatsApp",
  "contracts/link/ip-literal.ts": "nowhere: it tells addresses from names"
}

const product = readSources("contracts", "actors", "projections", "infra").filter(
  ({ path }) => !path.endsWith(".d.ts")
)

const leavesBy = (text: string): ReadonlyArray<string> =>
  waysOut.filter(([, written]) => written.test(text)).map(([way]) => way)

describe("connections to the outside", () => {
  it("are opened by the guarded client, and by what the operator configured", () => {
    const leaving = product.filter(({ text }) => leavesBy(text).length > 0).map(({ path }) => path)
    expect(leaving.filter((path) => mayLeave[path] === undefined)).toEqual([])
    expect(Object.keys(mayLeave).filter((path) => !leaving.includes(path))).toEqual([])
  })

  it("are seen however they are written", () => {
    for (const text of [
      'import { request } from "undici"',
      'const { Agent } = await import("undici")',
      'import { connect } from "node:net"',
      'import * as tls from "node:tls"',
      'const { get } = process.getBuiltinModule("node:http")',
      'import { Resolver } from "node:dns/promises"',
      "const answer = await fetch(url)",
      "new WebSocket(url)",
      'import * as HttpClient from "effect/http/HttpClient"',
      'import * as Dns from "effect/net/Dns"',
      'import { spawn } from "node:child_process"'
    ])
      expect([text, leavesBy(text).length]).toEqual([text, 1])
    for (const text of ['import type { Socket } from "node:net"', "client.fetch(url)", "prefetch(url)"])
      expect([text, leavesBy(text)]).toEqual([text, []])
  })

  it("have no exemption from the guard in the product", () => {
    const exempting = product
      .filter(({ path }) => !path.startsWith("infra/guarded-client/"))
      .filter(({ text }) => /\bexempt\b|makeGuardedClient\((?!\))/.test(text))
      .map(({ path }) => path)
    expect(exempting).toEqual([])
    const made = product.filter(({ text }) => text.includes("makeGuardedClient()")).map(({ path }) => path)
    // Without an argument, by those who compose the system.
    expect(
      made.filter((path) => !/^(?:infra\/guarded-client\/client|actors\/operator\/.*)\.ts$/.test(path))
    ).toEqual([])
    expect(made).toContain("infra/guarded-client/client.ts")
  })

  it("have none in the thread that asks about links: its entry is the product's own, with the product's own client", () => {
    const opening = "actors/scan/outside-thread/start-thread.ts"
    const entry = "actors/scan/outside-thread/worker.ts"
    const naming = (word: RegExp) => product.filter(({ text }) => word.test(text)).map(({ path }) => path)
    expect(naming(/\bserveOutside\(/)).toEqual([entry])
    expect(product.find(({ path }) => path === entry)?.text).toMatch(
      /serveOutside\(Effect\.map\(Layer\.build\(guardedClient\), /
    )
    // How a test has another entry is named where it is declared, and by nobody who could pass it on.
    expect(naming(/\blaunch\b.*=>.*Launched|launchOwn/)).toEqual([opening])
    expect(naming(/openOutsideThread\([^]*?\blaunch\b/)).toEqual([])
    expect(
      naming(/outside-thread\/worker\.ts|"\.\/worker\.ts"/).filter((path) => path.includes("outside"))
    ).toEqual([opening])
  })
})
