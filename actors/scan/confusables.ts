/**
 * Characters that pass for a Latin letter or two, after Unicode's confusables (UTS 39) and what look-alike
 * registrations use. Each row: what is read, and the characters that are read so.
 */
const lookLike: ReadonlyArray<readonly [read: string, characters: string]> = [
  ["a", "аαɑａạąӑåàáâãäāăǎȧɐ⍺٨ᎪꭺⲀ"],
  ["b", "ЬьЪъвɓḅƀƄβҍხნбҌ"],
  ["c", "сςϲⅽćĉċčçƈҫϹⲥᏟငᴄ"],
  ["d", "ԁɗđďḍḋძժᏧⅾᎠꓒ"],
  ["e", "еєёҽéèêëēĕėęěẹẽəҿ℮ɇ៩ԑεҙ"],
  ["f", "ƒғḟϝſքꞙ"],
  ["g", "ɡցĝğġģǥǧɢǵقԍ"],
  ["h", "һհĥħḥԋнњћђҥңኸⱨኽክዘʜ"],
  ["i", "іíìîïĩīĭįıɩιίϊїїǐịɪỉꭵӏ¡ᎥӀ"],
  ["j", "јϳɉĵʝյ"],
  ["k", "кκķƙќҟҝқӄĸкҡк"],
  ["l", "ⅼɫłĺļľŀḷǀןاⵏ׀Ⲓߊ৷ılןוײ"],
  ["m", "мṃṁɱʍмⅿ൩ṁოო"],
  ["n", "ոռńņňŉñŋпηṇƞлήпитѝӥйпח"],
  ["o", "оοօøóòôõöōŏőơǒǫọόөဝ๐໐ට౦೦൦੦०০૦୦௦ဝ၀ဝ०ዐᎾ〇סоഠဝഠଠოჿဝ٥هە"],
  ["p", "рρþƥṗƿ⍴ҏհᎮአ"],
  ["q", "ԛգզɋʠգԥ"],
  ["r", "гŕŗřɍяґгѓгɼᴦгг"],
  ["s", "ѕśŝşšșṣʂꜱտઽऽѕ৪ട"],
  ["t", "тţťŧțṭƫτтҭեፐ†"],
  ["u", "սυùúûüũūŭůűųưǔụµцʋμūሀՍน"],
  ["v", "ѵννṿⅴʋᴠט∨"],
  ["w", "ѡԝωŵẁẃẅшɯաωщẉพщഡฬᗯ"],
  ["x", "хχҳẋẍӽ×ҳх᙮⤫ኣ"],
  ["y", "уүýÿŷỳӯұγყỵϒўӱƴʏყყ"],
  ["z", "źżžẓȥʐᴢꮓⴭ"],
  ["ae", "æӕ"],
  ["oe", "œ"],
  ["ss", "ß"],
  ["io", "ю"],
  ["lo", "ю"],
  ["bl", "ы"],
  ["nj", "њ"],
  ["-", "‐‑‒–—−ーー一‧⁃ｰ"],
  ["2", "২੨૨౨೨୨२ƨշᒿ२"],
  ["3", "ვვზзӡʒჳ३३੩૩ҙ౩"],
  ["4", "чӌ੪৪४"],
  ["5", "ƽ"],
  ["6", "бଓϬ"],
  ["7", "१੧"],
  ["8", "৪੪ଃȣ"],
  ["9", "৭૭୨"]
]

const readings: ReadonlyMap<string, string> = new Map(
  lookLike
    .toReversed()
    .flatMap(([read, characters]) => [...characters].map((character) => [character, read] as const))
)

// Latin digits and pairs that are read as letters. `i`, `l` and `1` fall together: no font agrees on them.
const latinSwaps: ReadonlyArray<readonly [RegExp, string]> = [
  [/0/g, "o"],
  [/[1i!|]/g, "l"],
  [/3/g, "e"],
  [/4/g, "a"],
  [/5/g, "s"],
  [/7/g, "t"],
  [/8/g, "b"],
  [/rn/g, "m"],
  [/vv/g, "w"],
  [/cl/g, "d"]
]

/**
 * `text` with every character replaced by the plain Latin one it is read as. Accents are dropped.
 * Characters that look like nothing Latin stay.
 *
 * @example plainReading("раураl") // "paypal"
 */
export function plainReading(text: string): string {
  if (/^[\0-\x7F]*$/.test(text)) return text.toLowerCase()
  let plain = ""
  for (const character of text.toLowerCase()) {
    const read = readings.get(character) ?? readings.get(withoutMarks(character)) ?? withoutMarks(character)
    plain += read
  }
  return plain
}

/**
 * The form in which two names that look alike are equal: the plain reading with `0` for `o`, `1` for `l`,
 * `rn` for `m` and so on folded together. Only compare it with other skeletons.
 *
 * @example skeleton("paypa1") === skeleton("paypal")
 */
export function skeleton(text: string): string {
  return latinSwaps.reduce((folded, [what, read]) => folded.replace(what, read), plainReading(text))
}

const withoutMarks = (character: string): string =>
  character.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase()
