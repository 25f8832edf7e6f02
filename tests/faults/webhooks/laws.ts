/** What is promised of webhooks, held against what a receiver heard. */

export interface Request {
  readonly sequence: number
  readonly id: string
  readonly teller: string
  readonly taken: boolean
}

/** What befell one of the tellers. */
export interface Met {
  readonly round: "pause" | "kill"
  /** The event in whose request it was. */
  readonly at: number
  readonly name: string
  /** How many requests had come by then. */
  readonly from: number
}

export interface Told {
  readonly requests: ReadonlyArray<Request>
  readonly met: ReadonlyArray<Met>
  /** The first and the last event that it was to be told. */
  readonly from: number
  readonly last: number
}

const none = <A>(found: ReadonlyArray<A>, says: (one: A) => string): ReadonlyArray<string> => found.map(says)

/** Whoever lost the lease says nothing more, until another one has lost it in turn. */
const saidAfter = ({ met, requests }: Told): ReadonlyArray<string> =>
  met.flatMap(({ from, name, round }, index) => {
    const ends = met[index + 1]?.from ?? requests.length
    const said = requests.slice(from, ends).filter(({ teller }) => teller === name)
    return none(said, ({ sequence }) => `${name} told event ${sequence} after its ${round}`)
  })

/** Every breach in a sentence; none where all is as it should be. */
export const breachesOf = (told: Told): ReadonlyArray<string> => {
  const { from, last, met, requests } = told
  const breaches: Array<string> = [...saidAfter(told)]
  const inTheMiddle = new Set(met.map(({ at }) => at))
  for (let sequence = from; sequence <= last; sequence++) {
    const about = requests.filter((one) => one.sequence === sequence)
    if (!about.some(({ taken }) => taken)) breaches.push(`event ${sequence} was not told`)
    if (new Set(about.map(({ id }) => id)).size > 1)
      breaches.push(`event ${sequence} was told under several ids`)
    const most = inTheMiddle.has(sequence) ? 2 : 1
    if (about.length > most) breaches.push(`event ${sequence} was sent ${about.length} times`)
  }
  for (const { at, round } of met)
    if (requests.filter(({ sequence }) => sequence === at).length < 2)
      breaches.push(`event ${at}, in whose middle there was a ${round}, was not sent again`)
  const order = requests.map(({ sequence }) => sequence)
  order.forEach((sequence, index) => {
    if (index > 0 && sequence < order[index - 1]!)
      breaches.push(`event ${sequence} came after ${order[index - 1]}`)
  })
  return breaches
}
