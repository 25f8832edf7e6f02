/** What is left of a row for a key that may not read words: levels, counts, times and ids. */
import type { Chat, Message } from "../../contracts/http/chats.ts"
import type { Job } from "../../contracts/http/jobs.ts"
import type { Explanation, Link } from "../../contracts/http/links.ts"
import type { OutboxEntry } from "../../contracts/http/outbox.ts"
import type { Override } from "../../contracts/http/overrides.ts"
import type { Person } from "../../contracts/http/people.ts"
import type { ListedScan } from "../../contracts/http/scans.ts"
import type { Scan, Verdict } from "../../contracts/http/verdicts.ts"
import type { Reason } from "../../contracts/http/verdicts.ts"

type Reasons = ReadonlyArray<typeof Reason.Type>

const unsaid = (reasons: Reasons): Reasons => reasons.map((reason) => ({ ...reason, detail: null }))

const scan = (row: typeof Scan.Type) => ({
  ...row,
  url: null,
  reasons: unsaid(row.reasons),
  hops: null
})
const override = (row: typeof Override.Type) => ({ ...row, pattern: null, reason: null })

export const wordless = {
  verdict: (row: typeof Verdict.Type) => ({
    ...row,
    url: null,
    chatName: null,
    reasons: unsaid(row.reasons)
  }),
  scan,
  listedScan: (row: typeof ListedScan.Type) => ({ ...row, ...scan(row) }),
  link: (row: typeof Link.Type) => ({ ...row, url: null }),
  person: (row: typeof Person.Type) => ({ ...row, name: null }),
  explanation: (found: Explanation): Explanation => ({
    ...found,
    url: null,
    scans: found.scans.map((row) => ({ ...row, ...scan(row) })),
    judgements: found.judgements.map((row) => ({
      ...row,
      chatName: null,
      notice: row.notice === null ? null : { ...row.notice, text: null }
    })),
    overrides: found.overrides.map(override)
  }),
  chat: (row: typeof Chat.Type) => ({ ...row, name: null }),
  message: (row: typeof Message.Type) => ({
    ...row,
    senderName: null,
    text: null,
    whatsAppId: null,
    links: [],
    reactions: []
  }),
  job: (row: typeof Job.Type) => ({ ...row, title: null, messages: null }),
  outbox: (row: typeof OutboxEntry.Type) => ({ ...row, text: null, media: null, quotes: null }),
  override
} as const
