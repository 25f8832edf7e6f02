import { spawnSync } from "node:child_process"
import { fileURLToPath } from "node:url"
import { expect, it } from "vitest"

/** No figure is judged here: only that each benchmark still runs to its end. */
it.each(["path", "cardinality", "memory", "links", "sources", "feeds-load"])(
  "the benchmark %s runs, small",
  (name) => {
    const main = fileURLToPath(new URL("main.ts", import.meta.url))
    const { status, stderr, stdout } = spawnSync(process.execPath, [main, "--smoke", "--only", name], {
      encoding: "utf8",
      timeout: 280_000
    })
    expect(stderr).toBe("")
    expect(stdout).toMatch(/\| .* \|/)
    expect(status).toBe(0)
  },
  300_000
)
