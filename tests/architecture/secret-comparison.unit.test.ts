/** What is secret is compared in constant time: an answer that comes sooner the sooner it is wrong can be guessed at. */
import { expect, it } from "@effect/vitest"
import { readSources } from "./sources.ts"

/** A name that ends in what nobody else may know, or in what it is known again by. */
const secret = String.raw`\b\w*(?:hash|secret|token|signature|digest|password|cookie)\b(?:\(\w*\))?`
/** What says nothing about a secret: whether there is one, and words that are written in the source. */
const harmless = String.raw`(?!\s*(?:undefined|null|true|false|"|'))`

const compared = new RegExp(
  `${secret}\\s*(?:===|!==)${harmless}|(?:===|!==)\\s*(?:\\w+\\.)*${secret}|\\.(?:equals|compare|localeCompare)\\(`,
  "giu"
)

/** Two rows of the database, neither of them from outside: whether a password was changed while it was looked at. */
const betweenRows = "user.password !== found.password"

const comparisonsIn = (text: string): ReadonlyArray<string> =>
  [...text.matchAll(compared)].map(([found]) => found)

it("nothing that lets somebody in compares secrets but by timingSafeEqual", () => {
  const sources = readSources("actors/admin").filter(({ path }) =>
    /accounts|authorize|page-requests|entrance/.test(path)
  )
  expect(sources.length).toBeGreaterThan(15)
  expect(
    sources.flatMap(({ path, text }) =>
      comparisonsIn(text.replace(betweenRows, "")).map((found) => `${path}: ${found}`)
    )
  ).toEqual([])
  const inConstantTime = sources
    .filter(({ text }) => text.includes("timingSafeEqual("))
    .map(({ path }) => path)
  expect(inConstantTime.toSorted()).toEqual([
    "actors/admin/accounts/password.ts",
    "actors/admin/accounts/secret-text.ts",
    "actors/admin/accounts/totp.ts",
    "actors/admin/page-requests.ts"
  ])
})

it("a comparison that gives a secret away is found, however it is written", () => {
  for (const text of [
    "if (row.hash === hashOf(secret)) return",
    "return token !== wanted",
    "hashOfSecret(text) === kept",
    "given === row.pageToken",
    "hash.equals(other)",
    "Buffer.compare(one, other) === 0"
  ])
    expect([text, comparisonsIn(text).length > 0]).toEqual([text, true])
  for (const text of ["if (secret === undefined)", 'reason === "password"', "cookie !== null"])
    expect([text, comparisonsIn(text)]).toEqual([text, []])
})
