/**
 * URLhaus of abuse.ch: links that distribute malware.
 *
 * @see https://urlhaus-api.abuse.ch/#urlinfo
 */
import { Effect, Redacted, Schema } from "effect"
import { answerBytesMax, answerJson, attemptMillis } from "./answer-json.ts"
import { type Said, type Source, SourceFailed } from "./source.ts"

const Answer = Schema.Struct({
  query_status: Schema.String,
  url_status: Schema.optionalKey(Schema.NullOr(Schema.String)),
  threat: Schema.optionalKey(Schema.NullOr(Schema.String))
})

const read = answerJson(Answer)
const listedSeconds = 3_600
const cleanSeconds = 1_800

const saidOf = (answer: typeof Answer.Type): Effect.Effect<Said, SourceFailed> => {
  switch (answer.query_status) {
    case "ok": {
      const detail = [answer.threat, answer.url_status].filter((word) => word).join(", ")
      const evidence = [{ source: "urlhaus", kind: "listed", ...(detail === "" ? {} : { detail }) }]
      return Effect.succeed({ evidence, validSeconds: listedSeconds })
    }
    case "no_results":
      return Effect.succeed({ evidence: [], validSeconds: cleanSeconds })
    case "invalid_url":
      return Effect.succeed({
        evidence: [],
        unknown: "it does not take the link for one",
        validSeconds: cleanSeconds
      })
    case "unknown_auth_key":
    case "user_blacklisted":
      return Effect.fail(new SourceFailed({ fault: "key-refused", message: "it does not accept the key" }))
    default:
      return Effect.fail(
        new SourceFailed({ fault: "malformed", message: "its answer is of a kind that is not known" })
      )
  }
}

export const urlhaus = (key: Redacted.Redacted, base = "https://urlhaus-api.abuse.ch"): Source => ({
  name: "urlhaus",
  quotas: [],
  ask: (client, url) =>
    client
      .ask({
        url: `${base}/v1/url/`,
        method: "POST",
        headers: { "auth-key": Redacted.value(key), "content-type": "application/x-www-form-urlencoded" },
        body: new URLSearchParams({ url }).toString(),
        bytesMax: answerBytesMax,
        limitMillis: attemptMillis
      })
      .pipe(Effect.flatMap(read), Effect.flatMap(saidOf))
})
