import { publicSuffix, registeredDomain } from "../../contracts/link/public-suffix.ts"
import {
  type BrandFinding,
  type BrandIndex,
  brandsByAddress,
  brandsInside,
  found,
  isHeldLabel,
  isOwned
} from "./brand-index.ts"
import { placesNear } from "./brand-near.ts"
import { mistyped, type Pieces } from "./brand-typo.ts"
import { isCompanysOwn } from "./company-name.ts"
import { plainReading, skeleton } from "./confusables.ts"
import { lettersOf } from "./edit-distance.ts"
import { type IndexedBrand, withoutDoubles } from "./indexed-brand.ts"
import { isKnownSite, isStrangersGround } from "./known-sites.ts"
import { abusedTlds, accountHosts, deliveryHosts, tenantHosts, throwawayHosts } from "./hosting.ts"
import { credentialWords, lureWords, tradeWords } from "./lure-words.ts"
import { madeOf } from "./strung-words.ts"

const insideLengthMin = 6
// On shared hosting a name that begins with a brand's is hardly ever chance.
const hostedLengthMin = 5
const hostLengthMax = 253
const longNameLengthMin = 9

/** A host taken apart: who chose its name, under what, and what stands before. */
interface Parted {
  readonly owner: string
  readonly suffix: string
  readonly before: string
  /** The suffix is a company's, where anybody may have a name. */
  readonly onOthersGround: boolean
  readonly isAbusedSuffix: boolean
  /** A nation's own ending, or one below it that is sold as if it were a registry's. */
  readonly isNational: boolean
}

/**
 * The strongest way in which a decoded, lower-case host imitates a known brand, or undefined. The brands'
 * own hosts, their tenancies at well-known services and their names under national domains are honest.
 */
export function brandFinding(host: string, brands: BrandIndex): BrandFinding | undefined {
  // No resolver answers for a longer name.
  if (host.length > hostLengthMax) return undefined
  if (isOwned(host, brands) || brands.endings.has(host.slice(host.lastIndexOf(".") + 1))) return undefined
  const parted = part(host)
  if (parted === undefined) return undefined
  const site = `${parted.owner}.${parted.suffix}`
  const isKnown = parted.owner !== "" && isKnownSite(site)
  const isOpenToAll = throwawayHosts.has(site) || isStrangersGround(host)
  return (
    addressFinding(brands, parted) ??
    (parted.owner === "" || isKnown ? undefined : ownerFinding(brands, parted)) ??
    // Before a known company's domain a name is that of a customer, where not everybody gets one.
    (parted.before === "" || (isKnown && !isOpenToAll) ? undefined : subdomainFinding(brands, parted.before))
  )
}

// `google.com-login.example`: an address may reach from what stands before into the owner's own name.
function addressFinding(brands: BrandIndex, { before, owner }: Parted): BrandFinding | undefined {
  if (before === "") return undefined
  const [first] = brandsByAddress(brands, plainReading(`${before}.${owner}`).split(/[.-]/))
  return first === undefined
    ? undefined
    : found("high", first, `${first.brand.name}'s address before another's`)
}

function part(host: string): Parted | undefined {
  const { suffix, registrable } = publicSuffix(host)
  if (suffix === null || deliveryHosts.has(suffix)) return undefined
  const before = host.slice(0, Math.max(0, host.length - (registrable ?? suffix).length - 1))
  // Registrars sell names below `com.be` and the like as if a registry did.
  if (registrable !== null && before !== "" && /^(?:com|co|net|org)\.[a-z]{2}$/.test(registrable)) {
    const dot = before.lastIndexOf(".")
    return {
      ...parts(before.slice(dot + 1), registrable, before.slice(0, Math.max(0, dot))),
      isNational: true
    }
  }
  const owner = registrable === null ? "" : registrable.slice(0, -suffix.length - 1)
  return parts(owner, suffix, tenantHosts.has(registrable ?? suffix) ? "" : before)
}

function parts(owner: string, suffix: string, before: string): Parted {
  const onOthersGround = registeredDomain(suffix) !== null
  const isAbusedSuffix = abusedTlds.has(suffix) || abusedTlds.has(suffix.slice(suffix.lastIndexOf(".") + 1))
  const isNational = /(?:^|\.)[a-z]{2}$/.test(suffix) && !onOthersGround && !isAbusedSuffix
  return { owner, suffix, before, onOthersGround, isAbusedSuffix, isNational }
}

function ownerFinding(brands: BrandIndex, parted: Parted): BrandFinding | undefined {
  const { isAbusedSuffix, isNational, owner } = parted
  // What a brand holds under one suffix it nearly always holds under a nation's too, and under the oldest.
  if ((isNational || isOldEnding(parted.suffix)) && isHeldLabel(brands, owner)) return undefined
  const isUsual = isOrdinary(parted)
  const shape = shapeOf(owner)
  const inside = brandsInside(brands, shape.folded)
  const near = placesNear(brands.near, shape.partsWithoutDoubles, shape.letters, isAbusedSuffix)
  const places = new Set([...near, ...[...inside].map(({ place }) => place)])
  let best: BrandFinding | undefined
  for (const place of [...places].toSorted((a, b) => a - b)) {
    const entry = brands.brands[place]
    if (entry === undefined || (isUsual && isCompanys(entry, owner))) continue
    const whole =
      inside.has(entry) && !isWithinWords(entry, shape.folded)
        ? (exact(entry, parted, shape) ?? combined(entry, parted, shape))
        : undefined
    best = stronger(best, whole ?? mistyped(brands, entry, shape, isAbusedSuffix))
  }
  return best
}

// `revolut` of `counterrevolutionary`: nowhere but in words that have it by chance.
const isWithinWords = ({ skeleton: name, stems }: IndexedBrand, folded: string): boolean =>
  stems.length > 0 && !stems.reduce((text, stem) => text.replaceAll(stem, "-"), folded).includes(name)

// Who uses a name under a few domains alone has no others for partners and staff.
const isCompanys = ({ brand: { isOnlyThere, name } }: IndexedBrand, owner: string): boolean =>
  !isOnlyThere && isCompanysOwn(owner, name)

interface Shape extends Pieces {
  readonly skeleton: string
  /** The same without hyphens. */
  readonly folded: string
}

function shapeOf(label: string): Shape {
  const plain = plainReading(label)
  const pieces = plain.split("-").map(skeleton)
  const single = pieces.map(withoutDoubles)
  return {
    skeleton: pieces.join("-"),
    folded: pieces.join(""),
    parts: pieces,
    partsWithoutDoubles: single,
    letters: single.map(lettersOf),
    plainParts: plain.split("-")
  }
}

function exact(entry: IndexedBrand, parted: Parted, shape: Shape): BrandFinding | undefined {
  const { isAbusedSuffix, onOthersGround, owner, suffix } = parted
  const { isOnlyThere, isWord, name } = entry.brand
  if (shape.skeleton !== entry.skeleton) return undefined
  if (owner !== name) return found("high", entry, `reads as ${name}`)
  if (accountHosts.has(suffix)) return undefined
  if (onOthersGround) return found(isWord ? "low" : "high", entry, `${name} on shared hosting`)
  if (isOnlyThere) return found("medium", entry, `${name} under .${suffix}`)
  if (isAbusedSuffix) return found(isWord ? "low" : "medium", entry, `${name} under .${suffix}`)
  // A national or an old domain with the very name is nearly always the brand's own.
  return undefined
}

function combined(entry: IndexedBrand, parted: Parted, shape: Shape): BrandFinding | undefined {
  const { isWord, name } = entry.brand
  const own = shape.parts.indexOf(entry.skeleton)
  if (own >= 0 && shape.parts.length > 1) {
    const others = shape.plainParts.filter((_, at) => at !== own)
    if (others.some(isTradeWord)) return found("high", entry, `${name} beside ${others.join("-")}`)
    if (shape.plainParts[own] !== name) return found("high", entry, `reads as ${name}`)
    return found(isWord ? "low" : "medium", entry, `${name} beside ${others.join("-")}`)
  }
  const { folded } = shape
  const at = folded.indexOf(entry.skeleton)
  if (folded.length === entry.skeleton.length)
    return shape.parts.length > 1 ? found("medium", entry, `${name} with hyphens`) : undefined
  const rest = [folded.slice(0, at), folded.slice(at + entry.skeleton.length)].filter((piece) => piece !== "")
  if (rest.every(isMadeOfTradeWords))
    // `wiseconnect` speaks of Wise, `connectwise` of connecting.
    return found(isWord && at > 0 ? "low" : "high", entry, `${name} beside ${rest.join(" ")}`)
  const lengthMin = parted.onOthersGround && at === 0 ? hostedLengthMin : insideLengthMin
  if (isWord || name.length < lengthMin) return undefined
  return found(insideLevel(parted), entry, `${name} inside ${shape.plainParts.join("-")}`)
}

// Brands hold many such names themselves, under the endings that everybody knows and without a hyphen.
function insideLevel(parted: Parted): BrandFinding["level"] {
  if (parted.onOthersGround) return "high"
  return isOrdinary(parted) && !parted.owner.includes("-") ? "low" : "medium"
}

const isOldEnding = (suffix: string): boolean => suffix === "com" || suffix === "net" || suffix === "org"

const isOrdinary = ({ isAbusedSuffix, onOthersGround, suffix }: Parted): boolean =>
  !isAbusedSuffix && !onOthersGround && /^(?:com|net|org|(?:[a-z]{2,3}\.)?[a-z]{2})$/.test(suffix)

function subdomainFinding(brands: BrandIndex, before: string): BrandFinding | undefined {
  const plain = plainReading(before).split(/[.-]/)
  const pieces = new Set(plain.map(skeleton))
  const inside = brandsInside(brands, skeleton(before))
  let best: BrandFinding | undefined
  for (const entry of inside) best = stronger(best, subdomainOf(entry))
  return best ?? mistypedSubdomain(brands, before)

  function subdomainOf(entry: IndexedBrand): BrandFinding | undefined {
    const { isWord, name } = entry.brand
    const isTelling = !isWord && (name.length >= insideLengthMin || beginsPiece(entry))
    if (!isTelling && !pieces.has(entry.skeleton)) return undefined
    return found(isWord ? "low" : "medium", entry, `${name} before another's domain`)
  }

  function beginsPiece({ skeleton: name }: IndexedBrand): boolean {
    return name.length >= hostedLengthMin && [...pieces].some((piece) => piece.startsWith(name))
  }
}

// `steamcommunitiy.example.com`: only long names, since what stands there is mostly short words and abbreviations.
function mistypedSubdomain(brands: BrandIndex, before: string): BrandFinding | undefined {
  const shape = shapeOf(before.replaceAll(".", "-"))
  if (shape.parts.every((part) => part.length < longNameLengthMin - 1)) return undefined
  for (const place of placesNear(brands.near, shape.partsWithoutDoubles, shape.letters, false)) {
    const entry = brands.brands[place]
    const isLong = entry !== undefined && !entry.brand.isWord && entry.brand.name.length >= longNameLengthMin
    const finding = isLong ? mistyped(brands, entry, shape, false, 1) : undefined
    if (finding !== undefined && entry !== undefined)
      return found("low", entry, `${finding.reason} before another's domain`)
  }
  return undefined
}

const tradeSkeletons: ReadonlySet<string> = new Set(
  [...credentialWords, ...lureWords, ...tradeWords].map(skeleton)
)

const isTradeWord = (word: string): boolean => tradeSkeletons.has(skeleton(word))

const isMadeOfTradeWords = madeOf(tradeSkeletons)

const strength = { low: 1, medium: 2, high: 3 } as const

// Of two that are as strong, the first.
const stronger = (best: BrandFinding | undefined, next: BrandFinding | undefined): BrandFinding | undefined =>
  next === undefined || (best !== undefined && strength[best.level] >= strength[next.level]) ? best : next
