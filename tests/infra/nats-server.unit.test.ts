import { describe, expect, it } from "vitest"
import { debianMirror, parseDeb822, parseOneLineSources } from "../../infra/nats-server/apt-sources.ts"
import { renderConfig } from "../../infra/nats-server/config.ts"
import { NatsServerMissing } from "../../infra/nats-server/ensure.ts"
import { explainEnding } from "../../infra/nats-server/errors.ts"
import { aptReason } from "../../infra/nats-server/fetch-debian.ts"
import { releasePlatform } from "../../infra/nats-server/fetch-release.ts"
import { compareVersions, isRecentEnough, parseVersion } from "../../infra/nats-server/version.ts"

const version = (text: string) => parseVersion(text)!

describe("a nats-server version", () => {
  it("is read from what the server and its greeting say", () => {
    expect(parseVersion("nats-server: v2.15.1")).toEqual({ major: 2, minor: 15, patch: 1, preRelease: "" })
    expect(parseVersion("2.14.0-RC.1")?.preRelease).toBe("RC.1")
    expect(parseVersion("nats-server: unknown")).toBeUndefined()
  })

  it("is ordered by number and not by letter, with a pre-release before its release", () => {
    const ordered = ["2.9.10", "2.14.0-RC.2", "2.14.0-RC.10", "2.14.0", "2.14.1", "2.15.1", "3.0.0"]
    const sorted = ordered.toReversed().toSorted((a, b) => compareVersions(version(a), version(b)))
    expect(sorted).toEqual(ordered)
  })

  it("is recent enough from 2.14.0 on", () => {
    expect(["2.14.0", "2.15.1", "3.0.0"].map((text) => isRecentEnough(version(text)))).not.toContain(false)
    expect(["2.9.10", "2.13.9", "2.14.0-RC.1"].map((text) => isRecentEnough(version(text)))).not.toContain(
      true
    )
  })
})

/** As Debian 12's container image ships it, comments between the fields included. */
const deb822 = `Types: deb
# a snapshot of the archive
URIs: http://mirror.example/debian
Suites: bookworm bookworm-updates
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Types: deb
URIs: http://mirror.example/debian-security
Suites: bookworm-security
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
`

describe("the Debian mirror that apt is configured for", () => {
  it("is read from deb822 stanzas", () => {
    expect(parseDeb822(deb822).map(({ suite, uri }) => [uri, suite])).toEqual([
      ["http://mirror.example/debian", "bookworm"],
      ["http://mirror.example/debian", "bookworm-updates"],
      ["http://mirror.example/debian-security", "bookworm-security"]
    ])
  })

  it("is read from deb822 fields that go over several lines, and not from what is switched off", () => {
    const folded =
      "Types: deb deb-src\nURIs:\n http://one.example/d\n http://two.example/d\nSuites: sid\nComponents: main\n"
    expect(parseDeb822(folded).map(({ uri }) => uri)).toEqual([
      "http://one.example/d",
      "http://two.example/d"
    ])
    expect(parseDeb822(`${folded}Enabled: no\n`)).toEqual([])
    expect(parseDeb822(folded.replace("deb deb-src", "deb-src"))).toEqual([])
  })

  it("is read from lines, with and without options", () => {
    const lines = `# deb http://old.example/debian bookworm main
deb http://mirror.example/debian bookworm main contrib # note
deb [arch=amd64 signed-by=/usr/share/keyrings/k.gpg] https://other.example/debian sid main
deb-src http://mirror.example/debian bookworm main`
    expect(parseOneLineSources(lines)).toEqual([
      {
        uri: "http://mirror.example/debian",
        suite: "bookworm",
        components: ["main", "contrib"],
        signedBy: undefined
      },
      {
        uri: "https://other.example/debian",
        suite: "sid",
        components: ["main"],
        signedBy: "/usr/share/keyrings/k.gpg"
      }
    ])
  })

  it("is the archive proper, not the security archive and not somebody's own", () => {
    const own = parseOneLineSources("deb [signed-by=/etc/own.gpg] https://own.example/apt stable main")
    const [security, ...rest] = parseDeb822(deb822).toReversed()
    expect(debianMirror([...own, security!, ...rest])?.uri).toBe("http://mirror.example/debian")
    expect(debianMirror([security!])).toBeUndefined()
    expect(debianMirror(parseOneLineSources("deb cdrom:[Debian]/ bookworm main"))).toBeUndefined()
  })

  it("has its refusals told without apt's progress lines", () => {
    expect(aptReason("Ign:1 x forky InRelease\nErr:2 x forky Release\nReading…\nE: no Release file.")).toBe(
      "Err:2 x forky Release E: no Release file."
    )
  })
})

describe("the server's configuration", () => {
  const settings = {
    folder: "/srv/wadjet data/nats",
    serverName: "wadjet-1",
    port: -1,
    users: [{ user: "wadjet", password: 'a"b\\c' }],
    fileStoreMaxBytes: 10
  }

  it("syncs every append unless it is told an interval", () => {
    expect(renderConfig(settings)).toContain("sync_interval: always")
    expect(renderConfig({ ...settings, syncIntervalMs: 250 })).toContain('sync_interval: "250ms"')
  })

  it("listens on the loopback address alone, for clients alone", () => {
    const config = renderConfig(settings)
    expect(config).toContain('host: "127.0.0.1"')
    for (const listener of ["http", "https", "cluster", "leafnodes", "gateway", "websocket", "mqtt"]) {
      expect(config).not.toMatch(new RegExp(`^\\s*${listener}\\w*\\s*[:{]`, "m"))
    }
  })

  it("quotes what could end a value", () => {
    expect(renderConfig(settings)).toContain('password: "a\\"b\\\\c"')
    expect(renderConfig(settings)).toContain('store_dir: "/srv/wadjet data/nats/store"')
  })

  it("gives a user only what it declares", () => {
    const permissions = { publish: ["evt.a.>"], subscribe: ["_INBOX.scan.>"] }
    expect(renderConfig({ ...settings, users: [{ user: "scan", password: "x", permissions }] })).toContain(
      '{ user: "scan", password: "x", permissions: { publish: ["evt.a.>"], subscribe: ["_INBOX.scan.>"] } }'
    )
  })
})

const explain = (lastWords: string, wasReady = false) =>
  explainEnding({
    ending: "code 1",
    lastWords,
    port: 4222,
    folder: "/d/nats",
    logFile: "/d/nats/log",
    wasReady
  })

describe("a server that ended", () => {
  it("says which port is taken", () => {
    const failure = explain(
      '[9] 2026/01/01 00:00:00.1 [FTL] Error listening on port: "listen tcp 127.0.0.1:4222: bind: address already in use"'
    )
    expect(failure.reason).toBe("port-in-use")
    expect(failure.message).toContain("127.0.0.1:4222")
  })

  it("says that the disk is full", () => {
    const failure = explain(
      "[9] 2026/01/01 00:00:00.1 [ERR] JetStream failed to store: no space left on device",
      true
    )
    expect(failure.reason).toBe("disk-full")
    expect(failure.message).toContain("Free some space")
  })

  it("says which folder cannot be used", () => {
    const failure = explain(
      "[9] 2026/01/01 00:00:00.1 [FTL] Can't start JetStream: storage directory is not writable"
    )
    expect(failure.reason).toBe("folder-unusable")
    expect(failure.message).toContain("/d/nats")
  })

  it("repeats its last words when they mean nothing to us", () => {
    expect(explain("nats-server: Parse error on line 3").message).toContain("Parse error on line 3")
    expect(explain("", true).reason).toBe("died")
  })
})

it("says every way that was tried when there is no server, and what to do", () => {
  const { message } = new NatsServerMissing({
    dataFolder: "/d",
    tried: ["/usr/bin/nats-server is version 2.9.10"]
  })
  expect(message).toContain("2.14.0 or newer")
  expect(message).toContain("version 2.9.10")
  expect(message).toContain("/d/bin/nats-server")
  expect(message).toContain("WADJET_NATS_URL")
})

it("names this machine as the releases do", () => {
  expect(releasePlatform("linux", "x64")).toBe("linux-amd64")
  expect(releasePlatform("darwin", "arm64")).toBe("darwin-arm64")
})
