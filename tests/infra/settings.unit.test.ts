import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Redacted } from "effect"
import { describeConfig, readConfig } from "../../infra/config/settings.ts"

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
