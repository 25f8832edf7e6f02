/** A link as found in a text. */
export interface ExtractedLink {
  /** The link exactly as written: `text.slice(start, end)`. */
  readonly raw: string
  /** Its canonical URL; `http:` when no scheme was written, as WhatsApp opens it. */
  readonly url: string
  /** Offsets in UTF-16 code units, end exclusive. */
  readonly start: number
  readonly end: number
  /** It was spelled so that nobody could tap it: `hxxp`, `[.]`. */
  readonly defanged: boolean
}

/** What reading at one place gave: a link or none, and where reading goes on. */
export interface Reading {
  readonly link: ExtractedLink | undefined
  readonly resume: number
}
