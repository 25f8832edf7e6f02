/** S3-compatible storage as a place: AWS, Garage, MinIO, R2 and others. */
import { Effect } from "effect"
import { type Place, type PlaceFailed, type StoredObject } from "./place.ts"
import { type S3Address, sendTo } from "./s3-request.ts"

/** The condition that an object of this key is not there yet. */
const ifAbsent = { "if-none-match": "*" }
/** S3's answers to a condition that does not hold, and to two who meet at one key at the same moment. */
const takenStatus = 412
const metStatus = 409
const isTaken = ({ status }: { readonly status: number }) => status === takenStatus || status === metStatus
/** S3's answers to a header that it does not know. */
const unknownStatus: ReadonlySet<number> = new Set([400, 501])
/** What S3 says of versions, where a bucket ever had them: older ones stay when they are suspended. */
const versionsIn = /<Status>(Enabled|Suspended)<\/Status>/
/** Asked for so many keys at once; S3 hands out no more. */
const keysMax = "1000"

const entities: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" }
const unescape = (text: string) =>
  text.replaceAll(/&(amp|lt|gt|quot|apos);/g, (_, name: string) => entities[name]!)

const textIn = (xml: string, name: string): string | undefined => {
  const found = new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1]
  return found === undefined ? undefined : unescape(found)
}

interface Listed {
  readonly objects: ReadonlyArray<StoredObject>
  readonly next: string | undefined
}

/** Reads an answer to ListObjectsV2. */
const listedIn = (body: Buffer, prefix: string): Listed | undefined => {
  const xml = body.toString("utf8")
  if (!xml.includes("<ListBucketResult")) return undefined
  const objects = [...xml.matchAll(/<Contents>([\s\S]*?)<\/Contents>/g)].map(([, one = ""]) => ({
    key: (textIn(one, "Key") ?? "").slice(prefix.length),
    bytes: Number(textIn(one, "Size") ?? 0)
  }))
  const next = textIn(xml, "IsTruncated") === "true" ? textIn(xml, "NextContinuationToken") : undefined
  return { objects, next }
}

/** The object by which it is tried whether conditions hold. */
const probeKey = "fence-probe"

/**
 * A bucket as a place, until the scope closes.
 *
 * @example const place = yield* s3Place("garage", address)
 */
export const s3Place = Effect.fn("s3Place")(function* (name: string, address: S3Address) {
  const { refuse, send } = yield* sendTo(name, address)
  const { prefix } = address
  let known: boolean | undefined

  const put = (
    operation: string,
    key: string,
    bytes: Uint8Array,
    headers: Readonly<Record<string, string>>
  ) =>
    Effect.flatMap(send(operation, { method: "PUT", key: prefix + key, headers, body: bytes }), (answer) => {
      if (answer.status === 200) return Effect.succeed("stored" as const)
      if (isTaken(answer)) return Effect.succeed("taken" as const)
      return Effect.fail(refuse(operation, answer))
    })

  const isThere = (operation: string, key: string) =>
    Effect.flatMap(send(operation, { method: "HEAD", key: prefix + key }), (answer) => {
      if (answer.status === 404) return Effect.succeed(false)
      return answer.status === 200 ? Effect.succeed(true) : Effect.fail(refuse(operation, answer))
    })

  /**
   * Storage that knows no conditions stores the second one as well, and says so with pride, or refuses what it does not
   * know. An error of its own says nothing about that.
   */
  const fenced: Place["fenced"] = Effect.gen(function* () {
    if (known !== undefined) return known
    const operation = "take a condition"
    const body = Buffer.from("one")
    const probe = send(operation, { method: "PUT", key: prefix + probeKey, headers: ifAbsent, body })
    const first = yield* probe
    if (unknownStatus.has(first.status)) return (known = false)
    const second = yield* probe
    if (isTaken(second)) return (known = true)
    return second.status === 200 ? (known = false) : yield* refuse(operation, second)
  })

  const putIfAbsent: Place["putIfAbsent"] = (key, bytes) => {
    const operation = "store an object"
    return Effect.flatMap(fenced, (isFenced): Effect.Effect<"stored" | "taken", PlaceFailed> => {
      if (isFenced) return put(operation, key, bytes, ifAbsent)
      return Effect.flatMap(isThere(operation, key), (taken) =>
        taken ? Effect.succeed("taken" as const) : put(operation, key, bytes, {})
      )
    })
  }

  const list: Place["list"] = (wanted, after) =>
    Effect.gen(function* () {
      const operation = "list what it holds"
      const objects: Array<StoredObject> = []
      let token: string | undefined
      do {
        const answer = yield* send(operation, {
          method: "GET",
          key: "",
          query: {
            "list-type": "2",
            "max-keys": keysMax,
            prefix: prefix + wanted,
            ...(token === undefined
              ? after === undefined
                ? {}
                : { "start-after": prefix + after }
              : { "continuation-token": token })
          }
        })
        const listed = answer.status === 200 ? listedIn(answer.body, prefix) : undefined
        if (listed === undefined) return yield* refuse(operation, answer)
        objects.push(...listed.objects)
        token = listed.next
      } while (token !== undefined)
      return objects
    })

  return {
    name,
    shown: `${address.endpoint}/${address.bucket}/${prefix}`,
    fenced,
    putIfAbsent,
    list,
    clock: Effect.flatMap(send("say what time it is", { method: "HEAD", key: prefix + probeKey }), (answer) =>
      Number.isNaN(answer.date)
        ? Effect.fail(refuse("say what time it is", answer))
        : Effect.succeed(answer.date)
    ),
    keepsVersions: Effect.map(
      send("say whether it keeps versions", { method: "GET", key: "", query: { versioning: "" } }),
      ({ body, status }) => (status === 200 ? versionsIn.test(body.toString("utf8")) : undefined)
    ),
    replace: (key, bytes) => Effect.asVoid(put("replace an object", key, bytes, {})),
    get: (key) =>
      Effect.flatMap(send("hand out an object", { method: "GET", key: prefix + key }), (answer) => {
        if (answer.status === 404 && !answer.body.includes("NoSuchBucket")) return Effect.succeed(undefined)
        return answer.status === 200
          ? Effect.succeed(answer.body)
          : Effect.fail(refuse("hand out an object", answer))
      }),
    remove: (key) =>
      Effect.flatMap(send("delete an object", { method: "DELETE", key: prefix + key }), (answer) =>
        answer.status === 204 || answer.status === 200 || answer.status === 404
          ? Effect.void
          : Effect.fail(refuse("delete an object", answer))
      )
  } satisfies Place
})
