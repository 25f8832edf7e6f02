/** The page that a link leads to, as something that is asked about every link that is followed. */
import { Effect } from "effect"
import type { Trail } from "../../../infra/guarded-client/follow.ts"
import type { BrandIndex } from "../brand-index.ts"
import type { Outlook } from "../outside.ts"
import { type KnownIcons, noIcons } from "./brand-icons.ts"
import type { Page } from "./read-page.ts"

const source = "page"

type Seen = Pick<Outlook, "evidence" | "missing">

const nothing: Seen = { evidence: [], missing: [] }
const missing = (reason: string): Seen => ({ evidence: [], missing: [{ source, reason }] })

const unreadable = missing("the page could not be read")

const isHtml = /^\s*(?:text\/html|application\/xhtml\+xml)\b/i

/** What cannot be looked at in the page that a trail ends at, or that there is nothing to look at. */
const unseen = ({ end, page }: Trail): Seen | undefined => {
  if (end.kind !== "arrived" || page === undefined) return missing("no page was reached")
  // Frauds answer those who they think are scanners with an error.
  if (page.status >= 400) return missing(`the server answered with status ${page.status}`)
  if (!isHtml.test(page.headers["content-type"] ?? "")) return nothing
  return page.bytes.length === 0 && page.cut ? unreadable : undefined
}

/** A page with fewer characters to read than this says nothing by itself. */
const textLengthMin = 20

/** Why nothing can be said of a page that shows nothing of what its reader sees. */
const unshown = ({ forms, secrets, showsMore, text }: Page, isCut: boolean): Seen => {
  const isBlank = forms.length === 0 && secrets.size === 0 && text.trim().length < textLengthMin
  if (isBlank && isCut) return missing("no more than the beginning of the page was read")
  return isBlank && showsMore
    ? missing("the page is made by scripts or frames, which are not run or fetched")
    : nothing
}

/**
 * Reads the page that a trail ends at, of which a part of limited length was fetched while the link was followed; nothing
 * is fetched for it. What reads HTML is loaded with the first page.
 */
export const lookAtPage = Effect.fn("lookAtPage")(function* (
  trail: Trail,
  icons: KnownIcons = noIcons,
  brands?: BrandIndex
) {
  const not = unseen(trail)
  const { hops, page } = trail
  const url = hops.at(-1)?.url
  if (not !== undefined || page === undefined || url === undefined) return not ?? nothing
  const [{ decodePage }, { readPage }, { pageEvidence }] = yield* Effect.promise(() =>
    Promise.all([import("./decode-page.ts"), import("./read-page.ts"), import("./page-evidence.ts")])
  )
  const html = decodePage(page.bytes, page.headers["content-type"] ?? "")
  return yield* Effect.tryPromise(() => readPage(html, url)).pipe(
    Effect.map((read): Seen => {
      const evidence = pageEvidence(read, url, icons, brands)
      return { ...unshown(read, page.cut), evidence }
    }),
    Effect.catch(() => Effect.succeed(unreadable))
  )
})
