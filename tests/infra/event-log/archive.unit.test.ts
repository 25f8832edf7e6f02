import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import fc from "fast-check"
import {
  measureArchive,
  readArchived,
  sweepArchive,
  writeArchived
} from "../../../infra/event-log/archive/archive-files.ts"
import {
  type ArchivedFile,
  type ArchiveIndex,
  decodeIndex,
  encodeIndex,
  fileEventsMax,
  nameOf,
  nothingArchived,
  parseName,
  sha256
} from "../../../infra/event-log/archive/archive-index.ts"
import { makeArchive } from "../../../infra/event-log/archive/make-archive.ts"
import { archiveAt } from "../../../infra/event-log/archive/read-archive.ts"
import { asFirstStored, isUnfinished, storedAs } from "../../../infra/event-log/batch-headers.ts"
import type { RawMessage } from "../../../infra/event-log/raw-log.ts"

/** Where a disk is in memory nothing waits for it. */
const root = existsSync("/dev/shm") ? "/dev/shm" : tmpdir()
const folder = mkdtempSync(join(root, "wadjet-archive-"))
afterAll(() => rmSync(folder, { recursive: true }))

const message = (sequence: number, boundary = sequence % 7): RawMessage => ({
  sequence,
  subject: `evt.a0example0.policy.c${boundary}.${sequence % 2 === 0 ? "muted" : "unmuted"}`,
  headers: `NATS/1.0\r\nce-id: ${sequence}\r\n\r\n`,
  data: Buffer.from(`{"n":${sequence},"é":"日本"}`)
})

const from = (first: number, count: number) =>
  Array.from({ length: count }, (_, index) => message(first + index))

/** Makes files of events, in as many steps as there are lists. */
const archived = (steps: ReadonlyArray<ReadonlyArray<RawMessage>>, before = nothingArchived) =>
  Effect.gen(function* () {
    const packed = new Map<string, Buffer>()
    const making = makeArchive(before, (file, bytes) =>
      Effect.sync(() => void packed.set(nameOf(file), bytes))
    )
    for (const step of steps) yield* making.add(step)
    return { index: yield* making.finish, packed }
  })

const write = ({ index, packed }: { readonly index: ArchiveIndex; readonly packed: Map<string, Buffer> }) =>
  Effect.forEach(index.files, (file) => writeArchived(folder, file, packed.get(nameOf(file))!), {
    discard: true
  })

describe("files of an archive", () => {
  it.effect("hold the events that went into them, and the index says where each boundary ended", () =>
    Effect.gen(function* () {
      const many = from(1, fileEventsMax + 10)
      const made = yield* archived([many])
      yield* write(made)
      const { index } = made
      expect(index.files.map(({ first, last }) => [first, last])).toEqual([
        [1, fileEventsMax],
        [fileEventsMax + 1, fileEventsMax + 10]
      ])
      const archive = archiveAt(folder, index)
      const read = [...(yield* archive.load(index.files[0]!)), ...(yield* archive.load(index.files[1]!))]
      expect(read).toEqual(many)
      for (const { sequence, subject } of many.slice(-7))
        expect(archive.headOf(`${subject.slice(0, subject.lastIndexOf("."))}.>`)).toBe(sequence)
      expect(archive.headOf("evt.a0example0.policy.c9.>")).toBe(0)
      expect([1, fileEventsMax, fileEventsMax + 10].map((it) => archive.fileOf(it)?.first)).toEqual([
        1,
        1,
        fileEventsMax + 1
      ])
      expect([0, fileEventsMax + 11].map((it) => archive.fileOf(it))).toEqual([undefined, undefined])
    })
  )

  it.effect("are the same, and so is their index, however the events were handed over", () =>
    Effect.promise(() =>
      fc.assert(
        fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 8 }), async (sizes) => {
          const all = from(
            1,
            sizes.reduce((sum, size) => sum + size, 0)
          )
          let taken = 0
          const steps = sizes.map((size) => all.slice(taken, (taken += size)))
          const [once, often] = await Effect.runPromise(Effect.all([archived([all]), archived(steps)]))
          expect(encodeIndex(often.index)).toBe(encodeIndex(once.index))
          expect([...often.packed]).toEqual([...once.packed])
          const text = encodeIndex(once.index)
          expect(decodeIndex(text, sha256(text))).toEqual(JSON.parse(text))
          expect(decodeIndex(`${text} `, sha256(text))).toBeUndefined()
        }),
        { numRuns: 30 }
      )
    )
  )

  it.effect("go on behind those that are there, which stay as they are", () =>
    Effect.gen(function* () {
      const first = yield* archived([from(1, 20)])
      const second = yield* archived([from(21, 10)], first.index)
      expect(second.index.files.slice(0, 1)).toEqual(first.index.files)
      expect([...second.packed.keys()]).toEqual([nameOf(second.index.files[1]!)])
      expect(second.index.upTo).toBe(30)
      const exit = yield* Effect.exit(archived([from(32, 1)], second.index))
      expect(exit._tag).toBe("Failure")
    })
  )

  it.effect("give back what they hold or nothing, whichever bit is flipped and wherever they end", () =>
    Effect.gen(function* () {
      const made = yield* archived([from(1, 12)])
      yield* write(made)
      const file = made.index.files[0]!
      const path = join(folder, nameOf(file))
      const bytes = readFileSync(path)
      const wanted = yield* Effect.promise(() => readArchived(folder, file))
      expect(wanted).toEqual(from(1, 12))
      const readAs = (changed: Uint8Array) =>
        Effect.promise(async () => {
          writeFileSync(path, changed)
          return await readArchived(folder, file)
        })
      for (let bit = 0; bit < bytes.length * 8; bit += 97) {
        const flipped = Buffer.from(bytes)
        flipped[bit >> 3]! ^= 1 << (bit & 7)
        const read = yield* readAs(flipped)
        expect(read ?? wanted).toEqual(wanted)
      }
      for (let length = 0; length < bytes.length; length += 59)
        expect(yield* readAs(bytes.subarray(0, length))).toBeUndefined()
      const other = yield* archived([from(1, 11)])
      expect(yield* readAs(other.packed.values().next().value!)).toBeUndefined()
    })
  )

  it.effect("are swept where no index names them, and counted where one does", () =>
    Effect.gen(function* () {
      const made = yield* archived([from(1, 12)])
      yield* write(made)
      const bytes = readFileSync(join(folder, nameOf(made.index.files[0]!))).length
      writeFileSync(join(folder, "of-somebody-else.txt"), "")
      yield* write(yield* archived([from(1, 30)]))
      expect(yield* sweepArchive(folder, made.index)).toBeGreaterThan(0)
      expect(yield* measureArchive(folder, made.index)).toEqual({ bytes, missing: [] })
      expect(readFileSync(join(folder, "of-somebody-else.txt"), "utf8")).toBe("")
      const gone: ArchivedFile = { ...made.index.files[0]!, last: 13 }
      expect(yield* measureArchive(folder, { ...made.index, files: [gone] })).toEqual({
        bytes: 0,
        missing: [nameOf(gone)]
      })
      expect(parseName(nameOf(gone))).toEqual({ first: 1, last: 13, sha256: gone.sha256 })
      expect(parseName(`${nameOf(gone)}.unfinished`)).toBeUndefined()
    })
  )
})

describe("headers that the server would obey", () => {
  it("have other names while they are stored again, and their own where the message is copied", () => {
    const names = [
      "ce-id",
      "Nats-Msg-Id",
      "Nats-Expected-Last-Subject-Sequence",
      "Nats-Batch-Id",
      "Nats-Batch-Commit"
    ]
    const block = (of: (name: string) => string) =>
      ["NATS/1.0", ...names.map((name) => `${of(name)}: 1`), "", ""].join("\r\n")
    const again = block(storedAs)
    expect(again).not.toMatch(/\r\nNats-(?:Expected|Batch)/u)
    expect(again).toContain("\r\nNats-Msg-Id: 1")
    expect(asFirstStored(again)).toBe(block((name) => name))
    expect([isUnfinished(again), isUnfinished(asFirstStored(again))]).toEqual([false, false])
    const open = again.replace(`${storedAs("Nats-Batch-Commit")}: 1\r\n`, "")
    expect([isUnfinished(open), isUnfinished(asFirstStored(open))]).toEqual([true, true])
  })
})
