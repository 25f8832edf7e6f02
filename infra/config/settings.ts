/**
 * Settings: each declared once with its name, kind, default and meaning. Help, the reference and
 * `.env.example` are made from these; nothing else reads the environment.
 */
import { readFileSync } from "node:fs"
import { Effect, Redacted, Schema } from "effect"
import { backupSettings } from "./backup-settings.ts"
import { httpSettings } from "./http-settings.ts"
import { pacingSettings } from "./pacing-settings.ts"
import { scanSettings } from "./scan-settings.ts"
import { scheduleSettings } from "./schedule-settings.ts"
import { fromZero, positive, type Setting, setting } from "./setting.ts"

export class BadSetting extends Schema.TaggedError<BadSetting>()("BadSetting", {
  setting: Schema.String,
  message: Schema.String
}) {}

/**
 * `nats://host:port`, the scheme and the port being optional. Other schemes are refused: the client reads over them, and
 * `tls://` would promise what it does not insist on. A server that wants TLS gets it by itself.
 */
const parseNatsUrl = (text: string): string | undefined => {
  const url = URL.parse(text.includes("://") ? text : `nats://${text}`)
  if (url === null || url.protocol !== "nats:" || url.hostname === "") return undefined
  const isBare =
    url.username === "" && url.password === "" && /^\/?$/.test(url.pathname + url.search + url.hash)
  return isBare ? text : undefined
}

const parseHttpUrl = (text: string): string | undefined =>
  /^https?:$/.test(URL.parse(text)?.protocol ?? "") ? text : undefined

const parseAddress = (text: string): string | undefined =>
  /^[^\s@<>]+@[^\s@<>]+$/u.test(text) ? text : undefined

const parseNumbers = (text: string): ReadonlyArray<string> | undefined => {
  const numbers = text.split(",").map((number) => number.replaceAll(/[\s+-]/gu, ""))
  if (text.trim() === "") return []
  return numbers.every((number) => /^[1-9]\d{6,14}$/u.test(number)) ? numbers : undefined
}

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
  ...httpSettings,
  natsUrl: setting({
    name: "WADJET_NATS_URL",
    about: "A NATS server that runs elsewhere; left out, Wadjet starts its own.",
    accepts: "nats://host:port, with user and password in settings of their own",
    fallback: undefined,
    parse: parseNatsUrl
  }),
  natsPort: setting({
    name: "WADJET_NATS_PORT",
    about:
      "The port of Wadjet's own NATS server on this machine; left out, a free one is taken at each start.",
    accepts: "a port from 1 to 65535",
    fallback: undefined,
    parse: (text) => (/^[1-9]\d{0,4}$/.test(text) && Number(text) <= 65_535 ? Number(text) : undefined)
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
  slowQueryMillis: setting({
    name: "WADJET_SLOW_QUERY_MILLIS",
    about:
      "From how many milliseconds on a query of the read models is logged, by its text and without its values.",
    accepts: "a whole number of milliseconds from 1",
    fallback: "250",
    parse: positive
  }),
  ...scanSettings,
  ...pacingSettings,
  ...backupSettings,
  ...scheduleSettings,
  alertWebhook: setting({
    name: "WADJET_ALERT_WEBHOOK",
    about:
      "Where news goes that WhatsApp cannot carry (logged out, banned, deaf, limited): a POST of JSON, {source, about, state, title, text, at}.",
    accepts: "an http or https URL",
    fallback: undefined,
    secret: true,
    parse: parseHttpUrl
  }),
  alertNtfy: setting({
    name: "WADJET_ALERT_NTFY",
    about: "The same to a topic of ntfy.",
    accepts: "the URL of a topic, such as https://ntfy.example/wadjet",
    fallback: undefined,
    secret: true,
    parse: parseHttpUrl
  }),
  alertSmtp: setting({
    name: "WADJET_ALERT_SMTP",
    about:
      "The mail server for the same by e-mail; WADJET_ALERT_SMTP_FILE names a file that holds it. With a user, smtp:// insists on STARTTLS.",
    accepts: "smtps://user:password@host:465 or smtp://host:587",
    fallback: undefined,
    secret: true,
    parse: (text) => (/^smtps?:$/.test(URL.parse(text)?.protocol ?? "") ? Redacted.make(text) : undefined)
  }),
  alertMailTo: setting({
    name: "WADJET_ALERT_MAIL_TO",
    about: "Who gets the e-mail.",
    accepts: "an address",
    fallback: undefined,
    parse: parseAddress
  }),
  alertMailFrom: setting({
    name: "WADJET_ALERT_MAIL_FROM",
    about: "Whom the e-mail is from; left out, who gets it.",
    accepts: "an address",
    fallback: undefined,
    parse: parseAddress
  }),
  calls: setting({
    name: "WADJET_CALLS",
    about: "What becomes of calls to the linked number: they ring at its phone, or are rejected at once.",
    accepts: "ring or reject",
    fallback: "ring",
    parse: (text): "ring" | "reject" | undefined => (text === "ring" || text === "reject" ? text : undefined)
  }),
  pictures: setting({
    name: "WADJET_PICTURES",
    about:
      "Whether QR codes are read in pictures that messages bring. Each such picture is then downloaded from WhatsApp's media host, and read in the memory of this machine, which takes up to 250 MB while it lasts; no picture is kept.",
    accepts: "off or qr",
    fallback: "off",
    parse: (text): "off" | "qr" | undefined => (text === "off" || text === "qr" ? text : undefined)
  }),
  operatorNumbers: setting({
    name: "WADJET_OPERATOR_NUMBERS",
    about:
      "The operator's own WhatsApp numbers: whoever writes from one may give every command in every chat, as the linked number itself may.",
    accepts: "numbers in digits with their country code, with commas between them",
    fallback: "",
    parse: parseNumbers
  }),
  historyDays: setting({
    name: "WADJET_HISTORY_DAYS",
    about:
      "How many days back messages are taken that the phone hands over when it is linked. Nobody is warned about them; 0 takes none.",
    accepts: "a whole number of days from 0",
    fallback: "7",
    parse: fromZero
  }),
  historyMessages: setting({
    name: "WADJET_HISTORY_MESSAGES",
    about: "How many of these messages are taken in one chat; 0 takes none.",
    accepts: "a whole number from 0",
    fallback: "200",
    parse: fromZero
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

const contentOf = (file: string, { isText = false }: Setting<unknown>): string => {
  const content = readFileSync(file, "utf8")
  return isText ? content : content.trim()
}

/** The text of a setting: from the environment, from the file that `<NAME>_FILE` names, or the default. */
const textOf = (
  it: Setting<unknown>,
  environment: Environment
): { text: string | undefined; source: SettingSource } => {
  const direct = environment[it.name]
  if (direct !== undefined && direct !== "") return { text: direct, source: "environment" }
  const file = environment[`${it.name}_FILE`]
  if (file !== undefined && file !== "") return { text: contentOf(file, it), source: "file" }
  return it.fallback === undefined
    ? { text: undefined, source: "unset" }
    : { text: it.fallback, source: "default" }
}

/** The text of a setting as it may be shown: nothing of a secret, nor of a password in a URL that has no place there. */
const shownOf = (it: Setting<unknown>, text: string): string =>
  it.secret && text !== "" ? "(hidden)" : text.replace(/\/\/[^/]*@/, "//(hidden)@")

const wrong = (it: Setting<unknown>, text: string, source: SettingSource): BadSetting => {
  const name = source === "file" ? `the file that ${it.name}_FILE names` : it.name
  const message =
    it.fault === undefined
      ? `expected ${it.name} to be ${it.accepts}, found ${JSON.stringify(shownOf(it, text))}`
      : `${name} is wrong: ${it.fault(text)}`
  return new BadSetting({ setting: it.name, message })
}

const valueOf = Effect.fnUntraced(function* (it: Setting<unknown>, environment: Environment) {
  const { source, text } = yield* Effect.try({
    try: () => textOf(it, environment),
    catch: (cause) =>
      new BadSetting({
        setting: it.name,
        message: `${it.name}_FILE cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`
      })
  })
  if (text === undefined) return undefined
  const value = it.parse(text)
  return value === undefined ? yield* wrong(it, text, source) : value
})

/** Reads one setting alone. Fails where it is wrong, as `readConfig` does. */
export const readSetting = Effect.fn("readSetting")(function* <K extends SettingName>(
  name: K,
  environment: Environment
) {
  return (yield* valueOf(settings[name], environment)) as Config[K]
})

/** Reads all settings. Fails on the first wrong one, saying its name, its value and what is accepted. */
export const readConfig = Effect.fn("readConfig")(function* (environment: Environment) {
  const values: Record<string, unknown> = {}
  for (const [key, it] of Object.entries(settings) as ReadonlyArray<[string, Setting<unknown>]>) {
    const value = yield* valueOf(it, environment)
    if (value !== undefined) values[key] = value
  }
  return values as Config
})

/** Every setting with its value as text (secrets hidden) and where it came from. */
export const describeConfig = (environment: Environment) =>
  (Object.values(settings) as ReadonlyArray<Setting<unknown>>).map((it) => {
    const { text, source } = textOf(it, environment)
    return {
      name: it.name,
      value: text === undefined ? null : (it.summary?.(text) ?? shownOf(it, text)),
      source,
      about: it.about,
      accepts: it.accepts
    }
  })
