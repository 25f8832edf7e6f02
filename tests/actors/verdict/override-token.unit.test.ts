import { describe, expect, it } from "vitest"
import { overrideToken } from "../../../actors/verdict/override-token.ts"
import { linksOf } from "../../../actors/whatsapp/sightings.ts"

const key = new Uint8Array(32)
const wrapped = "https://l.facebook.com/l.php?u=https%3A%2F%2Fevil.example%2Fx&h=AT0"

describe("an override of a link in a redirect wrapper", () => {
  it("is one of what it leads to, as it is when it is posted", () => {
    const token = overrideToken(key, "url", wrapped)
    expect(token).toBe(linksOf(key, wrapped).links[0]!.link)
    expect(token).toBe(overrideToken(key, "url", "https://evil.example/x"))
  })

  it("reaches wrapped links by the domain that they lead to, and not by the wrapper's", () => {
    const { domains } = linksOf(key, wrapped).links[0]!
    expect(domains).toContain(overrideToken(key, "domain", "evil.example"))
    expect(domains).not.toContain(overrideToken(key, "domain", "facebook.com"))
  })
})
