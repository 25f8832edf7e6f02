/** What the API says of lists and services, and of how well links are judged, on the whole system. */
import { expect, it } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { FeedRefreshed } from "../../../contracts/feed.ts"
import { Origin, Quality } from "../../../contracts/http/sources.ts"
import { ScanCompleted } from "../../../contracts/scan.ts"
import { SourceChanged } from "../../../contracts/source.ts"
import { EventLog } from "../../../infra/event-log/event-log.ts"
import { call, eventually, ground, whole } from "./whole.ts"

const Sources = Schema.Struct({ items: Schema.Array(Origin) })
type Scanned = Parameters<typeof ScanCompleted>[0]

it.live(
  "lists and services are shown as they are, and what was listed later grades what was judged before",
  () =>
    Effect.gen(function* () {
      const { context, firstKey, url } = yield* Effect.flatMap(ground, whole)
      const key = firstKey!.text
      const log = yield* Effect.provideContext(EventLog, context)
      const scan = ScanCompleted.example as Scanned
      const facts = [
        FeedRefreshed(FeedRefreshed.example as Parameters<typeof FeedRefreshed>[0]),
        SourceChanged(SourceChanged.example as Parameters<typeof SourceChanged>[0]),
        ScanCompleted({ ...scan, level: "suspicious" }),
        ScanCompleted({ ...scan, evidence: [{ source: "feed", kind: "url", weight: 30 }], again: "listed" })
      ] as const
      let last = 0
      for (const [index, fact] of facts.entries())
        last = (yield* log.append([{ id: `fact-${index}`, fact }], { actor: "scan" })).sequence
      yield* Effect.promise(async () => {
        const sources = await call(`${url}/v1/sources?after=${last}`, key)
        expect(sources.as(Sources)).toMatchObject({
          items: [
            { name: "openphish", kind: "list", state: "fetched", listed: 300 },
            { name: "virustotal", kind: "service", state: "quota-used-up" }
          ]
        })
        const quality = await call(`${url}/v1/quality?after=${last}`, key)
        expect(quality.as(Quality)).toMatchObject({
          listedLater: 1,
          flaggedBefore: { suspicious: 1, malicious: 0 },
          recall: 1
        })
        const counted = ({ text }: { readonly text: string }) =>
          text.includes('wadjet_quality_links_listed_later{level="suspicious"} 1')
        await eventually(() => call(`${url}/metrics`, key), counted)
      })
    }).pipe(Effect.scoped)
)
