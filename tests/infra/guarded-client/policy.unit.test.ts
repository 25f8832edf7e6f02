import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { addressBytes, addressText } from "../../../infra/guarded-client/address-bytes.ts"
import { judgeAddress } from "../../../infra/guarded-client/judge-address.ts"
import { judgeUrl } from "../../../infra/guarded-client/judge-url.ts"
import { specialIpv4, specialIpv6 } from "../../../infra/guarded-client/special-ranges.ts"

const ruleOf = (url: string): string => {
  const judged = judgeUrl(url)
  return judged.allowed ? "allowed" : judged.rule
}

/** Every spelling of an IPv4 address that a URL may hold it in. */
const spellings = (bytes: ReadonlyArray<number>): ReadonlyArray<string> => {
  const [a, b, c, d] = bytes as [number, number, number, number]
  const number = ((a * 256 + b) * 256 + c) * 256 + d
  const hex = (value: number) => `0x${value.toString(16)}`
  const octal = (value: number) => `0${value.toString(8)}`
  return [
    bytes.join("."),
    `${bytes.join(".")}.`,
    String(number),
    hex(number),
    octal(number),
    bytes.map(hex).join("."),
    bytes.map(octal).join("."),
    `${a}.${(b * 256 + c) * 256 + d}`,
    `${a}.${b}.${c * 256 + d}`,
    `[::ffff:${bytes.join(".")}]`,
    `[0:0:0:0:0:ffff:${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}]`,
    bytes.join(".").replaceAll(/\d/g, (digit) => String.fromCodePoint(0xff_10 + Number(digit))),
    bytes.join("。"),
    bytes.join(".").replaceAll(/\d/g, (digit) => `%3${digit}`)
  ]
}

/** Spellings of tunnels to an IPv4 address, which are refused whatever it is. */
const tunnels = (bytes: ReadonlyArray<number>): ReadonlyArray<string> => {
  const [a, b, c, d] = bytes as [number, number, number, number]
  const pair = (x: number, y: number) => ((x << 8) | y).toString(16)
  const [high, low] = [pair(a, b), pair(c, d)]
  return [
    `[::${bytes.join(".")}]`,
    `[64:ff9b::${high}:${low}]`,
    `[64:ff9b:1::${high}:${low}]`,
    `[2002:${high}:${low}::1]`,
    `[2001:0:4136:e378:8000:63bf:${(0xff_ff ^ ((a << 8) | b)).toString(16)}:${(0xff_ff ^ ((c << 8) | d)).toString(16)}]`,
    `[2606:4700::5efe:${high}:${low}]`,
    `[2606:4700::200:5efe:${high}:${low}]`,
    `[::ffff:0:${high}:${low}]`
  ]
}

const publicV4 = [8, 8, 4, 4]

describe("the address policy", () => {
  it("refuses the first and the last address of every special range, in every spelling", () => {
    for (const [cidr] of specialIpv4) {
      const [text, bits] = cidr.split("/") as [string, string]
      const first = [...addressBytes(text)!]
      const hostBits = 32 - Number(bits)
      const last = first.map(
        (byte, at) => byte | (hostBits > (3 - at) * 8 ? 2 ** Math.min(8, hostBits - (3 - at) * 8) - 1 : 0)
      )
      for (const bytes of [first, last])
        for (const spelling of [...spellings(bytes), ...tunnels(bytes)])
          expect([spelling, ruleOf(`http://${spelling}/`)]).toEqual([spelling, "address"])
    }
    for (const [cidr] of specialIpv6)
      expect([cidr, ruleOf(`http://[${cidr.split("/")[0]}]/`)]).toEqual([cidr, "address"])
  })

  it("allows a public address in every spelling but those of tunnels", () => {
    for (const spelling of spellings(publicV4))
      expect([spelling, judgeUrl(`http://${spelling}/`)]).toEqual([
        spelling,
        { allowed: true, reason: "a public address", address: "8.8.4.4" }
      ])
    for (const spelling of tunnels(publicV4))
      expect([spelling, ruleOf(`http://${spelling}/`)]).toEqual([spelling, "address"])
  })

  it("allows what lies just outside of a special range", () => {
    for (const address of [
      "9.255.255.255",
      "11.0.0.0",
      "100.63.255.255",
      "100.128.0.0",
      "172.15.255.255",
      "172.32.0.0"
    ])
      expect([address, judgeAddress(address).allowed]).toEqual([address, true])
    for (const address of [
      "2001:200::1",
      "2001:db7:ffff::1",
      "2001:db9::1",
      "2003::1",
      "3ffe:ffff::1",
      "3fff:1000::1"
    ])
      expect([address, judgeAddress(address).allowed]).toEqual([address, true])
  })

  it("takes an address with or without brackets, and nothing that is more than an address", () => {
    expect(judgeAddress("[2606:4700::1111]").allowed).toBe(true)
    expect(judgeAddress("2606:4700::1111").address).toBe("2606:4700::1111")
    for (const text of [
      "fe80::1%eth0",
      "8.8.8.8:80",
      "8.8.8.8/32",
      "x@8.8.8.8",
      "8.8.8.8#",
      "",
      "example.com",
      "256.1.1.1"
    ])
      expect([text, judgeAddress(text).allowed]).toEqual([text, false])
  })

  it("reads back every address that it writes", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array({ minLength: 4, maxLength: 4 }),
          fc.uint8Array({ minLength: 16, maxLength: 16 })
        ),
        (bytes) => {
          expect([...addressBytes(addressText(bytes))!]).toEqual([...bytes])
        }
      )
    )
  })

  it("never allows an IPv6 address outside of global unicast, IPv4-mapped ones aside", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), (bytes) => {
        const isMapped =
          bytes.slice(0, 10).every((byte) => byte === 0) && bytes[10] === 255 && bytes[11] === 255
        const allowed = !isMapped && judgeAddress(addressText(bytes)).allowed
        expect(allowed && bytes[0]! >> 5 !== 1).toBe(false)
      })
    )
  })
})

describe("the name policy", () => {
  it.each([
    "localhost",
    "LOCALHOST.",
    "a.localhost",
    "printer.local",
    "metadata.google.internal",
    "router.home.arpa",
    "metadata",
    "intranet",
    "nas.lan",
    "x.onion",
    "site.test",
    "a..com",
    "localtest.me",
    "deep.lvh.me",
    "10.0.0.1.nip.io",
    "a.127.0.0.1.example.com",
    "magic-127-0-0-1.nip.io",
    "app-7f000001.nip.io",
    "--1.sslip.io",
    "www.owasp.org.1ynrnhl.xip.io",
    "7f000001.c0a80001.rbndr.us",
    "metadata.packet.net",
    "metadata.nicob.net",
    "kubernetes.default",
    "kubernetes.default.svc",
    "web.service.consul",
    "fuf.me",
    "spoofed.burpcollaborator.net",
    "307.r3dir.me"
  ])("refuses %s", (host) => {
    expect(ruleOf(`http://${host}/`)).toMatch(/^(name|address)$/)
  })

  it.each([
    "example.com",
    "example.com.",
    "sub.example.co.uk",
    "bücher.example.org",
    "8-8-8-8.nip.io",
    "8.8.8.8.nip.io",
    "version-1.2.3.4.example.com",
    "local.example.com",
    "internal.example.com"
  ])("allows %s to be looked up", (host) => {
    expect(ruleOf(`http://${host}/`)).toBe("allowed")
  })
})

describe("the URL policy", () => {
  it.each([
    ["ftp://example.com/", "scheme"],
    ["file:///etc/passwd", "scheme"],
    ["javascript:alert(1)", "scheme"],
    ["http://user@example.com/", "credentials"],
    ["http://:secret@example.com/", "credentials"],
    ["http://example.com:22/", "port"],
    ["http://example.com:25/", "port"],
    ["http://example.com:6379/", "port"],
    ["http://example.com:0/", "port"],
    ["http://example.com:65536/", "url"],
    ["example.com", "url"],
    ["http://127.0.0.1:22/", "address"],
    ["http://example.com:80/", "allowed"],
    ["https://example.com:80/", "allowed"],
    ["https://example.com:8443/", "allowed"],
    ["http://example.com:8080/", "allowed"],
    ["http://example.com:4750/", "allowed"]
  ])("says of %s: %s", (url, rule) => {
    expect(ruleOf(url)).toBe(rule)
  })
})
