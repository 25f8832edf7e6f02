import { describeConfig } from "../../infra/config/settings.ts"
import { code, page, table } from "./markdown.ts"

const note = "<!-- Generated from infra/config/settings.ts by `npm run generate`. Do not edit. -->"

/** `settings.md`: every setting there is. */
export const settingsPage = (): string =>
  page(
    note,
    "# Settings",
    `Settings are environment variables; \`NAME_FILE\` names a file that holds the value instead. \`wadjet config\` shows the values that hold and where they come from. A wrong one stops the start and says what is accepted.`,
    table(
      ["setting", "meaning", "accepts", "default"],
      describeConfig({}).map(({ about, accepts, name, value }) => [
        code(name),
        about,
        accepts,
        value === null || value === "" ? "" : code(value)
      ])
    )
  )
