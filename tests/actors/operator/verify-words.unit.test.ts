/** What `wadjet verify` says of places, as whoever has to restore one of them reads it. */
import { mkdirSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Redacted } from "effect"
import { extentOf, frame } from "../../../actors/backup/segment/frame.ts"
import { seal } from "../../../actors/backup/segment/seal.ts"
import { encodeSegment, type Tail } from "../../../actors/backup/segment/segment.ts"
import { segmentKey, storeKey } from "../../../actors/backup/ship/keys.ts"
import { fetchedBinary } from "../../../infra/nats-server/find.ts"
import { temporaryFolder } from "../../faults/temporary-folder.ts"
import { origin, someIdentity, someMessages } from "../backup/segment/some-messages.ts"
import { wadjet } from "./captured.ts"

/** The objects of a copy of six events, with a keyring. */
const someCopy = async (recipient: string) => {
  const objects = new Map<string, Buffer>()
  let previous: Tail | null = null
  for (const first of [1, 3, 5]) {
    const segment = { origin, previous, messages: someMessages(first, 2) }
    const { bytes, tail } = await encodeSegment(segment, [recipient])
    objects.set(segmentKey(origin, first), bytes)
    previous = tail
  }
  const plain = Buffer.from("a keyring")
  const { account } = origin
  const header = { kind: "store", store: "keyring", account, content: extentOf(plain) } as const
  objects.set(storeKey(account, "keyring"), frame(header, await seal(plain, [recipient])))
  return objects
}

const flipped = (bytes: Buffer): Buffer => {
  const other = Buffer.from(bytes)
  other[other.length - 5]! ^= 1
  return other
}

const inFolders = Effect.gen(function* () {
  const root = yield* temporaryFolder
  const { recipient } = yield* Effect.promise(someIdentity)
  const objects = yield* Effect.promise(() => someCopy(recipient))
  const put = (name: string, change: (key: string, bytes: Buffer) => Buffer | undefined) => {
    mkdirSync(join(root, name))
    for (const [key, bytes] of objects) {
      const stored = change(key, bytes)
      if (stored === undefined) continue
      mkdirSync(dirname(join(root, name, key)), { recursive: true })
      writeFileSync(join(root, name, key), stored)
    }
    return `${name}=${join(root, name)}`
  }
  const verify = (
    places: ReadonlyArray<string>,
    more: Readonly<Record<string, string>> = {},
    flags: ReadonlyArray<string> = []
  ) =>
    Effect.promise(() =>
      wadjet(["verify", ...flags], {
        WADJET_DATA: join(root, "data"),
        WADJET_BACKUP: places.join(" "),
        ...more
      })
    )
  return { root, put, verify }
})

const middle = segmentKey(origin, 3)

describe("wadjet verify", () => {
  it.live(
    "checks every place, whichever of them cannot be asked, and names the one that gives back most",
    () =>
      Effect.gen(function* () {
        const { put, root, verify } = yield* inFolders
        const places = [
          `gone=${join(root, "nowhere")}`,
          put("empty", () => undefined),
          put("broken", (key, bytes) => (key === middle ? flipped(bytes) : bytes)),
          put("whole", (_, bytes) => bytes)
        ]
        const { err, exit, out } = yield* verify(places)
        expect(exit).toBe("failed")
        expect(out).toMatch(
          /^gone cannot be asked: expected .* found no such folder: is the disk mounted\?$/m
        )
        expect(out).toContain("empty holds no copy of any log.")
        expect(out).toContain(`  problem: events 3 to 4 (${middle}): expected a body with the digest`)
        expect(out).toContain("  Events 1 to 2 can be restored from here; 3 to 6 cannot.")
        expect(out).toMatch(/^whole, account .*events up to 6; ciphertext verified only/m)
        expect(err).toContain("Not everything can be given back by gone, empty, broken")
        expect(err).toContain("For a restore now: whole gives back most, up to event 6.")
      })
  )

  it.live(
    "says that nothing can be restored where the keyring is damaged, and that there is nothing where there is none",
    () =>
      Effect.gen(function* () {
        const { put, verify } = yield* inFolders
        const keyring = storeKey(origin.account, "keyring")
        const cut = put("cut", (key, bytes) => (key === keyring ? bytes.subarray(0, -1) : bytes))
        expect((yield* verify([cut])).out).toMatch(
          /problem: keyring: expected a body of .*\n {2}Nothing can be restored from here: without the keyring/
        )
        const nothing = yield* verify([put("empty", () => undefined)])
        expect(nothing.err).toContain("`wadjet run` copies the log there")
        expect(nothing.err).not.toContain("scrub")
      })
  )

  it.live(
    "says of each log by itself what is there, whichever of them cannot be checked, or of one alone",
    () =>
      Effect.gen(function* () {
        const { put, root, verify } = yield* inFolders
        const place = put("disk", (_, bytes) => bytes)
        // Of another account, whose keyring nobody can read.
        const other = { account: "a0another0", generation: "abcdef012345" }
        const segment = join(root, "disk", segmentKey(other, 1))
        mkdirSync(dirname(segment), { recursive: true })
        writeFileSync(segment, "no segment")
        mkdirSync(join(root, "disk", storeKey(other.account, "keyring")), { recursive: true })
        const all = yield* verify([place])
        expect(all.out).toMatch(/^disk, account a0another0, generation abcdef012345, could not be checked: /m)
        expect(all.out).toMatch(/^disk, account a0example0, .*events up to 6; ciphertext verified only/m)
        expect(all.exit).toBe("failed")
        expect(all.err).toContain("Mend what kept it from being checked")
        for (const log of [`${origin.account}/${origin.generation}`, origin.generation]) {
          const one = yield* verify([place], {}, ["--log", log])
          expect(one.exit).toBe("ok")
          expect(one.out).not.toContain("a0another0")
        }
        expect((yield* verify([place], {}, ["--log", "nobodys"])).out).toContain(
          "disk holds no copy of nobodys."
        )
      })
  )

  it.live("tells a copy that was made for others from one that is damaged", () =>
    Effect.gen(function* () {
      const { put, root, verify } = yield* inFolders
      const { identity } = yield* Effect.promise(someIdentity)
      // It is looked for, and not started.
      const server = fetchedBinary(join(root, "data"))
      mkdirSync(dirname(server), { recursive: true })
      writeFileSync(server, "#!/bin/sh\necho nats-server: v2.15.1\n", { mode: 0o755 })
      const place = put("whole", (_, bytes) => bytes)
      const { err, out } = yield* verify([place], { WADJET_BACKUP_IDENTITY: Redacted.value(identity) })
      expect(out).toContain("ciphertext verified only: WADJET_BACKUP_IDENTITY is none that it was copied for")
      expect(out.match(/problem:/g)).toEqual(["problem:"])
      expect(err).toContain("Give the identity whose public half was in WADJET_BACKUP_RECIPIENTS.")
    })
  )
})
