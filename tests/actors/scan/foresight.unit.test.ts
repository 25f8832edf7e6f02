import { expect, it } from "vitest"
import { makeForesight } from "../../../actors/scan/foresight.ts"

const url = (number: number) => `https://example.com/${number}`

const counting = () => {
  const found: Array<string> = []
  const foresight = makeForesight((it) => {
    found.push(it)
    return [{ source: "site", kind: "known", detail: it }]
  })
  return { found, foresight }
}

it("finds out once what was looked at before it was asked for, and says the same when that is forgotten", () => {
  const { found, foresight } = counting()
  foresight.look(url(1))
  foresight.look(url(1))
  const ahead = foresight.evidenceOf(url(1))
  expect(found).toEqual([url(1)])
  foresight.forget(url(1))
  expect(foresight.evidenceOf(url(1))).toEqual(ahead)
  expect(found).toEqual([url(1), url(1)])
})

it("keeps a few of those that nobody asks for, the newest", () => {
  const { found, foresight } = counting()
  for (let number = 0; number < 1_000; number++) foresight.look(url(number))
  found.length = 0
  for (let number = 0; number < 1_000; number++) foresight.evidenceOf(url(number))
  expect(found.length).toBe(1_000 - 64)
  expect(found).not.toContain(url(999))
})
