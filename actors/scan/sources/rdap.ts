/**
 * RDAP: when a domain was registered, by the registry that it belongs to, and nobody else. The registry is told the
 * domain; IANA's list says which one it is.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9083
 * @see https://www.rfc-editor.org/rfc/rfc9224
 */
import { Cache, Clock, Effect, Exit, Fiber, Option, Schema } from "effect"
import { registeredDomain } from "../../../contracts/link/public-suffix.ts"
import type { GuardedClientService } from "../../../infra/guarded-client/client.ts"
import type { Evidence } from "../evidence.ts"
import { answerJson, attemptMillis } from "./answer-json.ts"
import type { Said, Source } from "./source.ts"

const Bootstrap = Schema.Struct({
  services: Schema.Array(Schema.Tuple([Schema.Array(Schema.String), Schema.Array(Schema.String)]))
})

const Domain = Schema.Struct({
  events: Schema.optionalKey(
    Schema.Array(Schema.Struct({ eventAction: Schema.String, eventDate: Schema.String }))
  )
})

const readBootstrap = answerJson(Bootstrap)
const readDomain = answerJson(Domain)

/** IANA's list has some 80 kB, a registry's answer a few. */
const answerBytesMax = 1024 * 1024
const bootstrapSeconds = 86_400
/** It is fetched once a day, by whoever needs it first: it may take longer than a link waits, */
const bootstrapMillis = 10_000
/** which is so long, and asks again soon. */
const waitsMillis = 2_000
const soonSeconds = 10
/** Where IANA does not answer, its last list stays for so long before it is asked for again. */
const lastBootstrapSeconds = 3_600
/** A domain grows older by the day, and no sooner. */
const knownSeconds = 43_200
const unknownSeconds = 1_800

const dayMillis = 86_400_000

/** Ages in days below which a domain is young, and above which it is no longer: of those that fit, the first. */
const kinds: ReadonlyArray<readonly [kind: string, fits: (days: number) => boolean]> = [
  ["age-7", (days) => days < 7],
  ["age-14", (days) => days < 14],
  ["age-30", (days) => days < 30],
  ["age-years", (days) => days >= 2 * 365]
]

const evidenceOf = (days: number): ReadonlyArray<Evidence> =>
  kinds
    .filter(([, fits]) => fits(days))
    .slice(0, 1)
    .map(([kind]) => ({ source: "rdap", kind, detail: `registered ${days} days ago` }))

const unknown = (why: string, validSeconds = unknownSeconds): Said => ({
  evidence: [],
  unknown: why,
  validSeconds
})

const saidOf = ({ events = [] }: typeof Domain.Type, now: number): Said => {
  const registered = events.find(({ eventAction }) => eventAction === "registration")
  const at = Date.parse(registered?.eventDate ?? "")
  if (Number.isNaN(at)) return unknown("the registry does not say when the domain was registered")
  return { evidence: evidenceOf(Math.max(0, Math.floor((now - at) / dayMillis))), validSeconds: knownSeconds }
}

const domainOf = (url: string): string => registeredDomain(URL.parse(url)?.hostname ?? "") ?? ""

/** The server of each ending's registry. */
type Registries = ReadonlyMap<string, string>

const registriesIn = ({ services }: typeof Bootstrap.Type): Registries =>
  new Map(
    services.flatMap(([endings, bases]) => {
      const base = bases.find((it) => it.startsWith("https:")) ?? bases[0]
      return base === undefined ? [] : endings.map((ending) => [ending.toLowerCase(), base] as const)
    })
  )

export const rdap = (bootstrap = "https://data.iana.org/rdap/dns.json"): Source => {
  const get = (client: GuardedClientService, url: string, limitMillis = attemptMillis) =>
    client.ask({
      url,
      method: "GET",
      headers: { accept: "application/rdap+json, application/json" },
      bytesMax: answerBytesMax,
      limitMillis
    })

  let last: Registries | undefined
  /** Whoever asks while the list is on its way waits for it: it comes once, and not once for each link. */
  const registries = Effect.runSync(
    Cache.makeWith(
      (client: GuardedClientService) =>
        Effect.flatMap(get(client, bootstrap, bootstrapMillis), readBootstrap).pipe(
          Effect.map((list) => ({ list: (last = registriesIn(list)), validSeconds: bootstrapSeconds })),
          Effect.catch((failed) =>
            last === undefined
              ? Effect.fail(failed)
              : Effect.succeed({ list: last, validSeconds: lastBootstrapSeconds })
          )
        ),
      {
        capacity: 1,
        timeToLive: (exit) => (Exit.isSuccess(exit) ? exit.value.validSeconds * 1_000 : 0)
      }
    )
  )

  /** What is wrong with one of hundreds of registries is no fault of the others. */
  const ofRegistry = Effect.fnUntraced(
    function* (client: GuardedClientService, base: string, domain: string) {
      const answer = yield* get(client, `${base.replace(/\/?$/, "/")}domain/${domain}`)
      if (answer.status === 404) return unknown("the registry does not know the domain")
      return saidOf(yield* readDomain(answer), yield* Clock.currentTimeMillis)
    },
    Effect.retry({ times: 1, while: ({ fault }) => fault === "unavailable" || fault === "unreachable" }),
    Effect.catch(() => Effect.succeed(unknown("the registry did not answer")))
  )

  return {
    name: "rdap",
    quotas: [],
    subjectOf: domainOf,
    ask: Effect.fnUntraced(function* (client, url) {
      const domain = domainOf(url)
      // An address has no registration.
      if (domain === "") return { evidence: [], validSeconds: knownSeconds }
      // It goes on its way though this link waits for it no longer.
      const coming = yield* Effect.forkDetach(Cache.get(registries, client), { startImmediately: true })
      const known = yield* Effect.timeoutOption(Fiber.join(coming), waitsMillis)
      if (Option.isNone(known)) return unknown("the list of registries is not here yet", soonSeconds)
      const base = known.value.list.get(domain.slice(domain.lastIndexOf(".") + 1))
      if (base === undefined) return unknown("its registry has no RDAP")
      return yield* ofRegistry(client, base, domain)
    })
  }
}
