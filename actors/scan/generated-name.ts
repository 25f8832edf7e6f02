// Adjacent consonants that words of languages in Latin letters have within them; any other pair is rare.
const commonPairs: ReadonlySet<string> = new Set(
  `bb bl br bs bt ch ck cl cr cs ct dd dg dl dr ds dt dv dw ff fl fr ft gg gh gt gl gm gn gr gs ht kk kl kn kr ks kt
  lb lc ld lf lg lk ll lm ln lp ls lt lv mb ml mm mn mp ms mt nb nc nd nf ng nh nj nk nl nm nn np nq nr ns nt nv nw nz
  ph pl pp pr ps pt rb rc rd rf rg rh rj rk rl rm rn rp rr rs rt rv rw rz sb sc sd sf sg sh sk sl sm sn sp sq sr ss st
  sv sw sz tb tc tf th tl tm tn tp tr ts tt tv tw tz vr wh wk wl wn wr ws wt xc xp xt zh zl zm zz`.split(
    /\s+/
  )
)
const nameLengthMin = 6
const consonantRunMax = 5
const vowelShareMin = 0.16
const rarePairsMin = 2
const rarePairShareMin = 0.25

/**
 * Whether a label reads like machine output, `qepfmqxr` or `6e4a87c5`, rather than a name somebody chose:
 * hexadecimal with digits spread through it, hardly a vowel, or many pairs that no word has.
 */
export function looksGenerated(label: string): boolean {
  if (label.startsWith("xn--")) return false
  if (/^[0-9a-f]{8,}$/.test(label) && /\d/.test(label) && /[a-f]/.test(label)) return true
  return label.split("-").some(partLooksGenerated)
}

function partLooksGenerated(part: string): boolean {
  if (/^[bcdfghjklmnpqrstvwxz]{5}$/.test(part) && rarePairsIn(part) >= rarePairsMin) return true
  if (part.length < nameLengthMin) return false
  const switches = part.match(/[a-z]\d|\d[a-z]/g)?.length ?? 0
  if (switches >= 3) return true
  const letters = part.replace(/[^a-z]/g, "")
  if (letters.length < nameLengthMin) return false
  const runs = letters.split(/[aeiouy]+/)
  const vowels = letters.match(/[aeiouy]/g)?.length ?? 0
  const rare = runs.reduce((sum, run) => sum + rarePairsIn(run), 0)
  if (rare === 0) return false
  if (vowels / letters.length < vowelShareMin || runs.some((run) => run.length > consonantRunMax)) return true
  return rare >= rarePairsMin && rare / letters.length >= rarePairShareMin
}

function rarePairsIn(run: string): number {
  let rare = 0
  for (let at = 0; at + 1 < run.length; at++) if (!commonPairs.has(run.slice(at, at + 2))) rare++
  return rare
}
