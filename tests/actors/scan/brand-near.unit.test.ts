import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { builtInBrands } from "../../../actors/scan/brand-index.ts"
import { placesNear } from "../../../actors/scan/brand-near.ts"
import { mistyped } from "../../../actors/scan/brand-typo.ts"
import { withoutDoubles } from "../../../actors/scan/indexed-brand.ts"
import { lettersOf } from "../../../actors/scan/edit-distance.ts"
import { skeleton } from "../../../actors/scan/confusables.ts"

const slip = fc.record({
  at: fc.nat(20),
  takes: fc.nat(2),
  brings: fc.string({ maxLength: 2, unit: fc.constantFrom(..."abeionrst-") })
})

const brands = builtInBrands()

describe("the quick look for brands that a name may be mistyped from", () => {
  it("passes over none that the slow one finds", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...brands.brands),
        fc.array(slip, { minLength: 1, maxLength: 4 }),
        fc.boolean(),
        ({ brand }, slips, isAbusedSuffix) => {
          const label = slips.reduce(
            (name, { at, brings, takes }) => name.slice(0, at) + brings + name.slice(at + takes),
            brand.name
          )
          const plainParts = label.split("-")
          const parts = plainParts.map(skeleton)
          const partsWithoutDoubles = parts.map(withoutDoubles)
          const letters = partsWithoutDoubles.map(lettersOf)
          const pieces = { parts, partsWithoutDoubles, letters, plainParts }
          const slow = brands.brands
            .filter((entry) => mistyped(brands, entry, pieces, isAbusedSuffix) !== undefined)
            .map(({ place }) => place)
          expect(placesNear(brands.near, partsWithoutDoubles, letters, isAbusedSuffix)).toEqual(
            expect.arrayContaining(slow)
          )
        }
      ),
      { numRuns: 2_000 }
    )
  })
})
