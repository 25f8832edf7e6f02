/** The links of an export, each with where in the file it stands. Pure. */
import type { LinkId } from "../../../contracts/ids.ts"
import type { ExportedMessage } from "../../whatsapp/chat-export/parse.ts"
import { linksOf } from "../../whatsapp/sightings.ts"
import { pieces, systemAuthor } from "./export-messages.ts"

/** One link, in however many messages. */
export interface ExportedLink {
  readonly link: LinkId
  readonly url: string
  /** Messages that hold it. */
  readonly times: number
  readonly first: { readonly line: number; readonly at: string; readonly author: string }
}

/** Every link, by id, in the order in which they first appear: the same ones that the log gets. */
export const linksInExport = (
  hashKey: Uint8Array,
  messages: ReadonlyArray<ExportedMessage>
): ReadonlyMap<LinkId, ExportedLink> => {
  const found = new Map<LinkId, ExportedLink>()
  for (const { at, author = systemAuthor, line, text } of messages) {
    for (const piece of pieces(text)) {
      const { links, spelled } = linksOf(hashKey, piece)
      for (const { link } of links) {
        const known = found.get(link)
        const url = known?.url ?? spelled.find((it) => it.link === link)!.url
        found.set(link, {
          link,
          url,
          times: (known?.times ?? 0) + 1,
          first: known?.first ?? { line, at, author }
        })
      }
    }
  }
  return found
}
