import { expect, test } from "vitest"
import { events } from "../../../contracts/catalogue.ts"

const page = new URL("../../../actors/admin/web/words.js", import.meta.url).href
const { summaryOf } = (await import(page)) as {
  readonly summaryOf: (event: { readonly type: string; readonly data: unknown }) => ReadonlyArray<unknown>
}

test.each(events.map((event) => [event.type, event] as const))(
  "%s is put in words on the page",
  (type, { example }) => {
    expect(summaryOf({ type, data: example })).not.toEqual([])
  }
)
