import { spawn } from "node:child_process"
import { once } from "node:events"
import { readFileSync } from "node:fs"
import { createInterface } from "node:readline"
import { describe, expect, it } from "vitest"
import { isRunning, placeOfPids, startOf } from "../../infra/process/identity.ts"

/** The largest process id that Linux can be told to use is below this. */
const nobody = 4_194_305

const until = async (holds: () => boolean) => {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve))
}

describe("a process", () => {
  it("runs while its number and its start are those of a process", () => {
    const { pid } = process
    expect(isRunning({ pid, started: startOf(pid) })).toBe(true)
    expect(isRunning({ pid, started: "" })).toBe(true)
    expect(isRunning({ pid, started: "1" })).toBe(false)
    expect(isRunning({ pid: nobody, started: "" })).toBe(false)
    expect(startOf(nobody)).toBe("")
  })

  it("that has ended does not run, though its parent keeps its number taken", async () => {
    const parent = spawn("sh", ["-c", "exec 3<&0; cat <&3 >/dev/null & echo $!; exec sleep 600 3<&-"], {
      stdio: ["pipe", "pipe", "inherit"]
    })
    try {
      const [line] = (await once(createInterface(parent.stdout), "line")) as [string]
      const pid = Number(line)
      const started = startOf(pid)
      // A shell would ask for the end of its child; what it becomes never does.
      await until(() => readFileSync(`/proc/${parent.pid!}/comm`, "utf8") === "sleep\n")
      parent.stdin.end()
      await until(() => /^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8")))
      expect(isRunning({ pid, started })).toBe(false)
    } finally {
      parent.kill("SIGKILL")
    }
  })

  it("is known by its number on one boot of one machine only", () => {
    expect(placeOfPids()).toMatch(/^[0-9a-f-]{36} pid:\[\d+\]$/)
  })
})
