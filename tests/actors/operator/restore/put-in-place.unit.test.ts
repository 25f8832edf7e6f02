import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Effect } from "effect"
import { afterEach, describe, expect, it } from "vitest"
import {
  clearStage,
  freshStage,
  halfMoved,
  type Making,
  ofMend,
  ofRestore,
  putInPlace
} from "../../../../actors/operator/restore/put-in-place.ts"
import { wadjet } from "../captured.ts"

/** Where a disk is in memory nothing waits for it. */
const root = existsSync("/dev/shm") ? "/dev/shm" : tmpdir()
const folders: Array<string> = []
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true })
})

const put = (folder: string, name: string, words: string) => {
  const path = name.endsWith("/") ? join(folder, name, "inside") : join(folder, name)
  mkdirSync(join(path, ".."), { recursive: true })
  writeFileSync(path, words)
}

interface Kind {
  readonly making: Making
  /** What stands in the data folder, and what was made to take its place. */
  readonly standing: ReadonlyArray<string>
  readonly made: ReadonlyArray<string>
  /** Everything there, once it is in its place. */
  readonly whole: Readonly<Record<string, string>>
  readonly finishedBy: "restore" | "mend"
  readonly cutOff: string
  readonly finished: string
}

const secrets = ["keyring.db", "keyring.db-wal", "accounts.db", "session.db"]
const standing = ["nats/", ...secrets, "actors/", "read-model/"]

const restore: Kind = {
  making: ofRestore,
  standing,
  made: ["nats/", "keyring.db", "accounts.db", "session.db"],
  whole: {
    "nats/inside": "new",
    "keyring.db": "new",
    "accounts.db": "new",
    "session.db": "new",
    "media/inside": "stays",
    "before-restore-then/nats/inside": "old",
    "before-restore-then/keyring.db": "old",
    "before-restore-then/keyring.db-wal": "old",
    "before-restore-then/accounts.db": "old",
    "before-restore-then/session.db": "old",
    "before-restore-then/actors/inside": "old",
    "before-restore-then/read-model/inside": "old"
  },
  finishedBy: "restore",
  cutOff: "a restore was cut off while it was put in its place",
  finished: "The restore that was cut off is in its place now. Next: `wadjet run`.\n"
}

const mend: Kind = {
  making: ofMend,
  standing,
  made: ["nats/"],
  whole: {
    "nats/inside": "new",
    "keyring.db": "old",
    "keyring.db-wal": "old",
    "accounts.db": "old",
    "session.db": "old",
    "media/inside": "stays",
    "before-mend-then/nats/inside": "old",
    "before-mend-then/actors/inside": "old",
    "before-mend-then/read-model/inside": "old"
  },
  finishedBy: "mend",
  cutOff: "mending the log was cut off while the whole one was put in its place",
  finished: "The log that was mended is in its place now. Next: `wadjet run`.\n"
}

/** A data folder with an old log, and a new one made in it. */
const folderWithBoth = async ({ made, making, standing: stands }: Kind) => {
  const dataFolder = mkdtempSync(join(root, "wadjet-place-"))
  folders.push(dataFolder)
  for (const name of stands) put(dataFolder, name, "old")
  put(dataFolder, "media/", "stays")
  const stage = await Effect.runPromise(freshStage(dataFolder, making))
  for (const name of made) put(stage, name, "new")
  return dataFolder
}

/** Every file below a folder, with what it holds. */
const filesIn = (folder: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .toSorted()
      .map((path) => [path.slice(folder.length + 1), readFileSync(path, "utf8")])
  )

const moves = async (kind: Kind) => {
  let count = 0
  putInPlace(await folderWithBoth(kind), kind.making, "then", { onMove: () => count++ })
  return count
}

class Killed extends Error {}

/** Puts it in place until the power fails before a move. */
const cutOffBefore = (dataFolder: string, { making }: Kind, move: number) => {
  let count = 0
  const fail = () => {
    if (count++ === move) throw new Killed()
  }
  expect(() => putInPlace(dataFolder, making, "then", { onMove: fail })).toThrow(Killed)
}

describe.each([restore, mend])("what was made by wadjet $finishedBy", (kind) => {
  const { making } = kind

  it("takes the place of what stood there, which is kept aside", async () => {
    const dataFolder = await folderWithBoth(kind)
    expect(putInPlace(dataFolder, making, "then")).toBe(join(dataFolder, `${making.aside}then`))
    expect(filesIn(dataFolder)).toEqual(kind.whole)
  })

  it("is put in place by the next attempt, cut off before any move, and once more before another", async () => {
    const count = await moves(kind)
    expect(count).toBeGreaterThan(kind.made.length + 1)
    for (let move = 0; move < count; move++) {
      const dataFolder = await folderWithBoth(kind)
      cutOffBefore(dataFolder, kind, move)
      expect(halfMoved(dataFolder)).toBe(making)
      await Effect.runPromise(clearStage(dataFolder, making))
      cutOffBefore(dataFolder, kind, 0)
      putInPlace(dataFolder, making, "later")
      expect(filesIn(dataFolder), `cut off before move ${move}`).toEqual(kind.whole)
      expect(halfMoved(dataFolder)).toBeUndefined()
    }
  })

  it("is nothing that anybody runs on before it is in its place, and the same command puts it there", async () => {
    for (const move of [1, (await moves(kind)) - 1]) {
      const dataFolder = await folderWithBoth(kind)
      cutOffBefore(dataFolder, kind, move)
      const other = kind === restore ? ["mend"] : ["restore", "--from", "/nowhere", "--replace"]
      for (const command of [["run"], ["quarantine", "list"], other]) {
        const answer = await wadjet(command, { WADJET_DATA: dataFolder })
        expect(answer.exit).toBe("failed")
        expect(answer.err).toContain(kind.cutOff)
        expect(answer.err).toContain(`Finish it with \`wadjet ${kind.finishedBy}\``)
      }
      const finished = await wadjet([kind.finishedBy], { WADJET_DATA: dataFolder })
      expect(finished.exit).toBe("ok")
      expect(finished.out.slice(0, kind.finished.length)).toBe(kind.finished)
      const { "run.lock": _, "run.lock.owner": __, ...files } = filesIn(dataFolder)
      expect(files).toEqual(kind.whole)
    }
  })
})

describe("what was restored", () => {
  it("leaves in its place what is to stay", async () => {
    const dataFolder = await folderWithBoth(restore)
    rmSync(join(dataFolder, "restoring/session.db"))
    putInPlace(dataFolder, ofRestore, "then", { keep: ["session.db"] })
    expect(filesIn(dataFolder)["session.db"]).toBe("old")
    expect(existsSync(join(dataFolder, "before-restore-then/session.db"))).toBe(false)
  })
})
