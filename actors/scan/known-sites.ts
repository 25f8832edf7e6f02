import { publicSuffix } from "../../contracts/link/public-suffix.ts"
import { strangersGround } from "./hosting.ts"
import { knownSitesList } from "./known-sites-list.ts"

let known: ReadonlySet<string> | undefined

// Read at the first question: whoever only extracts links does not need it.
const domains = (): ReadonlySet<string> =>
  (known ??= new Set(
    knownSitesList
      .trim()
      .split("\n")
      .flatMap((line) => {
        const [suffix = "", labels = ""] = line.split(": ", 2)
        return labels.split(" ").map((label) => (suffix === "*" ? label : `${label}.${suffix}`))
      })
  ))

/** Whether a registrable domain is that of a company or a project which public lists know by name. */
export const isKnownSite = (registrable: string): boolean => domains().has(registrable)

/** The known site that a host is part of, or null where there is none, or strangers fill it. */
export function knownSite(host: string): string | null {
  const site = publicSuffix(host).registrable
  return site === null || !isKnownSite(site) || isStrangersGround(host) ? null : site
}

/** Whether strangers fill what is at a host: pages, files, invitations, short links. */
export function isStrangersGround(host: string): boolean {
  for (let from = 0; from >= 0;) {
    if (strangersGround.has(host.slice(from))) return true
    const dot = host.indexOf(".", from)
    from = dot < 0 ? -1 : dot + 1
  }
  return false
}
