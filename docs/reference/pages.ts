import { chatSettingsPage } from "./chat-settings-page.ts"
import { commandLinePage } from "./command-line-page.ts"
import { commandPage } from "./command-page.ts"
import { environmentExample } from "./environment-example.ts"
import { eventPage } from "./event-page.ts"
import { settingsPage } from "./settings-page.ts"
import { sourcesPage } from "./sources-page.ts"
import { subjectPage } from "./subject-page.ts"

/** The generated pages of the reference, by file name within this folder. */
export const pages: Readonly<Record<string, () => string>> = {
  "events.md": eventPage,
  "commands.md": commandPage,
  "subjects.md": subjectPage,
  "command-line.md": commandLinePage,
  "settings.md": settingsPage,
  "chat-settings.md": chatSettingsPage,
  "sources.md": sourcesPage,
  "../../.env.example": environmentExample
}
