import { Effect, Redacted } from "effect"
import { expect, test } from "vitest"
import type { Alert } from "../../../../actors/operator/alerts/alert.ts"
import { type AlertSettings, waysOf } from "../../../../actors/operator/alerts/ways.ts"
import { startHttp, startMail } from "./receivers.ts"

const alert: Alert = { about: "connection", state: "raised", text: "logged out by WhatsApp", at: 0 }
const none: AlertSettings = {
  webhook: undefined,
  ntfy: undefined,
  smtp: undefined,
  mailFrom: undefined,
  mailTo: undefined
}

const send = (settings: Partial<AlertSettings>) =>
  Effect.runPromise(Effect.result(Effect.forEach(waysOf({ ...none, ...settings }), (way) => way.send(alert))))

test("without settings there is no way", () => {
  expect(waysOf(none)).toEqual([])
})

test("a webhook gets the alert as JSON", async () => {
  const { close, got, url } = await startHttp()
  await send({ webhook: url })
  expect(JSON.parse(got[0]!.body)).toEqual({
    source: "wadjet",
    about: "connection",
    state: "raised",
    title: "Wadjet: WhatsApp needs a look",
    text: "Logged out by WhatsApp (1970-01-01T00:00:00.000Z).",
    at: "1970-01-01T00:00:00.000Z"
  })
  close()
})

test("ntfy gets a title, a priority and the words", async () => {
  const { close, got, url } = await startHttp()
  await send({ ntfy: url })
  expect(got[0]!.request.headers).toMatchObject({ title: "Wadjet: WhatsApp needs a look", priority: "high" })
  expect(got[0]!.body).toContain("Logged out by WhatsApp")
  close()
})

test("a way that refuses is an error that does not repeat the address", async () => {
  const { close, url } = await startHttp(500)
  const outcome = await send({ webhook: url })
  expect(outcome).toMatchObject({
    _tag: "Failure",
    failure: { way: "the webhook", message: "expected the webhook to take an alert, found: status 500" }
  })
  close()
})

test("a mail server gets a mail", async () => {
  const { close, lines, url } = await startMail()
  const outcome = await send({
    smtp: Redacted.make(url),
    mailTo: "operator@example.com",
    mailFrom: "wadjet@example.com"
  })
  expect(outcome._tag).toBe("Success")
  expect(lines).toEqual(
    expect.arrayContaining([
      "MAIL FROM:<wadjet@example.com>",
      "RCPT TO:<operator@example.com>",
      "Subject: Wadjet: WhatsApp needs a look"
    ])
  )
  expect(lines.join("\n")).toContain("Logged out by WhatsApp")
  close()
})
