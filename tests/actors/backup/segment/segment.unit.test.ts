import { Effect } from "effect"
import fc from "fast-check"
import { beforeAll, describe, expect, it } from "vitest"
import { Damaged } from "../../../../actors/backup/segment/frame.ts"
import { packMessages, unpackMessages } from "../../../../actors/backup/segment/messages.ts"
import type { Identity, Recipient } from "../../../../actors/backup/segment/seal.ts"
import {
  checkFollows,
  encodeSegment,
  openSegment,
  readSegment,
  type Tail
} from "../../../../actors/backup/segment/segment.ts"
import { origin, someIdentity, someMessages } from "./some-messages.ts"

interface Stored {
  readonly bytes: Buffer
  readonly tail: Tail
}

let identity: Identity
let recipient: Recipient
let chain: ReadonlyArray<Stored>

/** Segments of as many events each, one after another. */
const chainOf = async (counts: ReadonlyArray<number>): Promise<ReadonlyArray<Stored>> => {
  const stored: Array<Stored> = []
  for (const count of counts) {
    const previous = stored.at(-1)?.tail ?? null
    const messages = someMessages((previous?.last ?? 0) + 1, count)
    stored.push(await encodeSegment({ origin, previous, messages }, [recipient]))
  }
  return stored
}

/** What a reader of the backup sees of a chain of objects: all events, or the first thing that is not right. */
const readAll = (objects: ReadonlyArray<Buffer>) =>
  Effect.gen(function* () {
    let previous: Tail | null = null
    const events: Array<string> = []
    for (const bytes of objects) {
      const segment = yield* readSegment(bytes)
      yield* checkFollows(segment, origin, previous)
      events.push(...(yield* openSegment(segment, identity)).map(({ subject }) => subject))
      previous = { last: segment.header.last, object: segment.digest, content: segment.header.content.sha256 }
    }
    return events
  })

const damageOf = (objects: ReadonlyArray<Buffer>) => Effect.runPromise(Effect.flip(readAll(objects)))

beforeAll(async () => {
  const own = await someIdentity()
  identity = own.identity
  recipient = own.recipient
  chain = await chainOf([3, 1, 40])
})

describe("a segment", () => {
  it("gives back every event as it was", async () => {
    const subjects = await Effect.runPromise(readAll(chain.map(({ bytes }) => bytes)))
    expect(subjects).toEqual(someMessages(1, 44).map(({ subject }) => subject))
  })

  it("is opened by each of its recipients, and by nobody else", async () => {
    const [one, other, stranger] = await Promise.all([someIdentity(), someIdentity(), someIdentity()])
    const messages = someMessages(1, 2)
    const { bytes } = await encodeSegment({ origin, previous: null, messages }, [
      one.recipient,
      other.recipient
    ])
    const open = (by: Identity) =>
      Effect.runPromise(
        Effect.exit(Effect.flatMap(readSegment(bytes), (segment) => openSegment(segment, by)))
      )
    expect((await open(one.identity))._tag).toBe("Success")
    expect((await open(other.identity))._tag).toBe("Success")
    expect((await open(stranger.identity))._tag).toBe("Failure")
  })

  it("says nothing of the events to who has no identity", () => {
    for (const { bytes } of chain) {
      expect(bytes.includes("message")).toBe(false)
      expect(bytes.includes("evt.")).toBe(false)
    }
  })

  it("names the part in which any bit is flipped", { timeout: 60_000 }, async () => {
    const { bytes } = chain[0]!
    const parts = new Map<string, number>()
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const flipped = Buffer.from(bytes)
      flipped[bit >> 3]! ^= 1 << (bit & 7)
      const found = await Effect.runPromise(Effect.flip(readSegment(flipped)))
      expect(found).toBeInstanceOf(Damaged)
      parts.set(found.part, (parts.get(found.part) ?? 0) + 1)
    }
    const bodyBits = (bytes.length - bytes.lastIndexOf("age-encryption.org/v1")) * 8
    expect(parts.get("beginning")).toBe(16 * 8)
    expect(parts.get("body")).toBe(bodyBits)
    expect(parts.get("header")).toBe(bytes.length * 8 - 16 * 8 - bodyBits)
  })

  it("is found to be cut off or added to, at any byte", async () => {
    const { bytes } = chain[0]!
    for (let length = 0; length < bytes.length; length++)
      expect(await Effect.runPromise(Effect.flip(readSegment(bytes.subarray(0, length))))).toBeInstanceOf(
        Damaged
      )
    const longer = Buffer.concat([bytes, Buffer.from([0])])
    expect(await Effect.runPromise(Effect.flip(readSegment(longer)))).toMatchObject({ part: "body" })
  })

  it("is found missing, put in twice, exchanged, or taken from another generation", async () => {
    const [one, two, three] = chain.map(({ bytes }) => bytes)
    for (const objects of [[two!], [one!, three!], [one!, one!], [one!, three!, two!]])
      expect(await damageOf(objects)).toMatchObject({ part: "place" })
    const elsewhere = await encodeSegment(
      { origin: { ...origin, generation: "other" }, previous: chain[0]!.tail, messages: someMessages(4, 1) },
      [recipient]
    )
    expect(await damageOf([one!, elsewhere.bytes])).toMatchObject({ part: "place" })
  })

  it("of other events under the same numbers does not fit between its neighbours", async () => {
    const forged = await encodeSegment({ origin, previous: chain[0]!.tail, messages: someMessages(90, 1) }, [
      recipient
    ])
    expect(await damageOf([chain[0]!.bytes, forged.bytes, chain[2]!.bytes])).toMatchObject({ part: "place" })
  })

  it("packs and unpacks any messages", () =>
    fc.assert(
      fc.property(
        fc.array(
          fc.record({ subject: fc.string(), headers: fc.string({ unit: "grapheme" }), data: fc.uint8Array() })
        ),
        (messages) => {
          const unpacked = unpackMessages(packMessages(messages))
          expect(unpacked?.map(({ data, ...rest }) => ({ ...rest, data: [...data] }))).toEqual(
            messages.map(({ data, ...rest }) => ({ ...rest, data: [...data] }))
          )
        }
      )
    ))

  it("unpacks nothing from bytes that end early", () =>
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), (cut) => {
        const bytes = packMessages(someMessages(1, 1))
        expect(unpackMessages(bytes.subarray(0, bytes.length - cut))).toBeUndefined()
      })
    ))
})
