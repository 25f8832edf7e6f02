import { knownSources } from "../../actors/scan/sources/known-sources.ts"
import { code, page, table } from "./markdown.ts"

const note =
  "<!-- Generated from actors/scan/sources/known-sources.ts by `npm run generate`. Do not edit. -->"

/** `sources.md`: whom the scanner asks about links. */
export const sourcesPage = (): string =>
  page(
    note,
    "# Sources",
    "Whom the scanner asks about links, beside the link itself, the lists on this machine (`WADJET_FEEDS`), the redirects that it follows and the page that it comes to (`WADJET_EXPAND`). `wadjet doctor` says which of them are on. One that is off, does not answer, has been asked enough or does not know a link is missing evidence, shown by its name with the reason, and never scored like a clean answer.",
    "A link into a local network is told to nobody. [The settings](settings.md) say more of each.",
    table(
      ["source", "", "what it knows", "what it is told", "turned on by"],
      knownSources.map(({ knows, name, setting, title, told }) => [
        code(name),
        title,
        knows,
        told,
        code(setting)
      ])
    )
  )
