/** Writers of a directory that were killed, and those that live: what is left, and what is destroyed of it. */
import { spawn } from "node:child_process"
import { link, readdir, readFile } from "node:fs/promises"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { directoryPlace } from "../../../../actors/backup/places/directory-place.ts"
import { temporaryFolder } from "../../../faults/temporary-folder.ts"

const keyring = "a0/stores/keyring.wstore"
const segment = "a0/g/log/1.wseg"

/** A process that is killed in a call of the file system. */
const killedIn = (
  call: "rename" | "unlink",
  operation: "replace" | "create",
  ...words: ReadonlyArray<string>
) =>
  Effect.callback<void, Error>((resume) => {
    const entry = fileURLToPath(new URL("hang-in.ts", import.meta.url))
    const child = spawn(process.execPath, [entry, call, operation, ...words], {
      stdio: ["ignore", "pipe", "inherit"]
    })
    child.stdout.once("data", () => child.kill("SIGKILL"))
    child.once("close", (_, signal) =>
      resume(
        signal === "SIGKILL"
          ? Effect.void
          : Effect.fail(new Error(`expected it to hang in ${call}, found that it ended`))
      )
    )
  })

const hiddenIn = (folder: string) =>
  Effect.promise(async () =>
    (await readdir(folder, { recursive: true, withFileTypes: true }))
      .filter(({ name }) => name.startsWith("."))
      .map(({ name, parentPath }) => join(parentPath, name))
  )

describe("a writer of a directory that was killed", () => {
  it.live("leaves a keyring that nobody looks for, which is destroyed where it lies", () =>
    Effect.gen(function* () {
      const root = yield* temporaryFolder
      const place = directoryPlace("disk", root)
      yield* place.replace(keyring, Buffer.from("the current one"))
      yield* killedIn("rename", "replace", root, keyring, "a key that was destroyed since")
      const [left, ...others] = yield* hiddenIn(root)
      expect(others).toEqual([])
      expect(yield* Effect.promise(() => readFile(left!, "utf8"))).toBe("a key that was destroyed since")
      expect((yield* place.list("")).map(({ key }) => key)).toEqual([keyring])
      // A second name keeps the file, as a disk keeps its blocks.
      const still = join(root, "still")
      yield* Effect.promise(() => link(left!, still))
      yield* place.discardUnfinished!("a0/")
      expect(yield* hiddenIn(root)).toEqual([])
      expect([...(yield* Effect.promise(() => readFile(still)))].every((byte) => byte === 0)).toBe(true)
      expect(String(yield* place.get(keyring))).toBe("the current one")
    })
  )

  it.live("leaves a second name of what it stored, which stays whole without it", () =>
    Effect.gen(function* () {
      const root = yield* temporaryFolder
      const place = directoryPlace("disk", root)
      yield* killedIn("unlink", "create", root, segment, "events")
      expect(yield* hiddenIn(root)).toHaveLength(1)
      expect(String(yield* place.get(segment))).toBe("events")
      yield* place.discardUnfinished!("a0/")
      expect(yield* hiddenIn(root)).toEqual([])
      expect(String(yield* place.get(segment))).toBe("events")
    })
  )
})

it.live("a writer that lives loses nothing when what is unfinished is discarded", () =>
  Effect.gen(function* () {
    const place = directoryPlace("disk", yield* temporaryFolder)
    const rounds = Array.from({ length: 50 }, (_, round) => round)
    const store = Effect.forEach(rounds, (round) =>
      Effect.andThen(
        place.replace(keyring, Buffer.from(`keys ${round}`)),
        place.putIfAbsent(`a0/g/log/${round}.wseg`, Buffer.from(`events ${round}`))
      )
    )
    const discard = Effect.forever(Effect.andThen(place.discardUnfinished!("a0/"), Effect.yieldNow))
    yield* Effect.raceFirst(store, discard)
    expect(String(yield* place.get(keyring))).toBe("keys 49")
    for (const round of rounds)
      expect(String(yield* place.get(`a0/g/log/${round}.wseg`))).toBe(`events ${round}`)
  })
)
