import { publicSuffix, registeredDomain } from "../../contracts/link/public-suffix.ts"
import { abusedTlds, accountHosts, tenantHosts } from "./hosting.ts"
import { type Brand, brands } from "./brands.ts"
import { plainReading, skeleton } from "./confusables.ts"
import { isEditDistanceOne } from "./edit-distance.ts"
import { credentialWords, lureWords, tradeWords } from "./lure-words.ts"

/** How a host imitates a brand. */
export interface BrandFinding {
  readonly level: "low" | "medium" | "high"
  /** The brand's own domain, for the warning. */
  readonly brand: string
  readonly reason: string
}

interface Indexed {
  readonly brand: Brand
  readonly skeleton: string
  readonly withoutDoubles: string
  /** The brand's domains as they are written inside a label: `-paypal-com-`. */
  readonly addresses: ReadonlyArray<string>
  readonly neighbours: ReadonlySet<string>
}

const withoutDoubles = (text: string): string => text.replace(/(.)\1+/g, "$1")

// Shorter addresses (`t.co`, `x.com`) turn up inside honest names.
const addressLengthMin = 7

const indexed: ReadonlyArray<Indexed> = brands.map((brand) => ({
  brand,
  skeleton: skeleton(brand.name),
  withoutDoubles: withoutDoubles(skeleton(brand.name)),
  addresses: brand.owns
    .filter((domain) => domain.length >= addressLengthMin)
    .map((domain) => `-${domain.replaceAll(".", "-")}-`),
  neighbours: new Set(brand.neighbours.map(skeleton))
}))
// A public suffix that a brand runs (github.io) is its customers' ground: only the name itself is the brand's.
const held = brands.flatMap(({ owns }) => owns)
const heldExactly: ReadonlySet<string> = new Set(held)
const heldWithSubdomains: ReadonlySet<string> = new Set(
  held.filter((domain) => publicSuffix(domain).registrable !== null)
)
const brandNames: ReadonlySet<string> = new Set(brands.map(({ name }) => name))

/** Whether `host` is, or is under, a domain that some known brand holds. */
export function isOwned(host: string): boolean {
  if (heldExactly.has(host)) return true
  for (let dot = host.indexOf("."); dot >= 0; dot = host.indexOf(".", dot + 1)) {
    if (heldWithSubdomains.has(host.slice(dot + 1))) return true
  }
  return false
}

// Names shorter than this have too many honest neighbours one letter away.
const typoLengthMin = 5
const insideLengthMin = 6
const twoTyposLengthMin = 9

/**
 * The strongest way in which a decoded, lower-case host imitates a known brand, or undefined. The brands'
 * own hosts, their tenancies at well-known services and their names under national domains are honest.
 */
export function brandFinding(host: string): BrandFinding | undefined {
  const { suffix, registrable } = publicSuffix(host)
  if (suffix === null || isOwned(host) || brandNames.has(host.slice(host.lastIndexOf(".") + 1)))
    return undefined
  const owner = registrable === null ? "" : registrable.slice(0, -suffix.length - 1)
  const before = host.slice(0, Math.max(0, host.length - (registrable ?? suffix).length - 1))
  const onOthersGround = registeredDomain(suffix) !== null
  return (
    (owner === "" ? undefined : ownerFinding(owner, suffix, onOthersGround)) ??
    (before === "" || tenantHosts.has(registrable ?? suffix) ? undefined : subdomainFinding(before))
  )
}

function ownerFinding(owner: string, suffix: string, onOthersGround: boolean): BrandFinding | undefined {
  const shape = shapeOf(owner)
  return strongest(
    indexed.map(
      (entry) =>
        exact(entry, owner, shape, suffix, onOthersGround) ??
        combined(entry, shape, onOthersGround) ??
        mistyped(entry, shape)
    )
  )
}

interface Shape {
  readonly skeleton: string
  /** The skeletons of the pieces between hyphens, the same with doubled letters single, and as read. */
  readonly parts: ReadonlyArray<string>
  readonly partsWithoutDoubles: ReadonlyArray<string>
  readonly plainParts: ReadonlyArray<string>
}

function shapeOf(label: string): Shape {
  const plain = plainReading(label)
  const parts = plain.split("-").map(skeleton)
  return {
    skeleton: parts.join("-"),
    parts,
    partsWithoutDoubles: parts.map(withoutDoubles),
    plainParts: plain.split("-")
  }
}

function exact(
  entry: Indexed,
  owner: string,
  shape: Shape,
  suffix: string,
  onOthersGround: boolean
): BrandFinding | undefined {
  if (shape.skeleton !== entry.skeleton) return undefined
  if (owner !== entry.brand.name) return found("high", entry, `reads as ${entry.brand.name}`)
  if (accountHosts.has(suffix)) return undefined
  if (onOthersGround)
    return found(entry.brand.isWord ? "low" : "high", entry, `${entry.brand.name} on shared hosting`)
  if (abusedTlds.has(suffix))
    return found(entry.brand.isWord ? "low" : "medium", entry, `${entry.brand.name} under .${suffix}`)
  // A national or an old domain with the very name is nearly always the brand's own.
  return undefined
}

function combined(entry: Indexed, shape: Shape, onOthersGround: boolean): BrandFinding | undefined {
  const { brand } = entry
  const own = shape.parts.indexOf(entry.skeleton)
  if (own >= 0 && shape.parts.length > 1) {
    const others = shape.plainParts.filter((_, at) => at !== own)
    if (others.some(isTradeWord)) return found("high", entry, `${brand.name} beside ${others.join("-")}`)
    if (shape.plainParts[own] !== brand.name) return found("high", entry, `reads as ${brand.name}`)
    return found(brand.isWord ? "low" : "medium", entry, `${brand.name} beside ${others.join("-")}`)
  }
  const folded = shape.skeleton.replaceAll("-", "")
  const at = folded.indexOf(entry.skeleton)
  if (at < 0) return undefined
  if (folded.length === entry.skeleton.length)
    return shape.parts.length > 1 ? found("medium", entry, `${brand.name} with hyphens`) : undefined
  const rest = [folded.slice(0, at), folded.slice(at + entry.skeleton.length)].filter((piece) => piece !== "")
  if (rest.every((piece) => tradeSkeletons.has(piece)))
    return found("high", entry, `${brand.name} beside ${rest.join(" ")}`)
  if (brand.isWord || brand.name.length < insideLengthMin) return undefined
  return found(
    onOthersGround ? "high" : "medium",
    entry,
    `${brand.name} inside ${shape.plainParts.join("-")}`
  )
}

function mistyped(entry: Indexed, shape: Shape): BrandFinding | undefined {
  const { brand } = entry
  if (brand.name.length < typoLengthMin) return undefined
  for (const [at, part] of shape.parts.entries()) {
    if (entry.neighbours.has(part) || brandNames.has(shape.plainParts[at] ?? "")) continue
    if (part === entry.skeleton) continue
    const single = shape.partsWithoutDoubles[at] ?? part
    const doubled = single === entry.withoutDoubles
    const near = isEditDistanceOne(part, entry.skeleton)
    const long = brand.name.length >= twoTyposLengthMin
    if (!doubled && !near && !(long && isNearlyInside(single, entry.withoutDoubles))) continue
    // The first letter is what people read first; a name without it is rarely meant as the brand.
    const level =
      part[0] === entry.skeleton[0] && !brand.isWord && brand.name.length > typoLengthMin ? "medium" : "low"
    return found(level, entry, `one slip from ${brand.name}`)
  }
  return undefined
}

// `steamcommunlltygame`: the brand with one slip, followed by something else.
function isNearlyInside(part: string, brand: string): boolean {
  return (
    part[0] === brand[0] &&
    [0, 1, -1].some((more) => isEditDistanceOne(part.slice(0, brand.length + more), brand))
  )
}

function subdomainFinding(before: string): BrandFinding | undefined {
  const plain = plainReading(before)
  const whole = `-${plain.replaceAll(".", "-")}-`
  const parts = new Set(plain.split(/[.-]/).map(skeleton))
  const folded = skeleton(before)
  return strongest(
    indexed.map((entry) => {
      const { brand } = entry
      if (entry.addresses.some((address) => whole.includes(address)))
        return found("high", entry, `${brand.name}'s address before another's`)
      const inside = !brand.isWord && brand.name.length >= insideLengthMin && folded.includes(entry.skeleton)
      if (!inside && !parts.has(entry.skeleton)) return undefined
      return found(brand.isWord ? "low" : "medium", entry, `${brand.name} before another's domain`)
    })
  )
}

const tradeSkeletons: ReadonlySet<string> = new Set(
  [...credentialWords, ...lureWords, ...tradeWords].map(skeleton)
)

const isTradeWord = (word: string): boolean => tradeSkeletons.has(skeleton(word))

function found(level: BrandFinding["level"], { brand }: Indexed, reason: string): BrandFinding {
  return { level, brand: brand.owns[0] ?? brand.name, reason }
}

const strength = { low: 1, medium: 2, high: 3 } as const

function strongest(findings: ReadonlyArray<BrandFinding | undefined>): BrandFinding | undefined {
  return findings
    .filter((finding) => finding !== undefined)
    .reduce<BrandFinding | undefined>(
      (best, next) => (best !== undefined && strength[best.level] >= strength[next.level] ? best : next),
      undefined
    )
}
