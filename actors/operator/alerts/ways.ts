/** The ways by which an alert leaves: a webhook, ntfy, e-mail. None of them needs WhatsApp. */
import { Effect, Redacted, Schema } from "effect"
import { type Alert, wordsOf } from "./alert.ts"

/** How long one delivery may take. */
const sendSeconds = 20

export class AlertUnsent extends Schema.TaggedError<AlertUnsent>()("AlertUnsent", {
  way: Schema.String,
  message: Schema.String
}) {}

export interface Way {
  readonly name: string
  readonly send: (alert: Alert) => Effect.Effect<void, AlertUnsent>
}

/** Where alerts go, as the settings have it. */
export interface AlertSettings {
  readonly webhook: string | undefined
  readonly ntfy: string | undefined
  /** `smtps://user:password@host:465` or `smtp://…:587`, which insists on STARTTLS. */
  readonly smtp: Redacted.Redacted | undefined
  readonly mailFrom: string | undefined
  readonly mailTo: string | undefined
}

const way = (name: string, send: (alert: Alert, signal: AbortSignal) => Promise<void>): Way => ({
  name,
  send: (alert) =>
    Effect.tryPromise({
      try: (signal) => send(alert, AbortSignal.any([signal, AbortSignal.timeout(sendSeconds * 1_000)])),
      // The address is a secret with some services: it is not repeated.
      catch: (cause) =>
        new AlertUnsent({
          way: name,
          message: `expected ${name} to take an alert, found: ${cause instanceof Error ? cause.message : "an error"}`
        })
    })
})

const post = async (
  url: string,
  headers: Readonly<Record<string, string>>,
  body: string,
  signal: AbortSignal
) => {
  const response = await fetch(url, { method: "POST", headers, body, signal, redirect: "error" })
  await response.body?.cancel()
  if (!response.ok) throw new Error(`status ${response.status}`)
}

/** A POST of `{source, about, state, title, text, at}` as JSON. */
const webhook = (url: string): Way =>
  way("the webhook", (alert, signal) => {
    const { body, title } = wordsOf(alert)
    const { about, at, state } = alert
    const json = { source: "wadjet", about, state, title, text: body, at: new Date(at).toISOString() }
    return post(url, { "content-type": "application/json" }, JSON.stringify(json), signal)
  })

/** @see https://docs.ntfy.sh/publish/ */
const ntfy = (url: string): Way =>
  way("ntfy", (alert, signal) => {
    const { body, title } = wordsOf(alert)
    const priority = alert.state === "raised" ? "high" : "default"
    return post(url, { title, priority, tags: "wadjet" }, body, signal)
  })

/** nodemailer is loaded when there is a mail to send. */
const mail = (smtp: Redacted.Redacted, from: string, to: string): Way =>
  way("the mail server", async (alert) => {
    const { createTransport } = await import("nodemailer")
    const url = new URL(Redacted.value(smtp))
    const secure = url.protocol === "smtps:"
    const transport = createTransport({
      host: url.hostname,
      port: url.port === "" ? (secure ? 465 : 587) : Number(url.port),
      secure,
      // Without it a password would go over the wire in the clear.
      requireTLS: !secure && url.username !== "",
      ...(url.username === ""
        ? {}
        : { auth: { user: decodeURIComponent(url.username), pass: decodeURIComponent(url.password) } }),
      connectionTimeout: sendSeconds * 1_000,
      socketTimeout: sendSeconds * 1_000
    })
    const { body, title } = wordsOf(alert)
    try {
      await transport.sendMail({ from, to, subject: title, text: body })
    } finally {
      transport.close()
    }
  })

/** The ways that the settings name. */
export const waysOf = ({
  mailFrom,
  mailTo,
  ntfy: topic,
  smtp,
  webhook: hook
}: AlertSettings): ReadonlyArray<Way> => [
  ...(hook === undefined ? [] : [webhook(hook)]),
  ...(topic === undefined ? [] : [ntfy(topic)]),
  ...(smtp === undefined || mailTo === undefined ? [] : [mail(smtp, mailFrom ?? mailTo, mailTo)])
]
