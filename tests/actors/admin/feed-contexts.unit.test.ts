import { readFileSync } from "node:fs"
import { expect, test } from "vitest"
import { contexts } from "../../../contracts/contexts.ts"

const source = readFileSync(new URL("../../../actors/admin/web/feed.js", import.meta.url), "utf8")
const [, listed = ""] = /^const contexts = \[([^\]]*)\]/mu.exec(source) ?? []

test("the page has a filter for every context of the log", () => {
  const names = [...listed.matchAll(/"([a-z]+)"/gu)].map(([, name]) => name)
  expect(names.toSorted()).toEqual(Object.keys(contexts).toSorted())
})
