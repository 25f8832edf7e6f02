import { describe, expect, it } from "vitest"
import { classify } from "../../../actors/scan/classify.ts"

const levelOf = (url: string) => {
  const found = classify(url)
  return "error" in found ? found.error : found.level
}

describe("a link classified from its URL alone", () => {
  it.each([
    "https://xn--pypal-4ve.com/",
    "http://paypal.com.account-verify.top/login.php",
    "http://192.0.2.7/www.bank.com/login.html"
  ])("%s is malicious", (url) => {
    expect(levelOf(url)).toBe("malicious")
  })

  it.each([
    "https://www.paypal.com/signin",
    "https://bit.ly/abc",
    "https://youtu.be/abc",
    "https://chat.whatsapp.com/AbCdEf",
    "https://example.github.io/blog/",
    "https://account.example.com/settings/password",
    "http://www.example.org/"
  ])("%s is benign", (url) => {
    expect(levelOf(url)).toBe("benign")
  })

  it("carries its evidence with weights", () => {
    expect(classify("http://192.0.2.7/")).toMatchObject({
      evidence: expect.arrayContaining([
        expect.objectContaining({ kind: "ip-literal", weight: expect.any(Number) })
      ])
    })
  })

  it("is not trusted for standing on a brand's ground that strangers fill", () => {
    const owned = expect.arrayContaining([expect.objectContaining({ source: "brand", kind: "owned" })])
    expect(classify("https://myaccount.google.com/")).toMatchObject({ evidence: owned })
    expect(classify("https://sites.google.com/view/a")).not.toMatchObject({ evidence: owned })
  })

  it("has the older scanner's score under its rule set", () => {
    expect(classify("http://192.0.2.7:81/setup.exe", "classic")).toMatchObject({
      level: "suspicious",
      score: 6
    })
  })

  it("is refused with a reason when it is no URL", () => {
    expect(classify("nonsense")).toEqual({ error: expect.stringContaining("scheme") })
  })
})
