/** Every read model there is: what the projector folds. */
import { audit } from "./audit.ts"
import { backups } from "./backups.ts"
import { chats } from "./chats.ts"
import { checks } from "./checks.ts"
import { consent } from "./consent.ts"
import { contacts } from "./contacts.ts"
import { jobs } from "./jobs.ts"
import { judgements } from "./judgements.ts"
import { links } from "./links.ts"
import { messages } from "./messages.ts"
import { occurrences } from "./occurrences.ts"
import { origins } from "./origins.ts"
import { outbox } from "./outbox.ts"
import { overrides } from "./overrides.ts"
import { parked } from "./parked.ts"
import { people } from "./people.ts"
import { quality } from "./quality.ts"
import type { ReadModel } from "./read-model.ts"
import { reports } from "./reports.ts"
import { scans } from "./scans.ts"
import { sessions } from "./sessions.ts"
import { statistics } from "./statistics.ts"
import { unreadable } from "./unreadable.ts"
import { verdicts } from "./verdicts.ts"
import { withheld } from "./withheld.ts"

/**
 * Their order is that of the folds of one event, and of their tables: `statistics` asks rows of those before it, `links`
 * counts them.
 */
export const readModels: ReadonlyArray<ReadModel> = [
  messages,
  verdicts,
  judgements,
  scans,
  links,
  people,
  sessions,
  outbox,
  jobs,
  occurrences,
  contacts,
  chats,
  overrides,
  consent,
  reports,
  parked,
  unreadable,
  withheld,
  origins,
  quality,
  statistics,
  backups,
  audit,
  checks
]
