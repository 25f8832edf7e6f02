/** From settings to what the parts want to know. */
import type { Config } from "../../infra/config/settings.ts"
import { type Way, waysOf } from "./alerts/ways.ts"
import type { NatsAddress } from "../../infra/nats/connection.ts"
import type { HistoryLimits } from "../whatsapp/incoming/drain.ts"
import { defaultPacing, type PacingLimits } from "../whatsapp/pacing.ts"

/** The NATS server that the settings name, if they name one. */
export const externalOf = (config: Config): NatsAddress | undefined =>
  config.natsUrl === undefined
    ? undefined
    : { url: config.natsUrl, user: config.natsUser, password: config.natsPassword }

export const pacingOf = (config: Config): PacingLimits => ({
  ...defaultPacing,
  overallPerMinute: config.messagesPerMinute,
  chatPerMinute: config.chatMessagesPerMinute
})

export const historyOf = (config: Config): HistoryLimits => ({
  days: config.historyDays,
  messagesPerChat: config.historyMessages
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
