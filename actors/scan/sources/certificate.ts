/**
 * The certificate of a link's server: how old it is, who signed it, for whom, and what is wrong with it. The server
 * itself is connected to, by the guarded client alone, and is asked for nothing.
 *
 * @see https://www.rfc-editor.org/rfc/rfc5280
 */
import { Clock, Effect } from "effect"
import type { FetchFault } from "../../../infra/guarded-client/fetch-failed.ts"
import type { PeerCertificate } from "../../../infra/guarded-client/peer-certificate.ts"
import type { Evidence } from "../evidence.ts"
import { strangersWords } from "../strangers-words.ts"
import { attemptMillis } from "./answer-json.ts"
import type { Said, Source } from "./source.ts"

/** Certificates are renewed every few weeks; who asks again within the hour gets the same one. */
const knownSeconds = 3_600
const unknownSeconds = 600

const hourMillis = 3_600_000
const dayMillis = 24 * hourMillis

/** Names that a report can hold. */
const namesShownMax = 2

/** Ages in days below which a certificate is young: of those that fit, the first. */
const ages: ReadonlyArray<readonly [kind: string, days: number]> = [
  ["age-1", 1],
  ["age-7", 7]
]

const source = "certificate"

const found = (is: boolean, kind: string, detail: string): ReadonlyArray<Evidence> =>
  is ? [{ source, kind, detail: detail.trim() }] : []

const counted = (count: number, unit: string): string => `${count} ${unit}${count === 1 ? "" : "s"}`

const agoOf = (millis: number): string =>
  millis < dayMillis
    ? `${counted(Math.floor(millis / hourMillis), "hour")} ago`
    : `${counted(Math.floor(millis / dayMillis), "day")} ago`

const byOf = ({ issuer }: PeerCertificate): string => (issuer === "" ? "" : ` by ${strangersWords(issuer)}`)

const namesIn = ({ names }: PeerCertificate): string => {
  if (names.length === 0) return "it names no host"
  const more = names.length > namesShownMax ? " and others" : ""
  return `it is for ${names.slice(0, namesShownMax).map(strangersWords).join(", ")}${more}`
}

/** How young one is that is in order; a broken one is young for reasons of its own. */
const ageOf = (certificate: PeerCertificate, now: number): ReadonlyArray<Evidence> => {
  const age = now - certificate.validFrom
  const [kind] = ages.find(([, days]) => age < days * dayMillis) ?? []
  return kind === undefined ? [] : found(true, kind, `issued ${agoOf(age)}${byOf(certificate)}`)
}

/** What a certificate says for or against its server at a time (milliseconds since the epoch). Pure. */
export const certificateEvidence = (certificate: PeerCertificate, now: number): ReadonlyArray<Evidence> => {
  const { isForHost, isSelfSigned, isTrusted, validFrom, validTo } = certificate
  const faults = [
    ...found(validTo < now, "expired", agoOf(now - validTo)),
    ...found(validFrom > now, "not-yet-valid", `from ${new Date(validFrom).toISOString().slice(0, 10)} on`),
    ...found(isSelfSigned, "self-signed", byOf(certificate)),
    ...found(!isForHost, "name-mismatch", namesIn(certificate))
  ]
  const isUnexplained = !isTrusted && faults.every(({ kind }) => kind === "name-mismatch")
  const all = [...faults, ...found(isUnexplained, "untrusted", `issued${byOf(certificate)}`)]
  return all.length === 0 ? ageOf(certificate, now) : all
}

const hasDates = ({ validFrom, validTo }: PeerCertificate): boolean =>
  !Number.isNaN(validFrom) && !Number.isNaN(validTo)

const words: Readonly<Record<FetchFault, string>> = {
  refused: "the server is not visited",
  "no-such-name": "the name does not exist",
  unresolved: "the name servers did not answer",
  unreachable: "the server could not be reached",
  tls: "the server speaks no TLS that this machine understands",
  timeout: "the server did not answer in time",
  malformed: "the certificate could not be read"
}

const nothing: Said = { evidence: [], validSeconds: knownSeconds }
const unknown = (why: string): Said => ({ evidence: [], unknown: why, validSeconds: unknownSeconds })

/** One certificate stands for everything at a host and port. */
const originOf = (url: string): string => URL.parse(url)?.origin ?? ""

export const certificate = (): Source => ({
  name: source,
  quotas: [],
  asksTheSite: true,
  subjectOf: originOf,
  ask: (client, url) => {
    const origin = originOf(url)
    // Without encryption there is none, and that is said elsewhere.
    if (!origin.startsWith("https:")) return Effect.succeed(nothing)
    return client.certificate(`${origin}/`, attemptMillis).pipe(
      Effect.flatMap((seen) =>
        Effect.map(Clock.currentTimeMillis, (now) =>
          hasDates(seen)
            ? { evidence: certificateEvidence(seen, now), validSeconds: knownSeconds }
            : unknown(words.malformed)
        )
      ),
      // What is wrong with one server is no fault of the others: the circuit stays closed.
      Effect.catch(({ fault }) => Effect.succeed(unknown(words[fault])))
    )
  }
})
