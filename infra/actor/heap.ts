/**
 * A binary heap: the first of many is at hand, and adding, taking out and moving one costs as many steps as the
 * number of items has binary digits. An item knows its place, so that it is found without a search.
 */

/** What can be in one heap at a time. */
export interface Placed {
  /** Where it is in its heap; kept by the heap. */
  place: number
}

export interface Heap<T extends Placed> {
  readonly first: () => T | undefined
  readonly size: () => number
  readonly add: (item: T) => void
  /** Takes out one that is in it. */
  readonly remove: (item: T) => void
}

/** `isBefore` is a strict order; of two that are alike either may come first. */
export const makeHeap = <T extends Placed>(isBefore: (a: T, b: T) => boolean): Heap<T> => {
  const items: Array<T> = []

  const set = (place: number, item: T) => {
    items[place] = item
    item.place = place
  }

  const rise = (item: T) => {
    let { place } = item
    while (place > 0) {
      const above = (place - 1) >> 1
      if (!isBefore(item, items[above]!)) break
      set(place, items[above]!)
      place = above
    }
    set(place, item)
  }

  const sink = (item: T) => {
    let { place } = item
    for (;;) {
      const left = 2 * place + 1
      if (left >= items.length) break
      const right = left + 1
      const below = right < items.length && isBefore(items[right]!, items[left]!) ? right : left
      if (!isBefore(items[below]!, item)) break
      set(place, items[below]!)
      place = below
    }
    set(place, item)
  }

  return {
    first: () => items[0],
    size: () => items.length,
    add: (item) => {
      set(items.length, item)
      rise(item)
    },
    remove: (item) => {
      if (items[item.place] !== item) throw new Error("expected an item of this heap, found another one")
      const last = items.pop()!
      if (last === item) return
      set(item.place, last)
      rise(last)
      sink(last)
    }
  }
}
