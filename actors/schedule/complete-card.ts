/** Two contacts that are one: the earlier keeps its name, and everything else of both is kept as far as there is room. Pure. */
import { type ContactCard, namesMax, notesLengthMax } from "../../contracts/contact.ts"

export interface CompletedCard {
  readonly card: ContactCard
  /** Whether everything of both is in it. */
  readonly isWhole: boolean
}

/** What is said where it is not whole. */
export const clippedBecause = `expected at most ${namesMax} aliases, ${namesMax} tags and ${notesLengthMax} characters of notes together with what is there already, found more`

const together = (some: ReadonlyArray<string>, more: ReadonlyArray<string>) => [
  ...new Set([...some, ...more])
]

/** The first card completed by another one, whose name becomes an alias. */
export const completedCard = (card: ContactCard, other: ContactCard): CompletedCard => {
  const aliases = together(card.aliases, [other.name, ...other.aliases]).filter(
    (alias) => alias !== card.name
  )
  const tags = together(card.tags, other.tags)
  const notes = card.notes.includes(other.notes)
    ? card.notes
    : [card.notes, other.notes].filter((it) => it !== "").join("\n")
  return {
    card: {
      ...card,
      aliases: aliases.slice(0, namesMax),
      tags: tags.slice(0, namesMax),
      favourite: card.favourite || other.favourite,
      notes: notes.slice(0, notesLengthMax).toWellFormed()
    },
    isWhole: aliases.length <= namesMax && tags.length <= namesMax && notes.length <= notesLengthMax
  }
}
