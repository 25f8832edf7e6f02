/** From settings to what the parts want to know. */
import type { Config } from "../../infra/config/settings.ts"
import { type Way, waysOf } from "./alerts/ways.ts"
import type { Asking } from "./run-scan.ts"
import type { NatsAddress } from "../../infra/nats/connection.ts"
import type { HistoryLimits } from "../whatsapp/incoming/drain.ts"
import type { PacingLimits } from "../whatsapp/pacing/limits.ts"

/** The NATS server that the settings name, if they name one. */
export const externalOf = (config: Config): NatsAddress | undefined =>
  config.natsUrl === undefined
    ? undefined
    : { url: config.natsUrl, user: config.natsUser, password: config.natsPassword }

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
