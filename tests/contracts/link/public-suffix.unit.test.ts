import { describe, expect, it } from "vitest"
import { isTopLevel, publicSuffix, registeredDomain } from "../../../contracts/link/public-suffix.ts"

describe("the public suffix", () => {
  it.each([
    ["a.b.example.co.uk", "co.uk", "example.co.uk"],
    ["shop.example.github.io", "github.io", "example.github.io"],
    ["github.io", "github.io", null],
    ["WWW.Example.COM.", "com", "example.com"],
    ["食狮.公司.cn", "公司.cn", "食狮.公司.cn"],
    ["host.nosuchtld", "nosuchtld", "host.nosuchtld"],
    ["192.0.2.7", null, null],
    ["[2001:db8::7]", null, null],
    [".example.com", null, null],
    ["a..com", null, null],
    ["", null, null]
  ])("of %j is %j, and the registrable domain %j", (host, suffix, registrable) => {
    expect(publicSuffix(host)).toEqual({ suffix, registrable })
  })
})

describe("what registries hand out", () => {
  it("is counted without shared hosting, and nothing else is registered", () => {
    expect(registeredDomain("foo.github.io")).toBe("github.io")
    expect(registeredDomain("file.txt")).toBeNull()
    expect(isTopLevel("рф")).toBe(true)
    expect(isTopLevel("txt")).toBe(false)
  })
})
