/**
 * Settings: each declared once with its name, kind, default and meaning. Help, the reference and
 * `.env.example` are made from these; nothing else reads the environment.
 */
import { readFileSync } from "node:fs"
import { Effect, Redacted, Schema } from "effect"

export class BadSetting extends Schema.TaggedError<BadSetting>()("BadSetting", {
  setting: Schema.String,
  message: Schema.String
}) {}

interface Setting<T> {
  readonly name: string
  readonly about: string
  readonly accepts: string
  readonly fallback: string | undefined
  readonly secret: boolean
  /** The value, or `undefined` where the text is not one. */
  readonly parse: (text: string) => T | undefined
}

const setting = <T>(it: Omit<Setting<T>, "secret"> & { readonly secret?: boolean }): Setting<T> => ({
  secret: false,
  ...it
})

/** Where the page and the API listen. */
export interface ListenAddress {
  readonly host: string
  readonly port: number
}

const parseListen = (text: string): ListenAddress | undefined => {
  const match = /^(.+):(\d{1,5})$/.exec(text)
  const port = Number(match?.[2])
  return match === null || port > 65_535 ? undefined : { host: match[1]!.replace(/^\[(.*)\]$/, "$1"), port }
}

const positive = (text: string): number | undefined =>
  /^[1-9]\d{0,8}$/.test(text) ? Number(text) : undefined

const logLevels = ["debug", "info", "warn", "error"] as const
export type LogLevelName = (typeof logLevels)[number]

export const settings = {
  dataFolder: setting({
    name: "WADJET_DATA",
    about: "The folder that holds everything: log, keys, read models.",
    accepts: "a path",
    fallback: "./data",
    parse: (text) => text
  }),
  http: setting({
    name: "WADJET_HTTP",
    about: "Where the page and the HTTP API listen.",
    accepts: "host:port; port 0 takes a free one",
    fallback: "127.0.0.1:7411",
    parse: parseListen
  }),
  natsUrl: setting({
    name: "WADJET_NATS_URL",
    about: "A NATS server that runs elsewhere; left out, Wadjet starts its own.",
    accepts: "a URL such as nats://127.0.0.1:4222",
    fallback: undefined,
    parse: (text) => (URL.canParse(text.includes("://") ? text : `nats://${text}`) ? text : undefined)
  }),
  natsUser: setting({
    name: "WADJET_NATS_USER",
    about: "The user at that server.",
    accepts: "a name",
    fallback: "wadjet",
    parse: (text) => text
  }),
  natsPassword: setting({
    name: "WADJET_NATS_PASSWORD",
    about: "The password at that server; WADJET_NATS_PASSWORD_FILE names a file that holds it.",
    accepts: "a text",
    fallback: "",
    secret: true,
    parse: (text) => Redacted.make(text)
  }),
  logLevel: setting({
    name: "WADJET_LOG",
    about: "How much is logged, to standard error, one JSON object a line.",
    accepts: logLevels.join(", "),
    fallback: "info",
    parse: (text): LogLevelName | undefined => logLevels.find((level) => level === text)
  }),
  messagesPerMinute: setting({
    name: "WADJET_MESSAGES_PER_MINUTE",
    about: "How many messages may leave a minute over all chats. Warnings never wait.",
    accepts: "a whole number from 1",
    fallback: "60",
    parse: positive
  }),
  chatMessagesPerMinute: setting({
    name: "WADJET_CHAT_MESSAGES_PER_MINUTE",
    about: "How many messages may leave a minute in one chat. Warnings never wait.",
    accepts: "a whole number from 1",
    fallback: "20",
    parse: positive
  })
} as const

export type SettingName = keyof typeof settings
type ValueOf<S> = S extends Setting<infer T> ? T : never

export type Config = {
  readonly [K in SettingName]:
    | ValueOf<(typeof settings)[K]>
    | ((typeof settings)[K]["fallback"] extends undefined ? undefined : never)
}

/** Where a value came from. */
export type SettingSource = "environment" | "file" | "default" | "unset"

export type Environment = Readonly<Record<string, string | undefined>>

/** The text of a setting: from the environment, from the file that `<NAME>_FILE` names, or the default. */
const textOf = (
  it: Setting<unknown>,
  environment: Environment
): { text: string | undefined; source: SettingSource } => {
  const direct = environment[it.name]
  if (direct !== undefined && direct !== "") return { text: direct, source: "environment" }
  const file = environment[`${it.name}_FILE`]
  if (file !== undefined && file !== "") return { text: readFileSync(file, "utf8").trim(), source: "file" }
  return it.fallback === undefined
    ? { text: undefined, source: "unset" }
    : { text: it.fallback, source: "default" }
}

/** Reads all settings. Fails on the first wrong one, saying its name, its value and what is accepted. */
export const readConfig = Effect.fn("readConfig")(function* (environment: Environment) {
  const values: Record<string, unknown> = {}
  for (const [key, it] of Object.entries(settings) as ReadonlyArray<[string, Setting<unknown>]>) {
    const { text } = yield* Effect.try({
      try: () => textOf(it, environment),
      catch: (cause) =>
        new BadSetting({
          setting: it.name,
          message: `${it.name}_FILE cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`
        })
    })
    if (text === undefined) continue
    const value = it.parse(text)
    if (value === undefined)
      return yield* new BadSetting({
        setting: it.name,
        message: `expected ${it.name} to be ${it.accepts}, found ${it.secret ? "something else" : JSON.stringify(text)}`
      })
    values[key] = value
  }
  return values as Config
})

/** Every setting with its value as text (secrets hidden) and where it came from. */
export const describeConfig = (environment: Environment) =>
  (Object.values(settings) as ReadonlyArray<Setting<unknown>>).map((it) => {
    const { text, source } = textOf(it, environment)
    return {
      name: it.name,
      value: it.secret && text !== "" ? "(hidden)" : (text ?? null),
      source,
      about: it.about,
      accepts: it.accepts
    }
  })
