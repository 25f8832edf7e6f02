/**
 * PhishTank: phishing that people reported and others verified.
 *
 * @see https://www.phishtank.com/api_info.php
 */
import { Effect, Redacted, Schema } from "effect"
import { answerBytesMax, answerJson, attemptMillis } from "./answer-json.ts"
import type { Said, Source } from "./source.ts"

const Answer = Schema.Struct({
  results: Schema.Struct({
    in_database: Schema.Boolean,
    phish_id: Schema.optionalKey(Schema.Union([Schema.String, Schema.Finite])),
    verified: Schema.optionalKey(Schema.NullOr(Schema.Boolean)),
    valid: Schema.optionalKey(Schema.NullOr(Schema.Boolean))
  })
})

const read = answerJson(Answer)
const listedSeconds = 3_600
const cleanSeconds = 1_800

/** Reported is not verified, and verified is not valid: people also agree that something is no phishing. */
const saidOf = ({ results }: typeof Answer.Type): Said => {
  const listed = results.in_database && results.verified === true && results.valid === true
  if (!listed) return { evidence: [], validSeconds: cleanSeconds }
  const detail = results.phish_id === undefined ? {} : { detail: `no. ${results.phish_id}` }
  return { evidence: [{ source: "phishtank", kind: "verified", ...detail }], validSeconds: listedSeconds }
}

export const phishTank = (key: Redacted.Redacted, base = "https://checkurl.phishtank.com"): Source => ({
  name: "phishtank",
  quotas: [],
  ask: (client, url) =>
    client
      .ask({
        url: `${base}/checkurl/`,
        method: "POST",
        // It wants to know by name who asks.
        headers: { "user-agent": "phishtank/wadjet", "content-type": "application/x-www-form-urlencoded" },
        body: new URLSearchParams({ url, format: "json", app_key: Redacted.value(key) }).toString(),
        bytesMax: answerBytesMax,
        limitMillis: attemptMillis
      })
      .pipe(Effect.flatMap(read), Effect.map(saidOf))
})
