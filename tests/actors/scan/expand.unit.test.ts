import { describe, expect, it } from "vitest"
import { combined } from "../../../actors/scan/both-ends.ts"
import { localEvidence } from "../../../actors/scan/classify.ts"
import { evidenceName } from "../../../actors/scan/evidence.ts"
import { trailOutlook } from "../../../actors/scan/expand/trail-outlook.ts"
import { score } from "../../../actors/scan/rules/rule-set.ts"
import { wadjet } from "../../../actors/scan/rules/wadjet.ts"
import type { End, Hop, Trail } from "../../../infra/guarded-client/follow.ts"

const trail = (urls: ReadonlyArray<string>, end: End = { kind: "arrived" }): Trail => ({
  hops: urls.map((url, at): Hop => ({ url, by: at === 0 ? "asked" : "location" })),
  end
})

const namesOf = (found: Trail) => trailOutlook(found).evidence.map(evidenceName)

describe("the way a link leads", () => {
  it("says nothing where it stays within one registered domain", () => {
    expect(
      namesOf(trail(["http://example.com/", "https://www.example.com/", "https://www.example.com/en"]))
    ).toEqual([])
  })

  it("speaks against a link that leads to another site than it names", () => {
    const found = trailOutlook(trail(["https://bit.ly/x", "https://example.net/login"]))
    expect(found.evidence).toEqual([
      { source: "redirects", kind: "final-host-mismatch", detail: "example[.]net" }
    ])
    expect(found.end).toBe("https://example.net/login")
    expect(found.hops?.map(({ url }) => url)).toEqual(["https://bit.ly/x", "https://example.net/login"])
  })

  it("speaks against long chains, endless ones and circles", () => {
    const urls = Array.from({ length: 5 }, (_, at) => `https://example.com/${at}`)
    expect(namesOf(trail(urls))).toEqual(["redirects.long-chain"])
    expect(namesOf(trail(urls.slice(0, 4)))).toEqual([])
    expect(namesOf(trail(urls.slice(0, 2), { kind: "too-many-hops" }))).toEqual(["redirects.long-chain"])
    expect(namesOf(trail(urls.slice(0, 2), { kind: "loop" }))).toEqual(["redirects.loop"])
  })

  it("speaks against a redirect to a refused address, and shows it so that nobody can click it", () => {
    const end: End = { kind: "refused", rule: "address", reason: "127.0.0.0/8 is loopback" }
    const { evidence, missing } = trailOutlook(trail(["https://example.com/", "http://127.0.0.1/admin"], end))
    expect(evidence).toEqual([{ source: "redirects", kind: "refused-address", detail: "127[.]0[.]0[.]1" }])
    expect(missing).toEqual([])
  })

  it("is missing evidence where the link itself is refused, or leads out of the web", () => {
    const refused: End = { kind: "refused", rule: "address", reason: "10.0.0.0/8 is private use" }
    expect(trailOutlook(trail(["http://10.0.0.1/"], refused))).toMatchObject({
      evidence: [],
      missing: [{ source: "redirects", reason: "not visited: 10.0.0.0/8 is private use" }]
    })
    const app: End = {
      kind: "refused",
      rule: "scheme",
      reason: "only http and https are asked for, found intent:"
    }
    const found = trailOutlook(trail(["https://example.com/", "intent://scan/#Intent;end"], app))
    expect(found.missing).toHaveLength(1)
    expect(found.end).toBeUndefined()
  })

  it.each(["no-such-name", "unresolved", "unreachable", "tls", "timeout", "malformed"] as const)(
    "is missing evidence, and never clean, where it breaks off: %s",
    (fault) => {
      const { missing } = trailOutlook(
        trail(["https://example.com/", "https://example.com/b"], { kind: "failed", fault })
      )
      expect(missing).toEqual([{ source: "redirects", reason: expect.stringContaining("after 1 redirects") }])
    }
  )
})

describe("a link and what it leads to", () => {
  const judged = (from: string, to: string) =>
    score(wadjet, combined(localEvidence(from), trailOutlook(trail([from, to]))))

  it("is judged by the worse of its ends", () => {
    const bad = "http://192.0.2.7/paypal.com/login.exe"
    const alone = score(wadjet, localEvidence("https://bit.ly/abc"))
    expect(alone.level).toBe("benign")
    expect(judged("https://bit.ly/abc", bad).level).toBe("malicious")
    expect(judged(bad, "https://www.google.com/").level).toBe("malicious")
  })

  it("gains nothing from a good name at one end only", () => {
    const names = (from: string, to: string) => judged(from, to).reasons.map(evidenceName)
    expect(names("https://www.paypal.com/redirect", "https://example.net/")).not.toContain("brand.owned")
    expect(names("https://example.net/", "https://www.paypal.com/")).not.toContain("brand.owned")
    expect(names("https://www.paypal.com/a", "https://www.paypal.com/b")).toContain("brand.owned")
  })

  it("counts the same evidence once", () => {
    const from = "http://192.0.2.7/a.exe"
    const reasons = judged(from, "http://192.0.2.8/b.exe").reasons.map(evidenceName)
    expect(new Set(reasons).size).toBe(reasons.length)
  })

  it("counts what a source says of both of its ends once, also before it is known to lead anywhere", () => {
    const young = { source: "certificate", kind: "age-1" }
    const outlook = { evidence: [young, young], missing: [] }
    expect(combined([], outlook)).toEqual([young])
    expect(
      combined([], { ...outlook, end: "https://example.net/" }).filter((it) => it.source === "certificate")
    ).toEqual([young])
  })
})
