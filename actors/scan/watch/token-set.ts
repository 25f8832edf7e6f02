/**
 * The tokens of watched links, 32 bits of each, in memory: of a million lines that are new on a list it is known at once
 * that they are about none of them. One in ten thousand is taken for one of a hundred thousand links, and looked up.
 */
const slotsMin = 1_024

export class TokenSet {
  private slots: Uint32Array
  private taken = 0

  constructor(expected = 0) {
    let slots = slotsMin
    while (slots < expected * 2) slots *= 2
    this.slots = new Uint32Array(slots)
  }

  get size(): number {
    return this.taken
  }

  add(token: string): void {
    if (this.taken * 2 >= this.slots.length) this.grow()
    this.insert(valueOf(token))
  }

  has(token: string): boolean {
    const value = valueOf(token)
    for (let at = this.place(value); this.slots[at] !== 0; at = this.next(at))
      if (this.slots[at] === value) return true
    return false
  }

  private place(value: number): number {
    return value & (this.slots.length - 1)
  }

  private next(at: number): number {
    return at + 1 === this.slots.length ? 0 : at + 1
  }

  private insert(value: number): void {
    let at = this.place(value)
    for (; this.slots[at] !== 0; at = this.next(at)) if (this.slots[at] === value) return
    this.slots[at] = value
    this.taken++
  }

  private grow(): void {
    const before = this.slots
    this.slots = new Uint32Array(before.length * 2)
    this.taken = 0
    for (const value of before) if (value !== 0) this.insert(value)
  }
}

/** Zero marks an empty slot, and is no value. */
const valueOf = (token: string): number => Number.parseInt(token.slice(0, 8), 16) || 1
