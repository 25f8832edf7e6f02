import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { afterEach, vi } from "vitest"
import { sweepCopy, sweepLog } from "../../../faults/backup/sweep.ts"

/** What is not looked at any more, to see that the sweep finds out. */
const without = vi.hoisted(() => ({ digests: false, chain: false, log: false }))

vi.mock(import("../../../../actors/backup/segment/frame.ts"), async (original) => {
  const { Schema } = await import("effect")
  const own = await original()
  const headerFrom = 20
  const digestBytes = 32
  return {
    ...own,
    unframe: (bytes, header) => {
      if (!without.digests) return own.unframe(bytes, header)
      const headerTo = headerFrom + bytes.readUInt32BE(16)
      const decoded = Schema.decodeUnknownSync(Schema.fromJsonString(header))(
        bytes.subarray(headerFrom, headerTo).toString("utf8")
      )
      const bodyFrom = headerTo + digestBytes
      return {
        header: decoded,
        digest: bytes.subarray(headerTo, bodyFrom).toString("hex"),
        body: bytes.subarray(bodyFrom)
      }
    }
  }
})

vi.mock(import("../../../../actors/backup/segment/segment.ts"), async (original) => {
  const own = await original()
  return {
    ...own,
    checkFollows: (...asked) => (without.chain ? Effect.void : own.checkFollows(...asked))
  }
})

vi.mock(import("../../../../actors/backup/verify/read-whole.ts"), async (original) => {
  const own = await original()
  return {
    ...own,
    readWhole: (...asked) => ({ ...own.readWhole(...asked), ...(without.log ? { holes: () => [] } : {}) })
  }
})

afterEach(() => Object.assign(without, { digests: false, chain: false, log: false }))

const swept = Effect.map(sweepCopy(3, 1_009, { everyCases: 1 }), ({ breaches }) => breaches)

describe("a sweep of damage", () => {
  it.live("finds flipped bits that nobody noticed where digests are not looked at", () =>
    Effect.gen(function* () {
      without.digests = true
      expect((yield* swept).filter((it) => /^bit .*: not found by checking$/.test(it))).not.toEqual([])
    })
  )

  it.live(
    "finds parts of another copy that nobody noticed where neighbours are not held against each other",
    () =>
      Effect.gen(function* () {
        without.chain = true
        expect(
          (yield* swept).filter((it) => /^another copy's .*: not found by checking$/.test(it))
        ).not.toEqual([])
      })
  )

  it.live("finds events that the log lost and nobody missed where holes are not looked at", () =>
    Effect.gen(function* () {
      without.log = true
      const { breaches } = yield* sweepLog(3, 4)
      expect(breaches.filter((it) => it.endsWith(" missing: not found"))).not.toEqual([])
    })
  )
})
