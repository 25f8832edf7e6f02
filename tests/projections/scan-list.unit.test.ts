import fc from "fast-check"
import { expect, it } from "vitest"
import type { Level } from "../../contracts/level.ts"
import { queriesOn } from "../../projections/reader.ts"
import { given } from "./given.ts"
import { link, otherLink, scanned } from "./story.ts"

const lacking = (...sources: ReadonlyArray<string>) =>
  sources.map((source) => ({ source, reason: "no answer in time" }))

const sequences = (rows: ReadonlyArray<{ readonly sequence: number }>) => rows.map(({ sequence }) => sequence)

it("lists results by link, by level, and by a source that they lack", () => {
  const { scans } = given(
    scanned({ missing: lacking("virustotal", "urlscan") }),
    scanned({ link: otherLink, level: "benign", missing: [] }),
    scanned({ level: "benign", missing: lacking("urlscan") }),
    scanned({ link: otherLink, missing: lacking("urlscan", "virustotal", "urlscan") })
  ).queries
  expect(sequences(scans.list())).toEqual([4, 3, 2, 1])
  expect(sequences(scans.list({ link }))).toEqual([3, 1])
  expect(sequences(scans.list({ level: "malicious" }))).toEqual([4, 1])
  expect(sequences(scans.list({ missing: "virustotal" }))).toEqual([4, 1])
  expect(sequences(scans.list({ missing: "urlscan", oldestFirst: true }))).toEqual([1, 3, 4])
  expect(sequences(scans.list({ missing: "urlscan", level: "benign" }))).toEqual([3])
  expect(sequences(scans.list({ missing: "url" }))).toEqual([])
  expect(scans.list()[0]).toMatchObject({ cursor: 4, url: scanned().data.found.url, link: otherLink })
})

it("has no words of what is forgotten", () => {
  const { db } = given(scanned())
  const [row] = queriesOn(db, { open: () => null }).scans.list()
  expect(row).toMatchObject({ url: null, hops: null, reasons: [{ detail: null }] })
})

const sources = ["a", "b", "c", "feed d"]
const result = fc.record({
  link: fc.constantFrom(link, otherLink),
  level: fc.constantFrom<Level>("benign", "suspicious", "malicious"),
  lacks: fc.subarray(sources)
})

it("whichever page of whichever question is that of all results, looked through one by one", () => {
  fc.assert(
    fc.property(
      fc.array(result, { maxLength: 25 }),
      fc.option(fc.constantFrom(...sources), { nil: undefined }),
      fc.option(fc.constantFrom<Level>("benign", "malicious"), { nil: undefined }),
      fc.boolean(),
      fc.integer({ min: 1, max: 5 }),
      (results, missing, level, oldestFirst, limit) => {
        const { scans } = given(
          ...results.map((it) => scanned({ link: it.link, level: it.level, missing: lacking(...it.lacks) }))
        ).queries
        const wanted = results.flatMap((it, index) =>
          (missing === undefined || it.lacks.includes(missing)) && (level === undefined || it.level === level)
            ? [index + 1]
            : []
        )
        const met: Array<number> = []
        for (;;) {
          const rows = scans.list({ missing, level, oldestFirst, limit, before: met.at(-1) })
          expect(rows.length).toBeLessThanOrEqual(limit)
          if (rows.length === 0) break
          met.push(...sequences(rows))
        }
        expect(met).toEqual(oldestFirst ? wanted : wanted.toReversed())
      }
    ),
    { numRuns: 30 }
  )
})
