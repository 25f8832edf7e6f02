import { DisconnectReason } from "@whiskeysockets/baileys"
import { expect, test } from "vitest"
import {
  classify,
  disconnectOf,
  meanings,
  waitMillis
} from "../../../../actors/whatsapp/session/disconnect.ts"
import { loginFailures, streamErrors } from "../../../loopback-whatsapp/refusals.ts"

/** An error as Baileys closes a connection with it. */
const boom = (message: string, statusCode: number, data?: unknown) =>
  Object.assign(new Error(message), { output: { statusCode }, data })

const of = (code: number) => classify({ by: "whatsapp", code })

test("every reason that Baileys knows has a meaning of its own in the table", () => {
  const codes = Object.values(DisconnectReason).filter((it): it is DisconnectReason => typeof it === "number")
  expect(codes.filter((code) => meanings[code] === undefined)).toEqual([])
})

test("every refusal and stream error that a server can send has a meaning in the table", () => {
  const codes = [...Object.values(loginFailures), ...Object.values(streamErrors).map(({ seenAs }) => seenAs)]
  expect(codes.filter((code) => meanings[code] === undefined)).toEqual([])
})

test.each([
  [401, "logged-out"],
  [406, "logged-out"],
  [516, "logged-out"],
  [402, "refused"],
  [403, "refused"],
  [405, "refused"],
  [409, "refused"],
  [411, "refused"],
  [418, "refused"],
  [440, "yield"],
  [515, "restart"],
  [408, "retry"],
  [428, "retry"],
  [500, "retry"],
  [503, "retry"]
])("WhatsApp's code %i means %s", (code, next) => {
  expect(of(code).next).toBe(next)
})

test.each([429, 463])("code %i is a rate limit, held for half an hour at least", (code) => {
  const next = of(code)
  expect(next).toMatchObject({ next: "retry", cause: "rate-limited" })
  expect(next.next === "retry" && waitMillis(next, 0, 0)).toBeGreaterThanOrEqual(15 * 60_000)
})

test("an unknown code is taken to pass", () => {
  expect(of(599)).toMatchObject({ next: "retry", cause: "transient" })
})

test("a proxy that answers the upgrade with 401 or 403 neither logs out nor bans", () => {
  for (const code of [401, 403, 405, 440, 515]) {
    const error = boom(`WebSocket Error (Unexpected server response: ${code})`, code)
    expect(classify(disconnectOf(error))).toMatchObject({ next: "retry", cause: "transient" })
  }
})

test("a device that was removed is logged out, though the conflict has no code", () => {
  const conflict = (type: string) =>
    boom("Stream Errored (conflict)", 440, { tag: "conflict", attrs: { type } })
  expect(classify(disconnectOf(conflict("device_removed"))).next).toBe("logged-out")
  expect(classify(disconnectOf(conflict("replaced"))).next).toBe("yield")
})

test("a ban for a time says until when", () => {
  const error = boom("Connection Failure", 402, { reason: "402", code: "101", expire: "3600" })
  expect(classify(disconnectOf(error))).toEqual({
    next: "refused",
    reason: "suspended",
    forMillis: 3_600_000
  })
})

test("an error without a code is trouble of the client, which passes", () => {
  expect(disconnectOf(new Error("boom"))).toEqual({ code: 500, by: "network" })
  expect(disconnectOf(undefined)).toEqual({ code: 500, by: "network" })
})

test("waits grow, are cut off at the longest, and lie anywhere in their span", () => {
  const next = { firstMillis: 1_000, longestMillis: 300_000 }
  expect([0, 1, 2, 3].map((failures) => waitMillis(next, failures, 1))).toEqual([1_500, 2_500, 4_500, 8_500])
  expect(waitMillis(next, 1_000, 1)).toBe(300_500)
  expect([0, 3, 40].map((failures) => waitMillis(next, failures, 0))).toEqual([500, 500, 500])
})
