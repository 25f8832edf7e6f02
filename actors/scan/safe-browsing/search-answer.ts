/**
 * What `hashes:search` answers. The service documents Protocol Buffers and JSON, and speaks the one that is asked for,
 * Protocol Buffers; both are read, by the kind that the answer says it is of.
 *
 * @see https://developers.google.com/safe-browsing/reference/rest/v5/hashes/search
 */
import { Effect, Schema } from "effect"
import type { Answered } from "../../../infra/guarded-client/client.ts"
import { answerJson, faultOf } from "../sources/answer-json.ts"
import { SourceFailed } from "../sources/source.ts"
import { bytesIn, fieldsOf, numberIn, secondsIn } from "./wire.ts"

/** What is dangerous among the hashes that begin as it was asked, and for how long that holds. */
export interface Searched {
  /** The hashes in hexadecimal, with what they are. */
  readonly dangerous: ReadonlyMap<string, string>
  /** Undefined where it does not say. */
  readonly cacheSeconds: number | undefined
}

/** In the order of their numbers. Of a kind of threat that is not known here the whole detail has to be passed over. */
const threats = [
  undefined,
  ["MALWARE", "malware"],
  ["SOCIAL_ENGINEERING", "phishing"],
  ["UNWANTED_SOFTWARE", "unwanted software"],
  ["POTENTIALLY_HARMFUL_APPLICATION", "a harmful app"]
] as const

/**
 * A detail with any attribute is passed over: `CANARY` is no threat to be told of, `FRAME_ONLY` is one only within
 * another page, and one with an attribute that is not known has to be disregarded.
 */
interface Detail {
  readonly threat: string | undefined
  readonly hasAttributes: boolean
}

const threatOf = (details: ReadonlyArray<Detail>): string | undefined =>
  details.find(({ hasAttributes, threat }) => threat !== undefined && !hasAttributes)?.threat

const dangerousOf = (
  found: ReadonlyArray<{ readonly hash: Buffer; readonly details: ReadonlyArray<Detail> }>
): ReadonlyMap<string, string> =>
  new Map(
    found.flatMap(({ details, hash }) => {
      const threat = threatOf(details)
      return threat === undefined ? [] : [[hash.toString("hex"), threat] as const]
    })
  )

const readDetail = (message: Buffer): Detail => {
  let threat: string | undefined
  let hasAttributes = false
  for (const field of fieldsOf(message)) {
    if (field.number === 1) threat = threats[numberIn(field)]?.[1]
    // One by one, or packed into bytes.
    else if (field.number === 2) hasAttributes ||= typeof field.value === "bigint" || field.value.length > 0
  }
  return { threat, hasAttributes }
}

const readFullHash = (message: Buffer) => {
  let hash: Buffer = Buffer.alloc(0)
  const details: Array<Detail> = []
  for (const field of fieldsOf(message)) {
    if (field.number === 1) hash = bytesIn(field)
    else if (field.number === 2) details.push(readDetail(bytesIn(field)))
  }
  return { hash, details }
}

/** Reads a `SearchHashesResponse`; throws `WireBroken` for what is none. */
const readMessage = (message: Buffer): Searched => {
  const found: Array<ReturnType<typeof readFullHash>> = []
  let cacheSeconds: number | undefined
  for (const field of fieldsOf(message)) {
    if (field.number === 1) found.push(readFullHash(bytesIn(field)))
    else if (field.number === 2) cacheSeconds = secondsIn(field)
  }
  return { dangerous: dangerousOf(found), cacheSeconds }
}

const JsonAnswer = Schema.Struct({
  fullHashes: Schema.optionalKey(
    Schema.Array(
      Schema.Struct({
        fullHash: Schema.String,
        fullHashDetails: Schema.Array(
          Schema.Struct({
            threatType: Schema.String,
            attributes: Schema.optionalKey(Schema.Array(Schema.String))
          })
        )
      })
    )
  ),
  cacheDuration: Schema.optionalKey(Schema.String)
})

const readJson = answerJson(JsonAnswer)

const fromJson = ({ cacheDuration, fullHashes = [] }: typeof JsonAnswer.Type): Searched => {
  const seconds = /^(\d+)(?:\.\d+)?s$/.exec(cacheDuration ?? "")?.[1]
  return {
    dangerous: dangerousOf(
      fullHashes.map(({ fullHash, fullHashDetails }) => ({
        hash: Buffer.from(fullHash, "base64"),
        details: fullHashDetails.map(({ attributes = [], threatType }) => ({
          threat: threats.find((known) => known?.[0] === threatType)?.[1],
          hasAttributes: attributes.length > 0
        }))
      }))
    ),
    cacheSeconds: seconds === undefined ? undefined : Number(seconds)
  }
}

const unreadable = new SourceFailed({ fault: "malformed", message: "its answer could not be read" })

/** Reads a successful answer; every other one is a fault of the service. */
export const searchAnswer = (answer: Answered): Effect.Effect<Searched, SourceFailed> => {
  if (answer.status !== 200) return Effect.fail(faultOf(answer))
  const kind = answer.headers["content-type"] ?? ""
  if (/^application\/json\b/i.test(kind)) return Effect.map(readJson(answer), fromJson)
  if (answer.cut || !/^application\/(?:x-|vnd\.google\.)?protobuf\b/i.test(kind))
    return Effect.fail(unreadable)
  return Effect.try({ try: () => readMessage(answer.bytes), catch: () => unreadable })
}
