import { createServer } from "node:https"
import { createServer as createListener, type Socket } from "node:net"
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { askSource } from "../../../../actors/scan/sources/ask-source.ts"
import { certificate, certificateEvidence } from "../../../../actors/scan/sources/certificate.ts"
import { quotaLedger } from "../../../../actors/scan/sources/quota-ledger.ts"
import { openSqlite } from "../../../../infra/sqlite/open.ts"
import type { PeerCertificate } from "../../../../infra/guarded-client/peer-certificate.ts"
import { issue, type Issued } from "../../../loopback-whatsapp/media/self-signed.ts"
import { openOutside, outsideAddress } from "../../../infra/guarded-client/outside.ts"
import type { Zone } from "../../../infra/guarded-client/loopback-dns.ts"
import { limits } from "./service.ts"

const host = "shop.example.com"
const zone: Zone = new Map([[host, [[outsideAddress]]]])
const hourMillis = 3_600_000
const ago = (hours: number) => new Date(Date.now() - hours * hourMillis)

const authorityName = "R11/Let's Trust"
const authority = { ...issue({ hosts: [], name: authorityName }), name: authorityName }

/** Asks about a host whose server shows a certificate, and counts what the server was asked. */
const askOf = Effect.fn("askOf")(function* (shown: Issued, at = `https://${host}`) {
  let requests = 0
  const server = createServer({ cert: shown.certificate, key: shown.key }, () => requests++)
  const open = yield* openOutside(server, zone, { ca: authority.certificate })
  const ledger = quotaLedger(yield* openSqlite(":memory:", "derived"), 0)
  const ask = askSource(certificate(), open.client, ledger, limits)
  const outlook = yield* ask(`${at}:${open.port}/login?a=b`)
  return { ask, outlook, open, requests: () => requests }
})

const kindsOf = ({ evidence }: { readonly evidence: ReadonlyArray<{ readonly kind: string }> }) =>
  evidence.map(({ kind }) => kind)

describe("the certificate of a link's server", () => {
  it.live("says when it was issued today, and by whom", () =>
    Effect.gen(function* () {
      const { open, outlook, requests } = yield* askOf(
        issue({ hosts: [host], from: ago(5), by: authority, name: "leaf" })
      )
      expect(outlook).toEqual({
        evidence: [{ source: "certificate", kind: "age-1", detail: "issued 5 hours ago by Let's Trust" }],
        missing: []
      })
      expect(requests()).toBe(0)
      expect(open.counted).toEqual({ outside: 1, inside: 0 })
    })
  )

  it.live("says when it was issued this week, and nothing against one that is older", () =>
    Effect.gen(function* () {
      const leaf = (hours: number) => issue({ hosts: [host], from: ago(hours), by: authority, name: "leaf" })
      expect(kindsOf((yield* askOf(leaf(50))).outlook)).toEqual(["age-7"])
      expect((yield* askOf(leaf(24 * 40))).outlook).toEqual({ evidence: [], missing: [] })
    })
  )

  it.live("is evidence, and no fault, where nobody vouches for it", () =>
    Effect.gen(function* () {
      const selfSigned = yield* askOf(issue({ hosts: [host], from: ago(1) }))
      expect(selfSigned.outlook).toEqual({
        evidence: [{ source: "certificate", kind: "self-signed", detail: "by loopback" }],
        missing: []
      })
      expect(selfSigned.requests()).toBe(0)
      const stranger = { ...issue({ hosts: [], name: "Nobody" }), name: "Nobody" }
      expect(kindsOf((yield* askOf(issue({ hosts: [host], by: stranger, name: "leaf" }))).outlook)).toEqual([
        "untrusted"
      ])
    })
  )

  it.live("is evidence where it is for another host, or for another time", () =>
    Effect.gen(function* () {
      const other = yield* askOf(
        issue({ hosts: ["a.example.net", "b.example.net", "c.example.net"], by: authority, name: "leaf" })
      )
      expect(other.outlook.evidence).toEqual([
        {
          source: "certificate",
          kind: "name-mismatch",
          detail: "it is for a[.]example[.]net, b[.]example[.]net and others"
        }
      ])
      const expired = yield* askOf(
        issue({ hosts: [host], to: ago(24 * 12 + 1), by: authority, name: "leaf" })
      )
      expect(expired.outlook.evidence).toEqual([
        { source: "certificate", kind: "expired", detail: "12 days ago" }
      ])
      const early = yield* askOf(issue({ hosts: [host], from: ago(-48), by: authority, name: "leaf" }))
      expect(kindsOf(early.outlook)).toEqual(["not-yet-valid"])
    })
  )

  it.live("is asked for once for all links of a host, and not at all without encryption", () =>
    Effect.gen(function* () {
      const { ask, open } = yield* askOf(issue({ hosts: [host], by: authority, name: "leaf" }))
      yield* ask(`https://${host}:${open.port}/other`)
      expect(open.counted.outside).toBe(1)
      expect(yield* ask(`http://${host}:${open.port}/`)).toEqual({ evidence: [], missing: [] })
      expect(open.counted.outside).toBe(1)
    })
  )

  it.live("of an address is looked at like that of a name", () =>
    Effect.gen(function* () {
      const own = yield* askOf(
        issue({ hosts: [outsideAddress], by: authority, name: "leaf" }),
        `https://${outsideAddress}`
      )
      expect(own.outlook).toEqual({ evidence: [], missing: [] })
    })
  )

  it.live(
    "is missing where there is no such server, no TLS or no answer, and the next host is still asked",
    () =>
      Effect.gen(function* () {
        const ledger = quotaLedger(yield* openSqlite(":memory:", "derived"), 0)
        const reasonFor = Effect.fnUntraced(function* (handle: (socket: Socket) => void, name = host) {
          const open = yield* openOutside(createListener(handle), zone)
          const ask = askSource(certificate(), open.client, ledger, limits)
          const outlook = yield* ask(`https://${name}:${open.port}/`)
          expect(outlook.evidence).toEqual([])
          expect(open.counted.inside).toBe(0)
          return outlook.missing.map(({ reason, source }) => `${source}: ${reason}`)
        })
        expect(yield* reasonFor((socket) => void socket.end("220 mail.example ESMTP\r\n"))).toEqual([
          "certificate: the server speaks no TLS that this machine understands"
        ])
        expect(yield* reasonFor((socket) => void socket.destroy())).toEqual([
          "certificate: the server could not be reached"
        ])
        expect(yield* reasonFor(() => {})).toEqual(["certificate: the server did not answer in time"])
        expect(yield* reasonFor(() => {}, "gone.example.com")).toEqual([
          "certificate: the name does not exist"
        ])
        const open = yield* openOutside(createListener(), zone)
        const ask = askSource(certificate(), open.client, ledger, limits)
        for (let turn = 0; turn < 8; turn++) {
          const outlook = yield* ask(`https://gone-${turn}.example.com/`)
          expect(outlook.missing[0]!.reason).toBe("the name does not exist")
        }
      })
  )

  it.live("is not asked for inside, by any name that leads there", () =>
    Effect.gen(function* () {
      const inside: Zone = new Map([
        ["inside.example.com", [["127.0.0.1"]]],
        // Public at the first look-up and private at the second.
        ["rebinds.example.com", [[outsideAddress], ["127.0.0.1"]]]
      ])
      const shown = issue({ hosts: ["rebinds.example.com"], by: authority, name: "leaf" })
      const server = createServer({ cert: shown.certificate, key: shown.key })
      const open = yield* openOutside(server, inside, { ca: authority.certificate })
      const ledger = quotaLedger(yield* openSqlite(":memory:", "derived"), 0)
      const ask = askSource(certificate(), open.client, ledger, limits)
      for (const name of ["127.0.0.1", "localhost", "inside.example.com", "[::1]"])
        expect((yield* ask(`https://${name}:${open.port}/`)).missing).toEqual([
          { source: "certificate", reason: "the server is not visited" }
        ])
      expect((yield* ask(`https://rebinds.example.com:${open.port}/`)).missing).toEqual([])
      expect(open.counted).toEqual({ outside: 1, inside: 0 })
      expect([...open.dns.asked].filter(([name]) => name.startsWith("rebinds"))).toEqual([
        ["rebinds.example.com/1", 1],
        ["rebinds.example.com/28", 1]
      ])
    })
  )
})

describe("what a certificate says", () => {
  const now = Date.UTC(2_026, 0, 10)
  const sound: PeerCertificate = {
    validFrom: now - 40 * 24 * hourMillis,
    validTo: now + 40 * 24 * hourMillis,
    names: [host],
    issuer: "Let's Trust",
    isSelfSigned: false,
    isForHost: true,
    isTrusted: true
  }

  it("is nothing where all is in order", () => {
    expect(certificateEvidence(sound, now)).toEqual([])
  })

  it("is short, in one line and not clickable, whatever strangers wrote into it", () => {
    const issuer = `evil.example.com\n\u202Emoc.elgoog ${"x".repeat(500)}`
    const [evidence] = certificateEvidence({ ...sound, isTrusted: false, issuer }, now)
    expect(evidence!.kind).toBe("untrusted")
    expect(evidence!.detail!.length).toBeLessThan(100)
    expect(evidence!.detail).not.toMatch(/\n|\u202E|example\.com/)
    expect(evidence!.detail).toContain("evil[.]example[.]com")
  })

  it("is its faults alone where it has some, and not its age", () => {
    const fresh = { ...sound, validFrom: now - hourMillis, isForHost: false }
    expect(certificateEvidence(fresh, now).map(({ kind }) => kind)).toEqual(["name-mismatch"])
  })
})
