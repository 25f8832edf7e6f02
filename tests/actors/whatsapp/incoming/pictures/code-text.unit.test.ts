import { expect, it } from "vitest"
import { textsOfCode } from "../../../../../actors/whatsapp/incoming/pictures/code-text.ts"

it("What a code says is taken as it stands", () => {
  expect(textsOfCode("HTTPS://EXAMPLE.COM/MENU")).toEqual(["HTTPS://EXAMPLE.COM/MENU"])
  expect(textsOfCode(" http://example.com/ \n")).toEqual(["http://example.com/"])
})

it("Links in contact cards and bookmarks are read through the signs that shield them", () => {
  expect(textsOfCode("MECARD:N:Ada;URL:http\\://example.com/a\\;b;;")).toEqual([
    "Ada",
    "http://example.com/a;b"
  ])
  expect(textsOfCode("MEBKM:TITLE:Shop;URL:http\\://shop.example;;")).toContain("http://shop.example")
  expect(textsOfCode("BEGIN:VCARD\r\nVERSION:3.0\r\nURL:http://card.exam\r\n ple/\r\nEND:VCARD")).toContain(
    "http://card.example/"
  )
})
