/** The few forms of Markdown that the reference is made of. */

/** Stands at the top of every page, so that nobody edits one in vain. */
export const generatedNote =
  "<!-- Generated from the declarations in contracts/ by `npm run generate`. Do not edit. -->"

const cell = (text: string): string => text.replaceAll("|", "\\|").replaceAll("\n", " ")

/** A table: a row of heads, and rows of as many cells. */
export const table = (heads: ReadonlyArray<string>, rows: ReadonlyArray<ReadonlyArray<string>>): string =>
  [heads, heads.map(() => "---"), ...rows].map((cells) => `| ${cells.map(cell).join(" | ")} |`).join("\n")

export const code = (text: string): string => `\`${text}\``

export const json = (value: unknown): string => ["```json", JSON.stringify(value, null, 2), "```"].join("\n")

/** Paragraphs and blocks, with an empty line between them. */
export const page = (...blocks: ReadonlyArray<string>): string =>
  `${blocks.filter((block) => block !== "").join("\n\n")}\n`

/** The anchor that GitHub gives a heading. */
export const anchor = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
    .replaceAll(" ", "-")
