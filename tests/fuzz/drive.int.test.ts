/** A little of `npm run fuzz`: the API driven from its own document. */
import { expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { Role } from "../../contracts/account.ts"
import { openApiDocument } from "../../contracts/http/open-api.ts"
import { ground, whole } from "../actors/admin/whole.ts"
import { readDocument } from "./api-document.ts"
import { drive } from "./drive.ts"

const seed = 7

/** Parts that this system runs without: WhatsApp and backups. A key must not revoke those that are used here. */
const isThere = (id: string) => !/^(?:session|backups)\./u.test(id) && id !== "keys.revoke"

it.live(
  "answers whatever is asked as its document says, and never with a fault of its own",
  () =>
    Effect.gen(function* () {
      const system = yield* whole(yield* ground)
      const keys = yield* Effect.forEach(Role.literals, system.keyOf)
      const driven = yield* Effect.promise(() =>
        drive({ url: system.url, keys, rounds: 1, seed, only: isThere })
      )
      expect(driven.findings).toEqual([])
      expect(driven.kinds).toBeGreaterThan(70)
    }),
  120_000
)

it("a fault, a status, a type and a shape that are not declared are each found", () => {
  const { asked } = readDocument(JSON.stringify(openApiDocument()))
  const { judge } = asked.find(({ id }) => id === "probes.health")!
  const json = "application/json"
  expect(judge(200, json, '{"status":"alive"}')).toBeUndefined()
  expect(judge(200, json, '{"status":"dead"}')).toContain("not as declared")
  expect(judge(200, json, '{"status":"alive","secret":1}')).toContain("not as declared")
  expect(judge(200, "text/html", "<p>alive</p>")).toContain("text/html is not declared")
  expect(judge(418, json, "{}")).toContain("418 is not declared")
  expect(judge(500, json, "{}")).toContain("a fault of the server")
  expect(judge(0, "", "")).toBe("no answer")
})
