import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, describe, expect, it } from "vitest"
import {
  clearStage,
  freshStage,
  isHalfMoved,
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

const standing = [
  "nats/",
  "keyring.db",
  "keyring.db-wal",
  "accounts.db",
  "session.db",
  "actors/",
  "read-model/"
]
const made = ["nats/", "keyring.db", "accounts.db", "session.db"]

/** A data folder with an old log, and a new one made in it. */
const folderWithBoth = () => {
  const dataFolder = mkdtempSync(join(root, "wadjet-place-"))
  folders.push(dataFolder)
  for (const name of standing) put(dataFolder, name, "old")
  put(dataFolder, "media/", "stays")
  const stage = freshStage(dataFolder)
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

const whole = {
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
}

const moves = () => {
  let count = 0
  putInPlace(folderWithBoth(), "then", { onMove: () => count++ })
  return count
}

class Killed extends Error {}

/** Puts it in place until the power fails before a move. */
const cutOffBefore = (dataFolder: string, move: number) => {
  let count = 0
  const fail = () => {
    if (count++ === move) throw new Killed()
  }
  expect(() => putInPlace(dataFolder, "then", { onMove: fail })).toThrow(Killed)
}

describe("what was restored", () => {
  it("takes the place of all that stood there, which is kept aside", () => {
    const dataFolder = folderWithBoth()
    expect(putInPlace(dataFolder, "then")).toBe(join(dataFolder, "before-restore-then"))
    expect(filesIn(dataFolder)).toEqual(whole)
  })

  it("leaves in its place what is to stay", () => {
    const dataFolder = folderWithBoth()
    rmSync(join(dataFolder, "restoring/session.db"))
    putInPlace(dataFolder, "then", { keep: ["session.db"] })
    expect(filesIn(dataFolder)["session.db"]).toBe("old")
    expect(existsSync(join(dataFolder, "before-restore-then/session.db"))).toBe(false)
  })

  it("is put in place by the next attempt, cut off before any move, and once more before another", () => {
    const count = moves()
    expect(count).toBeGreaterThan(10)
    for (let move = 0; move < count; move++) {
      const dataFolder = folderWithBoth()
      cutOffBefore(dataFolder, move)
      expect(isHalfMoved(dataFolder)).toBe(true)
      clearStage(dataFolder)
      cutOffBefore(dataFolder, 0)
      putInPlace(dataFolder, "later")
      expect(filesIn(dataFolder), `cut off before move ${move}`).toEqual(whole)
      expect(isHalfMoved(dataFolder)).toBe(false)
    }
  })

  it("is nothing that anybody runs on before it is in its place, and the next restore puts it there", async () => {
    for (const move of [1, moves() - 1]) {
      const dataFolder = folderWithBoth()
      cutOffBefore(dataFolder, move)
      for (const command of [["run"], ["quarantine", "list"]]) {
        const answer = await wadjet(command, { WADJET_DATA: dataFolder })
        expect(answer.exit).toBe("failed")
        expect(answer.err).toContain("a restore was cut off while it was put in its place")
        expect(answer.err).toContain("Finish it with `wadjet restore`")
      }
      const finished = await wadjet(["restore"], { WADJET_DATA: dataFolder })
      expect([finished.exit, finished.out]).toEqual([
        "ok",
        "The restore that was cut off is in its place now. Next: `wadjet run`.\n"
      ])
      const { "run.lock": _, "run.lock.owner": __, ...files } = filesIn(dataFolder)
      expect(files).toEqual(whole)
    }
  })
})
