import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { askingOf } from "../../../actors/operator/from-config.ts"
import { sourcesOf } from "../../../actors/scan/sources/known-sources.ts"
import { readConfig } from "../../../infra/config/settings.ts"

const askingWith = (environment: Record<string, string>) => Effect.map(readConfig(environment), askingOf)
const namesWith = (environment: Record<string, string>) =>
  Effect.map(askingWith(environment), ({ sources }) => sourcesOf(sources).map(({ name }) => name))

const hash = "0123456789abcdef".repeat(4)

describe("what the settings say is asked about links", () => {
  it.effect("is nobody with a key, and nothing is handed in, where nothing is set", () =>
    Effect.gen(function* () {
      expect(yield* namesWith({})).toEqual(["certificate", "rdap", "cloudflare-dns", "quad9-dns"])
      const { icons, sources } = yield* askingWith({})
      expect(sources.submits).toEqual({ virusTotal: false, urlscan: undefined })
      expect(icons.size).toBe(0)
    })
  )

  it.effect("is nobody at all where that is wanted", () =>
    Effect.gen(function* () {
      const off = { WADJET_EXPAND: "off", WADJET_KEYLESS_SOURCES: "off" }
      expect(yield* namesWith(off)).toEqual([])
      expect((yield* askingWith(off)).expand).toBe(false)
    })
  )

  it.effect("is everybody whose key is there", () =>
    Effect.gen(function* () {
      const keys = ["SAFE_BROWSING", "URLHAUS", "VIRUSTOTAL", "PHISHTANK", "URLSCAN"]
      const names = yield* namesWith({
        WADJET_EXPAND: "off",
        WADJET_KEYLESS_SOURCES: "off",
        ...Object.fromEntries(keys.map((name) => [`WADJET_${name}_KEY`, "key"]))
      })
      expect(names).toEqual(["safe-browsing", "urlhaus", "virustotal", "phishtank", "urlscan"])
    })
  )

  it.effect("is handed links as far as is allowed", () =>
    Effect.gen(function* () {
      const { sources } = yield* askingWith({
        WADJET_VIRUSTOTAL_SUBMIT: "on",
        WADJET_URLSCAN_SUBMIT: "private"
      })
      expect(sources.submits).toEqual({ virusTotal: true, urlscan: "private" })
      for (const wrong of ["on", "yes", "PUBLIC"]) {
        const error = yield* Effect.flip(readConfig({ WADJET_URLSCAN_SUBMIT: wrong }))
        expect(error.message).toContain("off, private, unlisted or public")
      }
    })
  )

  it.effect("knows the icons of brands that are listed, by line or by word", () =>
    Effect.gen(function* () {
      const { icons } = yield* askingWith({
        WADJET_BRAND_ICONS: `PayPal=${hash.toUpperCase()}\nvillage-bank=${"f".repeat(64)}`
      })
      expect([...icons]).toEqual([
        [hash, "paypal"],
        ["f".repeat(64), "village-bank"]
      ])
      for (const wrong of [hash, `paypal=${hash.slice(1)}`, `=${hash}`, "paypal"])
        expect((yield* Effect.flip(readConfig({ WADJET_BRAND_ICONS: wrong }))).setting).toBe(
          "WADJET_BRAND_ICONS"
        )
    })
  )
})
