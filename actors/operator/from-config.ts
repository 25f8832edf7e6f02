/** From settings to what the parts want to know. */
import { Effect, Redacted } from "effect"
import type { Config } from "../../infra/config/settings.ts"
import { scheduleUser } from "../../infra/nats-server/config.ts"
import { type Way, waysOf } from "./alerts/ways.ts"
import { OperatorFailed } from "./failure.ts"
import type { Asking } from "./run-scan.ts"
import type { NatsAddress } from "../../infra/nats/connection.ts"
import type { HistoryLimits } from "../whatsapp/incoming/drain.ts"
import type { PacingLimits } from "../whatsapp/pacing/limits.ts"

/** The NATS server that the settings name, if they name one. */
export const externalOf = (config: Config): NatsAddress | undefined =>
  config.natsUrl === undefined
    ? undefined
    : { url: config.natsUrl, user: config.natsUser, password: config.natsPassword }

/** The NATS server that is started where the settings name none: its port, and who else may speak with it. */
export const ownServerOf = Effect.fnUntraced(function* (config: Config) {
  const { natsPort: port, natsScheduleUser: user, natsSchedulePassword: password, natsUrl } = config
  if (user === undefined) return { port }
  if (natsUrl !== undefined || password === undefined)
    return yield* new OperatorFailed({
      what: `The NATS user ${user} cannot be made`,
      why:
        natsUrl === undefined
          ? "expected its password in WADJET_NATS_SCHEDULE_PASSWORD, found none"
          : "WADJET_NATS_URL names a server that runs elsewhere, whose users are its own",
      next:
        natsUrl === undefined
          ? "Set it, or the file that WADJET_NATS_SCHEDULE_PASSWORD_FILE names."
          : "Take WADJET_NATS_SCHEDULE_USER away, and make the user there: docs/how-to/schedule-messages.md says with which permissions.",
      exit: "usage"
    })
  return { port, users: [scheduleUser(user, Redacted.value(password))] }
})

export const pacingOf = (config: Config): PacingLimits => ({
  overallPerMinute: config.messagesPerMinute,
  chatPerMinute: config.chatMessagesPerMinute,
  burst: config.burstMessages,
  warmUpDays: config.warmUpDays,
  slowStartSeconds: config.slowStartSeconds,
  jitterMillis: config.jitterMillis,
  firstMessagesPerDay: config.firstMessagesPerDay,
  typedCharactersPerMinute: config.typedCharactersPerMinute,
  typingSecondsMax: config.typingSecondsMax
})

export const historyOf = (config: Config): HistoryLimits => ({
  days: config.historyDays,
  messagesPerChat: config.historyMessages
})

/** What is asked about links. */
export const askingOf = (config: Config): Asking => ({
  expand: config.expand,
  icons: config.brandIcons,
  feeds: config.feeds,
  safeBrowsingMode: config.safeBrowsingMode,
  sources: {
    keyless: config.askKeyless,
    safeBrowsing: config.safeBrowsingKey,
    urlhaus: config.urlhausKey,
    virusTotal: config.virusTotalKey,
    phishTank: config.phishTankKey,
    urlscan: config.urlscanKey,
    certificates: config.expand,
    submits: {
      virusTotal: config.virusTotalSubmits,
      urlscan: config.urlscanSubmits === "off" ? undefined : config.urlscanSubmits
    }
  }
})

/** Where alerts go. */
export const alertWaysOf = (config: Config): ReadonlyArray<Way> =>
  waysOf({
    webhook: config.alertWebhook,
    ntfy: config.alertNtfy,
    smtp: config.alertSmtp,
    mailFrom: config.alertMailFrom,
    mailTo: config.alertMailTo
  })
