import { headers } from "@nats-io/transport-node"
import { expect, it } from "@effect/vitest"
import fc from "fast-check"
import { headerIn } from "../../../infra/event-log/header-block.ts"

const name = fc.stringMatching(/^[A-Za-z][A-Za-z0-9-]{0,12}$/)
const value = fc.string({ unit: "binary" }).map((text) => text.replaceAll(/[\r\n]/g, " "))

it("finds in a block what the client put there, and nothing where it put nothing", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(name, value)), name, (entries, absent) => {
      const all = headers()
      for (const [key, text] of entries) all.append(key, text)
      // It writes itself as the block that it sends.
      const block = String(all)
      for (const asked of [...entries.map(([key]) => key), absent])
        expect(headerIn(block, asked)).toBe(all.get(asked))
    })
  )
})

it("takes no part of a value or of a name for a header", () => {
  const block = "NATS/1.0\r\nx-ce-id: 1\r\nnote: ce-id: 2\r\nce-id-2: 3\r\n\r\n"
  expect(headerIn(block, "ce-id")).toBe("")
  expect(headerIn(block, "note")).toBe("ce-id: 2")
  expect(headerIn("NATS/1.0 100 Idle Heartbeat\r\n\r\n", "ce-id")).toBe("")
})
