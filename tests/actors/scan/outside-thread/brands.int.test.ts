/** The operator's brands, as the thread knows them that looks at pages. */
import { Worker } from "node:worker_threads"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Result } from "effect"
import { brandsOfOperator } from "../../../../actors/scan/brand-index.ts"
import { askedBy, type Asking } from "../../../../actors/scan/compose-outside.ts"
import { evidenceName } from "../../../../actors/scan/evidence.ts"
import { askingOf, inputOf } from "../../../../actors/scan/outside-thread/outside-protocol.ts"
import { openOutsideThread } from "../../../../actors/scan/outside-thread/outside-thread.ts"
import { readBrandList } from "../../../../contracts/brand-list.ts"
import type { Outlook } from "../../../../actors/scan/outside.ts"
import { temporaryFolder } from "../../../faults/temporary-folder.ts"
import { everybody } from "../../../loopback-internet/everybody.ts"
import { openLoopbackInternet } from "../../../loopback-internet/internet.ts"

// Every page there is called "A page".
const brands = brandsOfOperator(Result.getOrThrow(readBrandList("page: page.example garden.com")))

/** A thread on a loopback internet that is handed these brands. */
const open = Effect.fnUntraced(function* (asking: Asking) {
  const internet = yield* openLoopbackInternet()
  internet.allBecome("prompt")
  const folder = yield* temporaryFolder
  const outside = yield* openOutsideThread(askedBy(asking, internet.client), {
    input: () => inputOf(folder, asking, undefined),
    noted: () => {},
    launch: (input) =>
      new Worker(new URL("../../../loopback-internet/outside-thread.ts", import.meta.url), {
        workerData: { ...input, internet: internet.place }
      })
  })
  return (site: string) => outside.look(`https://${site}.com/`, () => Effect.void)
})

const inPage = ({ evidence }: Outlook) =>
  evidence.map(evidenceName).filter((name) => name.startsWith("page."))
const ofUrlscan = ({ missing }: Outlook) => missing.find(({ source }) => source === "urlscan")?.reason

describe("the thread that asks the outside", () => {
  it.live("finds the operator's brands in pages, but for those of their own sites", () =>
    Effect.gen(function* () {
      const without = yield* open(everybody)
      expect([inPage(yield* without("meadow")), inPage(yield* without("garden"))]).toEqual([[], []])
      const lookAt = yield* open({ ...everybody, brands })
      expect(inPage(yield* lookAt("meadow"))).toEqual(["page.brand-words"])
      expect(inPage(yield* lookAt("garden"))).toEqual([])
    }).pipe(Effect.scoped)
  )

  it.live("hands no link in that leads to what a brand of the operator's owns", () =>
    Effect.gen(function* () {
      const submits = { urlscan: "public" as const }
      const lookAt = yield* open({ ...everybody, brands, sources: { ...everybody.sources, submits } })
      // What it is handed there it does not understand.
      expect(ofUrlscan(yield* lookAt("meadow"))).not.toBe("it has not seen the link")
      expect(ofUrlscan(yield* lookAt("garden"))).toBe("it has not seen the link")
    }).pipe(Effect.scoped)
  )

  it("is handed no more of them than the operator's own, which it makes the same index of", () => {
    const handed = structuredClone(inputOf("folder", { ...everybody, brands }, undefined))
    expect(handed.brands).toEqual([
      {
        name: "page",
        isWord: false,
        isOnlyThere: false,
        owns: ["page.example", "garden.com"],
        neighbours: []
      }
    ])
    expect(askingOf(handed).brands).toEqual(brands)
  })
})
