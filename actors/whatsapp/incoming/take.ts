/**
 * From what was heard to the log, whichever gateway heard it: each thing once, for ever, with every link in it.
 * The only way in.
 */
import { Effect } from "effect"
import type { Reason, Self } from "../../../infra/actor/process-manager.ts"
import { Keyring, type KeyringService } from "../../../infra/keyring/keyring.ts"
import { outbox, spoken } from "../model.ts"
import { openBook } from "./book.ts"
import type { Item } from "./item.ts"
import { obeyedNames } from "./obeyed.ts"
import { takePicture } from "./pictures/take-picture.ts"
import { takeReaction, takeUnreadable, takeWithheld } from "./take-about.ts"
import { takeChange, takeIdentity } from "./take-change.ts"
import { takeEdits, takePosts, takeRevoke } from "./take-message.ts"
import type { Published, Taking } from "./taking.ts"
import { readable } from "./withhold.ts"

const takeHeard = Effect.fnUntraced(function* (taking: Taking, item: Item) {
  const { heard } = item
  switch (heard.what) {
    case "post":
      return yield* takePosts(taking, item, item.id, heard.texts)
    case "edit":
      return yield* takeEdits(taking, item, heard)
    case "revoke":
      return yield* takeRevoke(taking, item, heard)
    case "reaction":
      return yield* takeReaction(taking, item, heard)
    case "unreadable":
      return yield* takeUnreadable(taking, item, heard)
    case "picture":
      return yield* takePicture(taking, item, heard)
    case "withheld":
      return yield* takeWithheld(taking, item, heard)
    default:
      return yield* takeChange(taking, item, heard)
  }
})

/** What Wadjet itself said comes back from its own account; it is in the outbox already. */
const isEcho = ({ self }: Taking, { id, own }: Item): boolean =>
  own &&
  (self.state.get(spoken, id) !== undefined ||
    (/^3EB0[0-9A-F]{16}$/u.test(id) && self.state.walk(outbox, id.slice(4).toLowerCase()).length > 0))

export interface Taken {
  /** The sequence of the last new fact in the log; 0 when the log already held all of them. */
  readonly sequence: number
  /** How many items the log did not know, how many it did, and how many links the new ones hold. */
  readonly taken: number
  readonly known: number
  readonly links: number
}

/** What the log does not know yet of what was heard, by the state of this moment. It appends nothing, and may be done again. */
const factsOf = Effect.fnUntraced(function* (
  keyring: KeyringService,
  items: ReadonlyArray<Item>,
  self: Self<Published>
) {
  const taking: Taking = { keyring, book: openBook(self.state, keyring), self, facts: [], links: 0 }
  let taken = 0
  for (const heard of items) {
    if (isEcho(taking, heard)) continue
    // Asked as late as this: what was agreed while it was on its way counts, too.
    const item = readable(self.state, keyring, heard)
    takeIdentity(taking, item)
    const before = taking.facts.length
    yield* takeHeard(taking, item)
    if (taking.facts.length > before) taken += 1
  }
  return { taken, taking }
})

/** Appends what is not known yet, in one commit, and waits until it is folded. What was agreed or set before is obeyed. */
export const takeItems = Effect.fnUntraced(function* (
  reason: Reason,
  items: ReadonlyArray<Item>,
  self: Self<Published>
) {
  const keyring = yield* Keyring
  const { taken, taking } = yield* self.knowing(obeyedNames, factsOf(keyring, items, self))
  const counts = { taken, known: items.length - taken, links: taking.links }
  const [first, ...rest] = taking.facts
  if (first === undefined) return { sequence: 0, ...counts } satisfies Taken
  const { sequence } = yield* self.appendEach(reason, [first, ...rest])
  yield* self.folded(sequence)
  return { sequence, ...counts } satisfies Taken
})
