import { describe, expect, it } from "vitest"
import { english } from "../../../actors/verdict/languages/en.ts"
import { plainReason } from "../../../actors/verdict/reasons.ts"

const wordsFor = (name: string, detail: string | null = null): string | undefined => {
  const [source = "", kind = ""] = name.split(".")
  return plainReason({ source, kind, detail }, english)
}

describe("the reasons that a chat is given", () => {
  it("say whom a page imitates, so that nobody can click it", () => {
    expect(wordsFor("page.brand-login", "paypal.com")).toBe(
      "its page asks for secrets in another's name (\u2068paypal[.]com\u2069)"
    )
    expect(wordsFor("page.brand-login")).toBe("its page asks for secrets in another's name")
  })

  it("know a look-alike of every kind that the log has ever had", () => {
    expect(wordsFor("look-alike.ascii-swap", "looks like paypal.com")).toBe(
      "it imitates another name (\u2068looks like paypal[.]com\u2069)"
    )
  })
})
