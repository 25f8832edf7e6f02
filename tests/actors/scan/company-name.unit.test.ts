import { describe, expect, it } from "vitest"
import { isCompanysOwn } from "../../../actors/scan/company-name.ts"
import { madeOf } from "../../../actors/scan/strung-words.ts"

describe("a company's own name for a site", () => {
  it.each([
    ["netflixinsights", "netflix"],
    ["netflixmarketingpartners", "netflix"],
    ["netflixforeducators", "netflix"],
    ["aboutnetflix", "netflix"],
    ["netflix-cdn", "netflix"]
  ])("%s is %s with words for those who work with it", (label, name) => {
    expect(isCompanysOwn(label, name)).toBe(true)
  })

  it.each([
    ["netflix", "netflix"],
    ["netflixlogin", "netflix"],
    ["netflixfor", "netflix"],
    ["netflixpartnerslogin", "netflix"],
    ["cdnnetflix", "netflix"],
    ["netfllxcdn", "netflix"],
    ["netflix-festival", "netflix"],
    ["cdn-netflix", "netflix"]
  ])("%s is not one of %s", (label, name) => {
    expect(isCompanysOwn(label, name)).toBe(false)
  })
})

describe("words strung together", () => {
  const isMade = madeOf(new Set(["trade", "offers", "my"]), new Set(["for"]))

  it.each(["trade", "tradeoffers", "offersfortrade", "my"])("are found in %s", (text) => {
    expect(isMade(text)).toBe(true)
  })

  it.each(["", "trades", "mytrade", "tradefor", "fortradefor", "xtrade"])("are not all of %j", (text) => {
    expect(isMade(text)).toBe(false)
  })
})
