import { spawnSync } from "node:child_process"
import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { expect, it } from "vitest"

const repository = fileURLToPath(new URL("../..", import.meta.url))
const lockfile = readFileSync(`${repository}/package-lock.json`, "utf8")

it("can be installed by npm ci: it has the optional packages of every platform", () => {
  const { status, stderr } = spawnSync(process.execPath, [".ci/complete-lockfile.js", "--check"], {
    cwd: repository,
    encoding: "utf8"
  })
  expect(status, `${stderr}Run: node .ci/complete-lockfile.js`).toBe(0)
})

it("names no registry, so that the packages come from whichever one npm is configured for", () => {
  expect(lockfile).not.toContain('"resolved": "http')
})
