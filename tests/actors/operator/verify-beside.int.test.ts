/** What a system that runs asks of the process that checks a place for it, and what it makes of the answer. */
import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { PassThrough, Readable } from "node:stream"
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { Host } from "../../../actors/operator/host.ts"
import { verifyBeside } from "../../../actors/operator/verify-beside.ts"
import { temporaryFolder } from "../../faults/temporary-folder.ts"
import { origin } from "../backup/segment/some-messages.ts"
import { directoryAddress } from "../backup/world.ts"

const report = { ...origin, soundUpTo: 7, opened: true, points: [], problems: ["keyring: gone"], seconds: 2 }

/** A program in the place of `wadjet`, which notes what it is asked. */
const standingIn = Effect.fnUntraced(function* (script: string) {
  const home = yield* temporaryFolder
  writeFileSync(join(home, "wadjet"), `#!/bin/sh\necho "$@" > "${home}/asked"\n${script}\n`, { mode: 0o755 })
  const host = Host.of({
    environment: {},
    pid: process.pid,
    home,
    command: "./wadjet",
    stdin: Readable.from([]),
    stdout: new PassThrough(),
    sinceStart: () => 0,
    stopAsked: Effect.never
  })
  return {
    verify: verifyBeside(host)(directoryAddress("/mnt/backup"), origin),
    asked: () => readFileSync(join(home, "asked"), "utf8").trim()
  }
})

describe("a place that is checked beside the system", () => {
  it.live("is checked for the log that runs, and no older one", () =>
    Effect.gen(function* () {
      const { asked, verify } = yield* standingIn(`echo '${JSON.stringify(report)}'; exit 1`)
      expect(yield* verify).toEqual({
        upTo: 7,
        opened: true,
        points: [],
        problems: ["keyring: gone"],
        seconds: 2
      })
      expect(asked()).toBe(`verify --from disk --log ${origin.account}/${origin.generation} --json`)
    })
  )

  it.live("is said not to be checked, and why, where no report comes of it", () =>
    Effect.gen(function* () {
      const { verify } = yield* standingIn("echo 'found no room' >&2; exit 1")
      expect((yield* Effect.flip(verify)).message).toBe(
        "expected a report of wadjet verify, found: found no room"
      )
    })
  )
})
