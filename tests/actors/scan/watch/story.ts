/** The scanner's watch over the simulated log, under a test clock, with an outside that says what a test wants. */
import { Clock, Effect } from "effect"
import { builtInBrands } from "../../../../actors/scan/brand-index.ts"
import type { Evidence } from "../../../../actors/scan/evidence.ts"
import type { Lists } from "../../../../actors/scan/lists.ts"
import type { Outlook, Outside } from "../../../../actors/scan/outside.ts"
import { makeRecentScans } from "../../../../actors/scan/recent-scans.ts"
import { resultOf } from "../../../../actors/scan/result.ts"
import { makeWatch } from "../../../../actors/scan/watch/actor.ts"
import { makeRelay, type Relay } from "../../../../actors/scan/watch/relay.ts"
import { linksOf } from "../../../../actors/whatsapp/sightings.ts"
import { ChatId, hashOf, MessageKey, PersonId } from "../../../../contracts/ids.ts"
import { MessageEdited, MessageReceived, MessageRevoked } from "../../../../contracts/message.ts"
import { linkSighting } from "../../../../contracts/link/link-sighting.ts"
import type { Found, MissingEvidence } from "../../../../contracts/scan.ts"
import { Keyring } from "../../../../infra/keyring/keyring.ts"
import { makeWorld, pass, until } from "../../../infra/actor/world.ts"

export const chat = ChatId.make("cchat0001")
export const sender = PersonId.make("pperson001")
export const page = "https://one.example.com/page"
export const minute = 60_000
const key = (name: string) => MessageKey.make(hashOf("message", name))

export const listed: Evidence = { source: "safe-browsing", kind: "listed", detail: "phishing" }

export const makeStory = Effect.fnUntraced(function* (
  relay = makeRelay(),
  isBlind = false,
  brands = builtInBrands()
) {
  const world = yield* makeWorld()
  const keyring = yield* Keyring.pipe(Effect.provideContext(world.services))
  const asked: Array<string> = []
  let outlook: Outlook = { evidence: [], missing: [] }
  const onLists = new Map<string, Evidence>()
  const outside: Outside = {
    asks: ["safe-browsing", "redirects"],
    unasked: [],
    look: (url, _heard, asking) =>
      Effect.sync(() => {
        asked.push(`${url} ${asking ?? ""}`)
        return outlook
      })
  }
  const lists: Lists = {
    lookUp: (url) => [onLists.get(url)].filter((it) => it !== undefined),
    missing: () => []
  }
  const eyes = { outside, lists, recent: makeRecentScans(), brands }
  const watchWith = (relay: Relay) => makeWatch(eyes, relay)
  const watch = isBlind ? makeWatch({ ...eyes, isBlind }) : watchWith(relay)
  const linked = (text: string) => linksOf(keyring.linkKeys([]).current, text)
  const linkTo = (url: string) => linked(url).links[0]!.link
  const scans = () => world.named("scan.completed")

  const scanned = Effect.fnUntraced(function* (
    url: string,
    options: {
      readonly evidence?: ReadonlyArray<Evidence>
      readonly missing?: ReadonlyArray<MissingEvidence>
      readonly awaits?: ReadonlyArray<string>
      readonly revises?: number
      readonly leadsTo?: string
    } = { awaits: ["safe-browsing"] }
  ) {
    const { evidence = [], leadsTo, missing = [], ...rest } = options
    const hops = [
      { url, by: "asked" as const },
      { url: leadsTo ?? url, by: "location" as const }
    ]
    const end = linkSighting(keyring.linkKeys([]).current, leadsTo ?? url)
    return yield* world.append(
      resultOf(
        {
          link: linkTo(url),
          url,
          chat,
          sender,
          evidence,
          missing,
          ...rest,
          ...(leadsTo === undefined ? {} : { hops, end })
        },
        yield* Clock.currentTimeMillis
      )
    )
  })

  return {
    ...world,
    keyring,
    watch,
    watchWith,
    asked,
    onLists,
    linkTo,
    scans,
    again: () => scans().flatMap(({ data }) => (data.again === undefined ? [] : [data.again])),
    foundIn: (at: number) => keyring.open<Found>(scans().at(at)!.data.found),
    outsideSays: (evidence: ReadonlyArray<Evidence>, missing: ReadonlyArray<MissingEvidence> = []) => {
      outlook = { evidence, missing }
    },
    run: Effect.flatMap(world.start(watch), (running) => Effect.as(running.ready, running)),
    posted: (name: string, text: string, arrival: "live" | "imported" = "live") => {
      const { links, spelled } = linked(text)
      return world.append(
        MessageReceived({
          chat,
          message: key(name),
          sender,
          gateway: "sandbox" as const,
          links,
          said: { text, whatsAppId: name, links: spelled },
          arrival,
          sentAt: 0,
          who: { name: "Ada" }
        })
      )
    },
    edited: (name: string, text: string) => {
      const { links, spelled } = linked(text)
      return world.append(
        MessageEdited({
          chat,
          message: key(name),
          sender,
          gateway: "sandbox" as const,
          links,
          said: { text, whatsAppId: name, links: spelled },
          editedAt: 1
        })
      )
    },
    revoked: (name: string) =>
      world.append(MessageRevoked({ chat, message: key(name), sender, revokedAt: 0 })),
    scanned,
    /** Lets minutes pass, and everything happen that is due in them. */
    wait: (minutes: number) => pass(minutes * minute),
    until
  }
})
