/**
 * VirusTotal: what some ninety engines hold of a link. Links are looked up, never handed in.
 *
 * @see https://docs.virustotal.com/reference/url-info
 */
import { Effect, Redacted, Schema } from "effect"
import { answerBytesMax, answerJson, attemptMillis } from "./answer-json.ts"
import type { Said, Source } from "./source.ts"

const Answer = Schema.Struct({
  data: Schema.Struct({
    attributes: Schema.Struct({
      last_analysis_stats: Schema.Record(Schema.String, Schema.Finite)
    })
  })
})

const read = answerJson(Answer)
const knownSeconds = 3_600
const unknownSeconds = 600

/** From this many engines on it is no fluke of one of them. */
const enginesManyFrom = 3

const saidOf = ({ data }: typeof Answer.Type): Said => {
  const stats = data.attributes.last_analysis_stats
  const malicious = stats["malicious"] ?? 0
  const engines = Object.values(stats).reduce((sum, count) => sum + count, 0)
  const unknown = engines === 0 ? { unknown: "no engine has looked at the link yet" } : {}
  if (malicious === 0) return { evidence: [], validSeconds: knownSeconds, ...unknown }
  const kind = malicious >= enginesManyFrom ? "engines-3" : "engines-1"
  const detail = `${malicious} of ${engines} engines`
  return { evidence: [{ source: "virustotal", kind, detail }], validSeconds: knownSeconds }
}

const unknown: Said = { evidence: [], unknown: "it does not know the link", validSeconds: unknownSeconds }

export const virusTotal = (key: Redacted.Redacted, base = "https://www.virustotal.com"): Source => ({
  name: "virustotal",
  // What a free key allows.
  quotas: [
    { most: 4, per: "minute" },
    { most: 500, per: "day" }
  ],
  ask: (client, url) =>
    client
      .ask({
        url: `${base}/api/v3/urls/${Buffer.from(url).toString("base64url")}`,
        method: "GET",
        headers: { "x-apikey": Redacted.value(key), accept: "application/json" },
        bytesMax: answerBytesMax,
        limitMillis: attemptMillis
      })
      .pipe(
        Effect.flatMap((answer) =>
          answer.status === 404 ? Effect.succeed(unknown) : Effect.map(read(answer), saidOf)
        )
      )
})
