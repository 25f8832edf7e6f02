import { isMark, plain } from "./characters.ts"
import { spelled } from "./markers.ts"

/** What Android writes in parentheses after the name of an attached file: "IMG-20240301-WA0001.jpg (file attached)". */
const attachedInParentheses: ReadonlySet<string> = new Set([
  "file attached",
  "lêer aangeheg",
  "الملف مرفق",
  "ملف مرفق",
  "fayl əlavə olunub",
  "прикачен файл",
  "ফাইল সংযুক্ত হয়েছে",
  "arxiu adjunt",
  "soubor byl přiložen",
  "fil vedhæftet",
  "datei angehängt",
  "συνημμένο αρχείο",
  "archivo adjunto",
  "archivo adjuntado",
  "fail lisatud",
  "liitetiedosto",
  "fichier joint",
  "ફાઇલ જોડાયેલ",
  "קובץ מצורף",
  "הקובץ מצורף",
  "फाइल अटैच कर दी गई है",
  "फ़ाइल संलग्न है",
  "datoteka u privitku",
  "fájl csatolva",
  "file terlampir",
  "file allegato",
  "添付ファイル有り",
  "添付ファイル",
  "қосымша файл",
  "ಕಡತ ಸೇರಿಸಲಾಯಿತು",
  "파일 첨부됨",
  "byla prisegta",
  "pievienots fails",
  "прикачен фајл",
  "ഫയൽ ചേർത്തു",
  "फाइल संलग्न",
  "fail dilampirkan",
  "vedlagt fil",
  "bestand bijgevoegd",
  "ਫਾਈਲ ਅਟੈਚ ਕੀਤੀ",
  "załączony plik",
  "plik załączony",
  "ficheiro anexado",
  "arquivo anexado",
  "fișier atașat",
  "файл добавлен",
  "súbor pripojený",
  "priložena datoteka",
  "skedë e ngjitur",
  "прикачена датотека",
  "bifogad fil",
  "faili limeambatanishwa",
  "ఫైల్ జోడించబడినది",
  "ไฟล์ที่แนบ",
  "nakalakip na file",
  "dosya ekli",
  "файл додано",
  "پیوستہ فائل",
  "fayl biriktirildi",
  "tệp đính kèm",
  "文件附件",
  "附件檔案",
  "檔案附件"
])

/** The word an iPhone writes before an attached file's name: "<attached: 00000012-PHOTO-2024-03-01-21-05-00.jpg>". */
const attachedInBrackets: ReadonlySet<string> = new Set([
  "attached",
  "adjunto",
  "angehängt",
  "anhang",
  "pièce jointe",
  "joint",
  "anexado",
  "anexo",
  "allegato",
  "bijgevoegd",
  "bijlage",
  "eklendi",
  "ekli",
  "прикреплено",
  "вложено",
  "вкладення",
  "załączono",
  "załączony",
  "terlampir",
  "đính kèm",
  "bifogad",
  "vedhæftet",
  "vedlagt",
  "liitetty",
  "přiloženo",
  "atașat",
  "csatolva",
  "συνημμένο",
  "مرفق",
  "المرفق",
  "مُرفق",
  "پیوست",
  "מצורף",
  "संलग्न",
  "अटैच किया गया",
  "แนบ",
  "附件",
  "已附加",
  "附加",
  "添付ファイル",
  "添付",
  "첨부됨",
  "첨부"
])

/** What iPhones write in place of a file when the export was made without media, by kind and language. */
const omittedTexts: ReadonlySet<string> = new Set([
  ...["image", "video", "audio", "sticker", "gif", "document", "contact card", "video note"].map(
    (k) => `${k} omitted`
  ),
  "imagen omitida",
  "video omitido",
  "vídeo omitido",
  "audio omitido",
  "sticker omitido",
  "gif omitido",
  "documento omitido",
  "tarjeta de contacto omitida",
  ...["bild", "video", "audio", "sticker", "gif", "dokument", "kontaktkarte"].flatMap((k) => [
    `${k} weggelassen`,
    `${k} ausgelassen`
  ]),
  "image absente",
  "vidéo absente",
  "vidéo omise",
  "audio omis",
  "sticker omis",
  "gif retiré",
  "document manquant",
  "document omis",
  "fiche contact manquante",
  "imagem ocultada",
  "imagem omitida",
  "áudio ocultado",
  "áudio omitido",
  "figurinha omitida",
  "cartão do contato omitido",
  "immagine omessa",
  "video omesso",
  "audio omesso",
  "sticker non incluso",
  "gif esclusa",
  "documento omesso",
  "contatto omesso",
  ...["afbeelding", "video", "audio", "sticker", "gif", "document", "contactkaart"].map(
    (k) => `${k} weggelaten`
  ),
  ...["görüntü", "video", "ses", "çıkartma", "gif", "belge", "kişi kartı"].map((k) => `${k} dahil edilmedi`),
  ...["изображение", "видео", "аудиофайл", "стикер", "gif", "документ", "контакт"].map(
    (k) => `${k} отсутствует`
  ),
  ...["gambar", "video", "audio", "stiker", "gif", "dokumen", "kartu kontak"].map(
    (k) => `${k} tidak disertakan`
  ),
  "pominięto obraz",
  "pominięto wideo",
  "pominięto dźwięk",
  "pominięto naklejkę",
  "pominięto gif",
  "pominięto dokument",
  "bild utelämnad",
  "video utelämnad",
  "ljud utelämnat",
  "billede udeladt",
  "video udeladt",
  "lyd udeladt",
  "bilde utelatt",
  "video utelatt",
  "lyd utelatt",
  "kuva jätetty pois",
  "video jätetty pois",
  ...["الصورة", "الفيديو", "مقطع الفيديو", "الصوت", "الملصق", "المستند", "جهة الاتصال"].map(
    (k) => `تم استبعاد ${k}`
  ),
  "התמונה הושמטה",
  "הסרטון הושמט",
  "השמע הושמט",
  "הסטיקר הושמט",
  "המסמך הושמט",
  "המדיה הושמטה",
  ...["图片", "图像", "视频", "音频", "贴图", "文档"].flatMap((k) => [
    `${k}已省略`,
    `${k}已忽略`,
    `已忽略${k}`
  ]),
  ...["圖片", "影片", "音訊", "貼圖", "文件"].flatMap((k) => [`${k}已略去`, `${k}已忽略`, `${k}已省略`]),
  ...["画像", "動画", "音声", "ステッカー", "スタンプ", "gif", "文書"].flatMap((k) => [
    `${k}は省略されました`,
    `${k}が省略されました`
  ]),
  ...["이미지", "사진", "동영상", "오디오", "스티커", "gif", "문서"].map((k) => `${k} 생략됨`)
])

/** The names Android gives to media; they tell an attachment in whatever language the marker is. */
const mediaName = /(?:IMG|VID|AUD|PTT|STK|DOC|GIF)-\d{8}-WA\d{4,}\.\w{2,5}/u
/** The number that iPhones put before every exported file's name. */
const numberedName = /^\d{4,8}-/u
// No slash and no second colon: a web address is never taken for a file's name.
const fileName = /^[^/\\:<>\n]{1,200}\.\w{1,8}$/u
const omittedInBrackets = /^<[^<>/:.\n]{3,60}>$/u

/** Characters. Longer than a file's name with any marker. */
const markerLineMax = 400

/** An attachment as the export shows it. */
export interface Attachment {
  /** The file's name; or, when the export was made without media, the marker that stands for it. */
  readonly name: string
  /** What the author wrote beside the file: all of the text but the marker. */
  readonly caption: string
}

const inBrackets = (
  line: string,
  marked: boolean
): { readonly name: string; readonly before: string } | undefined => {
  if (!line.endsWith(">")) return undefined
  const open = line.lastIndexOf("<")
  const inside = line.slice(open + 1, -1)
  const colon = inside.search(/[:：]/u)
  if (open < 0 || colon < 0) return undefined
  const name = plain(inside.slice(colon + 1))
  if (!fileName.test(name)) return undefined
  const known = attachedInBrackets.has(spelled(inside.slice(0, colon)))
  const marks = marked || isMark(line.charCodeAt(open - 1))
  return known || (marks && numberedName.test(name)) ? { name, before: line.slice(0, open) } : undefined
}

const inParentheses = (line: string): string | undefined => {
  const said = plain(line)
  if (said.endsWith(")")) {
    const open = said.lastIndexOf(" (")
    const name = said.slice(0, Math.max(open, 0))
    if (!fileName.test(name)) return undefined
    return attachedInParentheses.has(spelled(said.slice(open + 2, -1))) || mediaName.test(name)
      ? name
      : undefined
  }
  // Persian and Tamil write the marker without parentheses.
  const found = mediaName.exec(said)
  const rest = found === null ? "" : said.replace(found[0], "").trim()
  return found !== null && ["فایل پیوست شد", "இணைக்கப்பட்டது"].includes(rest) ? found[0] : undefined
}

const omitted = (line: string, marked: boolean): string | undefined => {
  const said = plain(line)
  if (omittedInBrackets.test(said)) return said.slice(1, -1)
  const lower = spelled(said)
  if (omittedTexts.has(lower)) return said
  // "report.pdf • 12 pages document omitted": only the mark tells it from what somebody typed.
  return marked && [...omittedTexts].some((text) => lower.endsWith(` ${text}`)) ? said : undefined
}

/** Characters. The longest of `omittedTexts` has some 30. */
const omittedTextMax = 60

/** A cheap look that spares most messages the careful one. */
const mayHoldMarker = (line: string): boolean =>
  line.length <= omittedTextMax || /[)>\u200e\u200f]/.test(line) || mediaName.test(line)

/**
 * Finds the attachment that a message's text shows, or undefined. Looks at the first line for Android, whose
 * captions follow it, and at the last line too for iPhones, whose captions come before.
 */
export const findAttachment = (text: string): Attachment | undefined => {
  const newline = text.indexOf("\n")
  const first = newline < 0 ? text : text.slice(0, newline)
  const after = newline < 0 ? "" : text.slice(newline + 1).trim()
  if (first.length <= markerLineMax && mayHoldMarker(first)) {
    const marked = isMark(first.charCodeAt(0))
    const bracketed = inBrackets(first, marked)
    if (bracketed !== undefined) {
      return {
        name: bracketed.name,
        caption: [plain(bracketed.before), after].filter((part) => part !== "").join("\n")
      }
    }
    const name = inParentheses(first) ?? omitted(first, marked || first.includes("\u200e"))
    if (name !== undefined) return { name, caption: after }
  }
  if (!text.endsWith(">") || newline < 0) return undefined
  const lastStart = text.lastIndexOf("\n") + 1
  const last = text.slice(lastStart)
  const bracketed = last.length <= markerLineMax ? inBrackets(last, isMark(last.charCodeAt(0))) : undefined
  if (bracketed === undefined) return undefined
  return { name: bracketed.name, caption: `${text.slice(0, lastStart)}${plain(bracketed.before)}`.trim() }
}
