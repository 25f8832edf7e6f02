import { expect, it } from "vitest"
import { queriesOn } from "../../projections/reader.ts"
import { emptyModels, given, inOrder, startMillis } from "./given.ts"
import {
  chat,
  edited,
  erased,
  link,
  otherChat,
  otherLink,
  otherMessage,
  otherSender,
  posted,
  received,
  revoked,
  scanned,
  sender
} from "./story.ts"

const url = "http://paypa1-login.example/"
const first = received(posted(link, url))
const again = received({ ...posted(link, url), message: otherMessage, chat: otherChat, sender: otherSender })
const another = received({ ...posted(otherLink, "http://b.example/"), message: otherMessage })

it("lists each link once, with the messages that brought it, when, and its newest result", () => {
  const benign = scanned({ link, level: "benign", score: -20, missing: [] })
  const { links } = given(first, benign, again, scanned({ link, level: "malicious", score: 23 })).queries
  expect(links.list()).toMatchObject([
    {
      link,
      url: scanned().data.found.url,
      sightings: 2,
      firstAt: startMillis + 1_000,
      lastAt: startMillis + 3_000,
      scan: 4,
      level: "malicious",
      score: 23,
      missing: scanned().data.missing,
      scannedAt: startMillis + 4_000
    }
  ])
})

it("what was found holds while others are asked again, unless they find worse", () => {
  const found = scanned({ link, level: "malicious" })
  const asking = scanned({ link, level: "benign", awaits: ["virustotal"] })
  const levelAfter = (...results: ReadonlyArray<ReturnType<typeof scanned>>) =>
    given(first, ...results)
      .queries.links.list()
      .map(({ level, scan }) => [level, scan])
  expect(levelAfter(asking)).toEqual([["benign", 2]])
  expect(levelAfter(found, asking)).toEqual([["malicious", 2]])
  expect(levelAfter(found, scanned({ link, level: "benign", past: true }))).toEqual([["malicious", 2]])
  expect(levelAfter(asking, { ...found, data: { ...found.data, awaits: ["virustotal"] } })).toEqual([
    ["malicious", 3]
  ])
  expect(levelAfter(found, asking, scanned({ link, level: "benign" }))).toEqual([["benign", 4]])
})

it("a link that nothing is known of yet is there, under the URL that it was posted with", () => {
  const { links } = given(first).queries
  expect(links.list()).toMatchObject([{ link, url, sightings: 1, scan: null, level: null, missing: [] }])
})

it("is what was ever posted, also where it was edited away or deleted", () => {
  const { links } = given(first, edited(posted(otherLink, "http://b.example/")), revoked()).queries
  expect(links.list().map((row) => [row.link, row.sightings])).toEqual([
    [otherLink, 1],
    [link, 1]
  ])
})

it("goes by when links were posted first, in both directions, and by level", () => {
  const { links } = given(
    first,
    another,
    again,
    scanned({ link, level: "malicious" }),
    scanned({ link: otherLink, level: "benign" })
  ).queries
  const named = (rows: ReturnType<typeof links.list>) => rows.map((row) => row.link)
  expect(named(links.list())).toEqual([otherLink, link])
  expect(named(links.list({ oldestFirst: true }))).toEqual([link, otherLink])
  expect(named(links.list({ level: "malicious" }))).toEqual([link])
  expect(named(links.list({ before: links.list()[0]!.cursor }))).toEqual([link])
})

it("shows a link as long as somebody who posted it is not forgotten", () => {
  const results = [scanned({ chat, sender }), scanned({ chat: otherChat, sender: otherSender })]
  const facts = [first, again, results[1]!, results[0]!]
  const urlAfter = (...more: ReadonlyArray<ReturnType<typeof erased>>) =>
    given(...facts, ...more).queries.links.list()[0]!.url
  expect(urlAfter(erased({ subject: sender }))).toBe(scanned().data.found.url)
  expect(urlAfter(erased({ subject: sender }), erased({ subject: otherChat }))).toBeNull()
})

it("shows nothing of a link once the keys are gone, whatever is folded by then", () => {
  const { db } = given(first, scanned())
  expect(queriesOn(db, { open: () => null }).links.list()).toMatchObject([
    { link, url: null, level: "malicious" }
  ])
})

it("what is told again counts once", () => {
  const log = inOrder([first, scanned({ link }), again])
  const folded = emptyModels()
  for (const event of log) folded.apply([event, ...log.slice(0, event.sequence)])
  expect(folded.queries.links.list()).toMatchObject([{ link, sightings: 2, scan: 2 }])
})
