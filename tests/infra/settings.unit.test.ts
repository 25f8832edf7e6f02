import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Redacted } from "effect"
import { describeConfig, readConfig, readSetting } from "../../infra/config/settings.ts"

describe("the settings", () => {
  it.effect("have defaults for all but a server that runs elsewhere", () =>
    Effect.map(readConfig({}), (config) => {
      expect(config.http).toEqual({ host: "127.0.0.1", port: 7411 })
      expect(config.natsUrl).toBeUndefined()
      expect(describeConfig({}).map(({ source }) => source)).not.toContain("environment")
    })
  )

  it.effect("take an empty variable for one that is not set", () =>
    Effect.map(readConfig({ WADJET_LOG: "", WADJET_NATS_URL: "" }), (config) => {
      expect([config.logLevel, config.natsUrl]).toEqual(["info", undefined])
    })
  )

  it.effect("read a value from the file that is named, without the end of its line", () =>
    Effect.gen(function* () {
      const folder = mkdtempSync(join(tmpdir(), "wadjet-settings-"))
      yield* Effect.addFinalizer(() => Effect.sync(() => rmSync(folder, { recursive: true })))
      const file = join(folder, "password")
      writeFileSync(file, "swordfish\n")
      const { natsPassword } = yield* readConfig({ WADJET_NATS_PASSWORD_FILE: file })
      expect(Redacted.value(natsPassword)).toBe("swordfish")
      const missing = yield* Effect.flip(readConfig({ WADJET_NATS_PASSWORD_FILE: join(folder, "passwort") }))
      expect(missing.message).toContain("WADJET_NATS_PASSWORD_FILE cannot be read")
    }).pipe(Effect.scoped)
  )

  it.effect.each([
    ["WADJET_HTTP", "everywhere"],
    ["WADJET_HTTP", "127.0.0.1:70000"],
    ["WADJET_HTTP_NAMES", "https://nas.lan"],
    ["WADJET_HTTP_NAMES", "nas.lan:7411"],
    ["WADJET_HTTP_NAMES", "*.lan"],
    ["WADJET_LOG", "loud"],
    ["WADJET_MESSAGES_PER_MINUTE", "0"],
    ["WADJET_MESSAGES_PER_MINUTE", "1.5"],
    ["WADJET_NATS_URL", "nats://"],
    ["WADJET_NATS_URL", "http://127.0.0.1:4222"],
    ["WADJET_NATS_URL", "tls://127.0.0.1:4222"],
    ["WADJET_NATS_URL", "nats://127.0.0.1:4222/wadjet"]
  ] as const)("refuse %s=%s, and say what is accepted", ([name, value]) =>
    Effect.map(Effect.flip(readConfig({ [name]: value })), (error) => {
      expect(error.setting).toBe(name)
      expect(error.message).toMatch(/^expected .* to be .*, found /)
      expect(error.message).toContain(JSON.stringify(value))
    })
  )

  it.effect.each(["127.0.0.1", "127.0.0.1:4222", "nats://[::1]:4222", "nats://nats.example/"])(
    "take a server at %s",
    (url) => Effect.map(readConfig({ WADJET_NATS_URL: url }), ({ natsUrl }) => expect(natsUrl).toBe(url))
  )

  it.effect("never show a password, be it where it belongs or not", () =>
    Effect.gen(function* () {
      const environment = {
        WADJET_NATS_URL: "nats://wadjet:swordfish@127.0.0.1:4222",
        WADJET_NATS_PASSWORD: "swordfish"
      }
      const error = yield* Effect.flip(readConfig(environment))
      expect(error.message).toContain('found "nats://(hidden)@127.0.0.1:4222"')
      expect(JSON.stringify(describeConfig(environment))).not.toContain("swordfish")
    })
  )
})

describe("the list of brands", () => {
  const list = "# ours\n\nacme: acme.com\n  acme.org ~ acne\nups*: ups.com\n"
  const brands = [
    { name: "acme", isWord: false, isOnlyThere: false, owns: ["acme.com", "acme.org"], neighbours: ["acne"] },
    { name: "ups", isWord: true, isOnlyThere: false, owns: ["ups.com"], neighbours: [] }
  ]
  const fileOf = (text: string) =>
    Effect.acquireRelease(
      Effect.sync(() => {
        const folder = mkdtempSync(join(tmpdir(), "wadjet-settings-"))
        writeFileSync(join(folder, "brands"), text)
        return folder
      }),
      (folder) => Effect.sync(() => rmSync(folder, { recursive: true }))
    ).pipe(Effect.map((folder) => join(folder, "brands")))

  it.effect("is of nobody where nothing is set", () =>
    Effect.gen(function* () {
      expect((yield* readConfig({})).brands).toEqual([])
      expect(yield* readSetting("brands", {})).toEqual([])
    })
  )

  it.effect("is read from a variable, with semicolons, or from a file", () =>
    Effect.gen(function* () {
      const inline = { WADJET_BRANDS: "acme: acme.com acme.org ~ acne; ups*: ups.com" }
      expect((yield* readConfig(inline)).brands).toEqual(brands)
      expect((yield* readConfig({ WADJET_BRANDS_FILE: yield* fileOf(list) })).brands).toEqual(brands)
    }).pipe(Effect.scoped)
  )

  it.effect("is refused with the line of its file that is wrong, and what was expected there", () =>
    Effect.gen(function* () {
      const file = yield* fileOf("\n\n# ours\nacme: acme.com\n  acme\n")
      const error = yield* Effect.flip(readConfig({ WADJET_BRANDS_FILE: file }))
      expect(error.setting).toBe("WADJET_BRANDS")
      expect(error.message).toMatch(
        /^the file that WADJET_BRANDS_FILE names is wrong: line 5: expected a domain such as acme\.com,.* found "acme"$/
      )
      const inline = yield* Effect.flip(readConfig({ WADJET_BRANDS: "acme: acme.com; ok: ok.com" }))
      expect(inline.message).toMatch(/^WADJET_BRANDS is wrong: line 1: expected a name of 4 .* found "ok"$/)
    }).pipe(Effect.scoped)
  )

  it.effect("alone is read where nothing else is needed, whatever else is wrong", () =>
    Effect.gen(function* () {
      const environment = { WADJET_LOG: "loud", WADJET_BRANDS: "acme: acme.com" }
      expect(yield* readSetting("brands", environment)).toMatchObject([{ name: "acme" }])
      const error = yield* Effect.flip(readSetting("brands", { WADJET_BRANDS: "acme" }))
      expect(error.setting).toBe("WADJET_BRANDS")
    })
  )

  it("is shown by its names and how many domains it has, however long it is", () => {
    const shown = (text: string) =>
      describeConfig({ WADJET_BRANDS: text }).find(({ name }) => name === "WADJET_BRANDS")!.value
    expect(shown("acme: acme.com acme.org; ups*: ups.com")).toBe("acme, ups; domains: 3")
    const many = Array.from({ length: 8 }, (_, at) => `brand${at}: brand${at}.example`).join("\n")
    expect(shown(many)).toBe("brand0, brand1, brand2, brand3, brand4 and 3 more; domains: 8")
    expect(shown("none")).toBe("none")
    expect(shown("acme")).toBe("acme")
  })
})
