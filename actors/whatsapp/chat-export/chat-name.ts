/** How WhatsApp names an exported chat in each language; `*` stands for the chat's own name. */
const fileNames: ReadonlyArray<string> = [
  "WhatsApp Chat with *",
  "WhatsApp Chat - *",
  "WhatsApp Chat – *",
  "WhatsApp Gesprek met *",
  "دردشة واتساب مع *",
  "محادثة واتساب مع *",
  "* ilə WhatsApp Söhbəti",
  "WhatsApp Чат с *",
  "* এর সাথে WhatsApp চ্যাট",
  "Xat de WhatsApp amb *",
  "Chat WhatsApp s uživatelem *",
  "WhatsApp chat med *",
  "WhatsApp-chat med *",
  "WhatsApp Chat mit *",
  "WhatsApp-Chat mit *",
  "Συνομιλία WhatsApp με *",
  "Chat de WhatsApp con *",
  "Conversación de WhatsApp con *",
  "WhatsApp'i vestlus kontaktiga *",
  "گفتگوی WhatsApp با *",
  "WhatsApp-keskustelu henkilön * kanssa",
  "Discussion WhatsApp avec *",
  "* સાથેની WhatsApp વાત",
  "צ'אט WhatsApp עם *",
  "צ׳אט WhatsApp עם *",
  "* के साथ WhatsApp चैट",
  "WhatsApp razgovor s *",
  "WhatsApp csevegés vele: *",
  "Chat WhatsApp dengan *",
  "Chat WhatsApp con *",
  "*とのWhatsAppチャット",
  "*とのWhatsAppトーク",
  "WhatsApp чат: *",
  "* ಜೊತೆ WhatsApp ಸಂಭಾಷಣೆ",
  "*님과의 WhatsApp 대화",
  "WhatsApp pokalbis su *",
  "WhatsApp sarakste ar *",
  "WhatsApp разговор со *",
  "* മായുള്ള WhatsApp ചാറ്റുകൾ",
  "* सोबतच्या WhatsApp गप्पा",
  "Sembang WhatsApp dengan *",
  "WhatsApp-samtale med *",
  "WhatsApp-chat met *",
  "WhatsApp Chat met *",
  "* ਨਾਲ WhatsApp ਗੱਲਬਾਤ",
  "Czat WhatsApp z *",
  "Czat z * na WhatsApp",
  "Conversa no WhatsApp com *",
  "Conversa do WhatsApp com *",
  "Conversație WhatsApp cu *",
  "Чат WhatsApp с *",
  "Чат WhatsApp с контактом *",
  "WhatsApp chat s používateľom *",
  "WhatsApp klepet z *",
  "Biseda me * në WhatsApp",
  "WhatsApp Ћаскање са *",
  "WhatsApp-chatt med *",
  "Soga za WhatsApp na *",
  "* உடன் WhatsApp உரையாடல்",
  "* తో WhatsApp సంభాషణ",
  "แชท WhatsApp กับ *",
  "WhatsApp Chat kay *",
  "* ile WhatsApp Sohbeti",
  "Бесіда WhatsApp з *",
  "* کے ساتھ WhatsApp بات چیت",
  "* bilan WhatsApp chati",
  "Trò chuyện WhatsApp với *",
  "Cuộc trò chuyện WhatsApp với *",
  "WhatsApp 与 * 的对话",
  "WhatsApp 與 * 的對話",
  "与*的 WhatsApp 聊天",
  "與*的 WhatsApp 對話",
  "Chat de WhatsApp - *",
  "Chat WhatsApp - *",
  "WhatsApp-Chat - *",
  "Discussion WhatsApp - *",
  "Conversa do WhatsApp - *",
  "WhatsApp-chat - *"
]

/** Pairs of what stands before and after the name, the longest first so that none hides a more exact one. */
const templates: ReadonlyArray<readonly [string, string]> = fileNames
  .toSorted((a, b) => b.length - a.length)
  .map((template) => {
    const star = template.indexOf("*")
    return [template.slice(0, star).toLowerCase(), template.slice(star + 1).toLowerCase()]
  })

/** Browsers and file managers number a second copy: "WhatsApp Chat with Ada (1)". */
const copyNumber = / \(\d{1,3}\)$/

/** A file's name without folders, extension and copy number. */
export const stemOf = (path: string): string => {
  const name = path.slice(Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1).normalize("NFC")
  return name
    .replace(/\.(?:txt|zip)$/i, "")
    .replace(copyNumber, "")
    .trim()
}

/**
 * The chat's name in a file name that WhatsApp gave to an export, in any of its languages, or undefined.
 *
 * @example chatNameIn("Chat de WhatsApp con Familia.txt") // "Familia"
 */
export const chatNameIn = (path: string): string | undefined => {
  const stem = stemOf(path).replaceAll("’", "'")
  const lower = stem.toLowerCase()
  // Lower case may be longer than the name itself, in Turkish for one; then cutting by its lengths would be wrong.
  const comparable = lower.length === stem.length ? lower : stem
  for (const [before, after] of templates) {
    const longEnough = stem.length > before.length + after.length
    if (longEnough && comparable.startsWith(before) && comparable.endsWith(after)) {
      return stem.slice(before.length, stem.length - after.length).trim()
    }
  }
  return undefined
}
