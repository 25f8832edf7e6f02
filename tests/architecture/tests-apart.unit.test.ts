import { globSync, readFileSync } from "node:fs"
import { expect, it } from "vitest"
import config from "../../vitest.config.ts"

/** What replaces a module for everybody who is loaded by the same worker. */
const replaces = /\bvi\.(?:mock|doMock|resetModules|stubGlobal|stubEnv)\(/

it("a test that replaces modules runs in a worker of its own", () => {
  const projects = (config.test?.projects ?? []) as ReadonlyArray<{
    readonly test: {
      readonly name: string
      readonly include: Array<string>
      readonly exclude?: Array<string>
    }
  }>
  const shared = projects.find(({ test }) => test.name === "shared")!
  const files = globSync(shared.test.include, { exclude: shared.test.exclude })
  expect(files.length).toBeGreaterThan(100)
  const replacing = files.filter((file) => replaces.test(readFileSync(file, "utf8")))
  expect(replacing).toEqual([])
})
