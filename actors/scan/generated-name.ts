// Adjacent consonants that languages written in Latin letters hardly ever put together inside a word.
const rarePair =
  /[bcdfghjklmnpqrstvwxz](?=[jqvxz])|[jqvxz](?=[bcdfghjklmnpqrstvwxz])|q(?!u)|[bcdfgjkmnpqtvwxz](?=[bdfgjkmpqvwx])/g
const nameLengthMin = 7
const consonantRunMax = 5

/**
 * Whether a label reads like machine output, `qepfmqxr` or `6e4a87c5`, rather than a name somebody chose:
 * hexadecimal with digits spread through it, no vowels for long, or many pairs that no word has.
 */
export function looksGenerated(label: string): boolean {
  if (label.startsWith("xn--")) return false
  if (/^[0-9a-f]{8,}$/.test(label) && /\d/.test(label) && /[a-f]/.test(label)) return true
  return label.split("-").some(partLooksGenerated)
}

function partLooksGenerated(part: string): boolean {
  if (part.length < nameLengthMin) return false
  const switches = part.match(/[a-z]\d|\d[a-z]/g)?.length ?? 0
  if (switches >= 3) return true
  const letters = part.replace(/[^a-z]/g, "")
  if (letters.length < nameLengthMin) return false
  const vowels = letters.match(/[aeiouy]/g)?.length ?? 0
  const rare = letters.match(rarePair)?.length ?? 0
  const longestRun = Math.max(...letters.split(/[aeiouy]+/).map((run) => run.length))
  return vowels / letters.length < 0.16 || longestRun > consonantRunMax || rare / letters.length > 0.3
}
