/** The links of an export, each with where in the file it stands. Pure. */
import { extractLinks } from "../../../contracts/link/extract.ts"
import { linkTarget } from "../../../contracts/link/link-target.ts"
import type { ExportedMessage } from "../../whatsapp/chat-export/parse.ts"
import { pieces, systemAuthor } from "./export-messages.ts"

/** One link, in however many messages. */
export interface ExportedLink {
  readonly url: string
  /** Messages that hold it. */
  readonly times: number
  readonly first: { readonly line: number; readonly at: string; readonly author: string }
}

/**
 * Every link, by its canonical URL, in the order in which they first appear: the same ones that the log gets.
 * The ids that it gives them change with each erasure, and an export may have been imported before one.
 */
export const linksInExport = (
  messages: ReadonlyArray<ExportedMessage>
): ReadonlyMap<string, ExportedLink> => {
  const found = new Map<string, ExportedLink>()
  for (const { at, author = systemAuthor, line, text } of messages) {
    for (const piece of pieces(text)) {
      for (const url of new Set(extractLinks(piece).map((link) => linkTarget(link.url).url))) {
        const known = found.get(url)
        found.set(url, {
          url,
          times: (known?.times ?? 0) + 1,
          first: known?.first ?? { line, at, author }
        })
      }
    }
  }
  return found
}
