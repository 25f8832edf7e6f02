import * as Result from "effect/Result"
import { type ContactCard, nameLengthMax, namesMax, notesLengthMax } from "../../../contracts/contact.ts"
import { clippedBecause, completedCard } from "../complete-card.ts"
import { readPhone, type Region } from "./phone.ts"

/** What a row or a card of a file says about somebody, before any of it is understood. */
export interface WrittenContact {
  /** Where it begins, from 1. */
  readonly line: number
  readonly name: string
  readonly aliases: ReadonlyArray<string>
  /** The one most wanted first. */
  readonly numbers: ReadonlyArray<string>
  readonly tags: ReadonlyArray<string>
  readonly favourite: boolean
  readonly notes: string
}

/** Something of a file that was not taken, and why. */
export interface LeftOut {
  readonly line: number
  readonly reason: string
}

/** What came of a file. */
export interface ContactImport {
  readonly contacts: ReadonlyArray<ContactCard>
  /** In the order of their lines, the first `leftMax` of them. */
  readonly left: ReadonlyArray<LeftOut>
  /** How many there are of those. */
  readonly leftCount: number
  /** How many were made one with an earlier one, whose number they have. */
  readonly merged: number
}

/** Enough to mend a file by; of a file that is something else altogether, every line would be one. */
export const leftMax = 1000

const trimmed = (texts: ReadonlyArray<string>): ReadonlyArray<string> => [
  ...new Set(texts.map((text) => text.trim()).filter((text) => text !== ""))
]

/** The contacts of a file, in its order, those with the same number made one. */
export function importedContacts(
  written: ReadonlyArray<WrittenContact>,
  unreadable: ReadonlyArray<LeftOut>,
  region: Region
): ContactImport {
  const contacts = new Map<string, ContactCard>()
  const left = [...unreadable]
  let merged = 0
  for (const contact of written) {
    const understood = understand(contact, region)
    for (const reason of understood.left) left.push({ line: contact.line, reason })
    const { card } = understood
    if (card === undefined) continue
    const known = contacts.get(card.number)
    if (known === undefined) contacts.set(card.number, card)
    else {
      const together = completedCard(known, card)
      contacts.set(card.number, together.card)
      if (!together.isWhole)
        left.push({ line: contact.line, reason: `${shortened(card.name)}: ${clippedBecause}` })
      merged++
    }
  }
  return {
    contacts: [...contacts.values()],
    left: left.toSorted((one, other) => one.line - other.line).slice(0, leftMax),
    leftCount: left.length,
    merged
  }
}

interface Understood {
  readonly card?: ContactCard
  readonly left: ReadonlyArray<string>
}

function understand(written: WrittenContact, region: Region): Understood {
  const name = written.name.trim()
  const numbers = trimmed(written.numbers)
  if (name === "" && numbers.length === 0) return { left: ["expected a name and a number, found neither"] }
  if (name === "") return { left: [`expected a name beside "${shortened(numbers[0] ?? "")}", found none`] }
  if (numbers.length === 0) return { left: [`expected a number of "${shortened(name)}", found none`] }
  const read = numbers.map((number) => readPhone(number, region))
  const [number, ...others] = new Set(read.flatMap((one) => (Result.isSuccess(one) ? [one.success] : [])))
  const refused = read.flatMap((one) => (Result.isFailure(one) ? [`${shortened(name)}: ${one.failure}`] : []))
  if (number === undefined) return { left: refused }
  const further = others.map(
    (other) => `${shortened(name)}: expected one number, found ${other} beside ${number}, which is taken`
  )
  const aliases = trimmed(written.aliases).filter((alias) => alias !== name)
  const tags = trimmed(written.tags)
  const tooLong = whatIsTooLong(name, aliases, tags, written.notes)
  if (tooLong !== undefined) return { left: [tooLong] }
  return {
    card: { name, aliases, number, tags, favourite: written.favourite, notes: written.notes.trim() },
    left: [...refused, ...further]
  }
}

function whatIsTooLong(
  name: string,
  aliases: ReadonlyArray<string>,
  tags: ReadonlyArray<string>,
  notes: string
): string | undefined {
  const long = [name, ...aliases, ...tags].find((text) => text.length > nameLengthMax)
  if (long !== undefined) {
    return `expected names and tags of at most ${nameLengthMax} characters, found ${long.length} in "${shortened(long)}"`
  }
  if (Math.max(aliases.length, tags.length) > namesMax) {
    return `expected at most ${namesMax} aliases and ${namesMax} tags of "${shortened(name)}", found more`
  }
  if (notes.length <= notesLengthMax) return undefined
  return `expected notes of at most ${notesLengthMax} characters about "${shortened(name)}", found ${notes.length}`
}

/** Enough of a text to find it by. */
const shortened = (text: string): string => (text.length > 40 ? `${text.slice(0, 40).toWellFormed()}…` : text)
