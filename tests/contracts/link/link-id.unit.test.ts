import { createHmac } from "node:crypto"
import { describe, expect, it } from "vitest"
import { linkId, publicLinkKey } from "../../../contracts/link/link-id.ts"

describe("a link id", () => {
  const id = linkId(publicLinkKey, "https://example.com/")

  it("is the first 160 bits of a keyed hash of the canonical URL", () => {
    expect(id).toMatch(/^[0-9a-f]{40}$/)
    expect(
      createHmac("sha256", new Uint8Array(32)).update("https://example.com/").digest("hex").startsWith(id)
    ).toBe(true)
  })

  it("tells nothing without the key", () => {
    expect(linkId(new Uint8Array(32).fill(1), "https://example.com/")).not.toBe(id)
  })
})
