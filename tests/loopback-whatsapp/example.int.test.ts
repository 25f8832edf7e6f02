import { execFile } from "node:child_process"
import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { expect, it } from "vitest"

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url))

it("The example prints what the README says, nothing else, and ends", async () => {
  const { stderr, stdout } = await promisify(execFile)(process.execPath, [here("example.ts")], {
    timeout: 50_000
  })
  expect(stderr).toBe("")
  expect(readFileSync(here("README.md"), "utf8")).toContain(`\`\`\`\n${stdout}\`\`\``)
})
