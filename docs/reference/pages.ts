import { commandPage } from "./command-page.ts"
import { eventPage } from "./event-page.ts"
import { subjectPage } from "./subject-page.ts"

/** The generated pages of the reference, by file name. */
export const pages: Readonly<Record<string, () => string>> = {
  "events.md": eventPage,
  "commands.md": commandPage,
  "subjects.md": subjectPage
}
