import { readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"
import { retainSnapshots } from "../../actors/operator/batch/retain-operation.ts"

interface Row {
  readonly id: string
  readonly semantics: string
  readonly policy: object
  readonly snapshots: ReadonlyArray<string>
  readonly keep: ReadonlyArray<string>
  readonly reasons?: ReadonlyArray<{ readonly time: string; readonly why: ReadonlyArray<string> }>
}

const { cases }: { readonly cases: ReadonlyArray<Row> } = JSON.parse(
  readFileSync(new URL("./data/gfs-retention.json", import.meta.url), "utf8")
)

describe("wadjet batch retain", () => {
  it.each(
    cases
      .filter(({ semantics }) => semantics === "restic")
      .map((row) => [JSON.stringify(row.policy), row] as const)
  )("keeps what restic keeps by %s, for the same reasons", (_, { keep, policy, reasons, snapshots }) => {
    expect(retainSnapshots({ snapshots, keep: policy })).toMatchObject({
      keep:
        reasons === undefined
          ? keep.map((at) => ({ at }))
          : reasons.map(({ time, why }) => ({ at: time, reasons: why }))
    })
  })
})
