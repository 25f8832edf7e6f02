import { plain, withoutTrailingMarks } from "./characters.ts"

/** What stands in place of a deleted message, in lower case and without its last full stop. */
const deletedTexts: ReadonlySet<string> = new Set([
  "this message was deleted",
  "you deleted this message",
  "this message has been deleted",
  "se eliminó este mensaje",
  "eliminaste este mensaje",
  "este mensaje fue eliminado",
  "este mensaje se eliminó",
  "diese nachricht wurde gelöscht",
  "du hast diese nachricht gelöscht",
  "ce message a été supprimé",
  "vous avez supprimé ce message",
  "tu as supprimé ce message",
  "mensagem apagada",
  "essa mensagem foi apagada",
  "esta mensagem foi apagada",
  "você apagou esta mensagem",
  "você apagou essa mensagem",
  "apagou esta mensagem",
  "eliminou esta mensagem",
  "esta mensagem foi eliminada",
  "questo messaggio è stato eliminato",
  "hai eliminato questo messaggio",
  "dit bericht is verwijderd",
  "dit bericht werd verwijderd",
  "je hebt dit bericht verwijderd",
  "u hebt dit bericht verwijderd",
  "bu mesaj silindi",
  "bu mesajı sildiniz",
  "данное сообщение удалено",
  "это сообщение удалено",
  "сообщение удалено",
  "вы удалили данное сообщение",
  "вы удалили это сообщение",
  "це повідомлення видалено",
  "ви видалили це повідомлення",
  "ta wiadomość została usunięta",
  "wiadomość została usunięta",
  "usunięto tę wiadomość",
  "usunąłeś tę wiadomość",
  "pesan ini telah dihapus",
  "pesan ini dihapus",
  "anda menghapus pesan ini",
  "anda telah menghapus pesan ini",
  "tin nhắn này đã bị xóa",
  "bạn đã xóa tin nhắn này",
  "tin nhắn này đã được thu hồi",
  "detta meddelande har raderats",
  "du raderade detta meddelande",
  "meddelandet har raderats",
  "denne besked blev slettet",
  "du slettede denne besked",
  "denne meldingen ble slettet",
  "du slettet denne meldingen",
  "tämä viesti poistettiin",
  "poistit tämän viestin",
  "tato zpráva byla smazána",
  "tato zpráva byla odstraněna",
  "smazali jste tuto zprávu",
  "acest mesaj a fost șters",
  "ați șters acest mesaj",
  "ai șters acest mesaj",
  "ez az üzenet törölve lett",
  "törölte ezt az üzenetet",
  "törölted ezt az üzenetet",
  "αυτό το μήνυμα διαγράφηκε",
  "αυτό το μήνυμα διαγράφτηκε",
  "διαγράψατε αυτό το μήνυμα",
  "تم حذف هذه الرسالة",
  "لقد حذفت هذه الرسالة",
  "حذفت هذه الرسالة",
  "لقد حذفت أنت هذه الرسالة",
  "این پیام حذف شد",
  "این پیام حذف شده است",
  "شما این پیام را حذف کردید",
  "הודעה זו נמחקה",
  "מחקת הודעה זו",
  "ההודעה נמחקה",
  "यह मैसेज हटा दिया गया",
  "यह संदेश हटा दिया गया",
  "यह मैसेज डिलीट किया गया",
  "आपने यह मैसेज डिलीट किया",
  "आपने यह मैसेज हटा दिया",
  "आपने यह संदेश हटा दिया",
  "ข้อความนี้ถูกลบแล้ว",
  "ข้อความนี้ถูกลบ",
  "คุณลบข้อความนี้แล้ว",
  "คุณลบข้อความนี้",
  "此消息已删除",
  "此消息已被删除",
  "您删除了此消息",
  "你删除了此消息",
  "您已删除此消息",
  "你已删除此消息",
  "此訊息已刪除",
  "此訊息已被刪除",
  "您已刪除此訊息",
  "你已刪除此訊息",
  "您刪除了此訊息",
  "你刪除了此訊息",
  "このメッセージは削除されました",
  "このメッセージを削除しました",
  "あなたはこのメッセージを削除しました",
  "삭제된 메시지입니다",
  "이 메시지는 삭제되었습니다",
  "이 메시지를 삭제했습니다",
  "회원님이 이 메시지를 삭제했습니다"
])

/** A message that an admin deleted, in the languages where the admin's name stands inside or after the text. */
const deletedByAdmin = [
  /^this message was deleted by admin .+$/u,
  /^el admin\.? .+ eliminó este mensaje$/u,
  /^diese nachricht wurde von admin .+ gelöscht$/u,
  /^ce message a été supprimé par l['’]admin .+$/u,
  /^(?:essa )?mensagem (?:foi )?apagada pelo admin .+$/u
]

/** What WhatsApp adds to an edited message between angle brackets, in lower case, without a last full stop. */
const editedTexts: ReadonlySet<string> = new Set([
  "this message was edited",
  "edited",
  "se editó este mensaje",
  "mensaje editado",
  "este mensaje fue editado",
  "diese nachricht wurde bearbeitet",
  "ce message a été modifié",
  "mensagem editada",
  "essa mensagem foi editada",
  "esta mensagem foi editada",
  "questo messaggio è stato modificato",
  "dit bericht is bewerkt",
  "dit bericht werd bewerkt",
  "bu mesaj düzenlendi",
  "это сообщение изменено",
  "данное сообщение изменено",
  "сообщение изменено",
  "це повідомлення змінено",
  "повідомлення змінено",
  "ta wiadomość była edytowana",
  "ta wiadomość została edytowana",
  "wiadomość edytowana",
  "edytowano tę wiadomość",
  "pesan ini diedit",
  "pesan ini telah diedit",
  "tin nhắn này đã được chỉnh sửa",
  "tin nhắn này đã chỉnh sửa",
  "detta meddelande har redigerats",
  "meddelandet redigerades",
  "denne besked blev redigeret",
  "beskeden blev redigeret",
  "denne meldingen ble redigert",
  "tätä viestiä muokattiin",
  "tätä viestiä on muokattu",
  "tato zpráva byla upravena",
  "zpráva byla upravena",
  "acest mesaj a fost editat",
  "ez az üzenet szerkesztve lett",
  "üzenet szerkesztve",
  "αυτό το μήνυμα έχει υποστεί επεξεργασία",
  "تم تعديل هذه الرسالة",
  "این پیام ویرایش شد",
  "این پیام ویرایش شده است",
  "הודעה זו נערכה",
  "यह मैसेज एडिट किया गया",
  "यह मैसेज एडिट किया गया है",
  "यह संदेश संपादित किया गया",
  "ข้อความนี้ถูกแก้ไขแล้ว",
  "ข้อความนี้ถูกแก้ไข",
  "此消息已编辑",
  "此消息已被编辑",
  "消息已编辑",
  "此訊息已編輯",
  "訊息已編輯",
  "已編輯此訊息",
  "このメッセージは編集されました",
  "メッセージが編集されました",
  "이 메시지는 수정되었습니다",
  "수정된 메시지입니다"
])

/** Characters. Longer than any of the texts above, with an admin's name. */
const markerLengthMax = 160

/** A marker as the tables above spell it. */
export const spelled = (marker: string): string =>
  plain(marker)
    .toLowerCase()
    .replace(/[.。]$/u, "")
    .trim()

/** Whether a message's whole text says that the message was deleted. */
export const isDeleted = (text: string): boolean => {
  if (text.length > markerLengthMax || text.includes("\n")) return false
  const said = spelled(text)
  return deletedTexts.has(said) || deletedByAdmin.some((pattern) => pattern.test(said))
}

/** Separates a message from the marker that it was edited. */
export const splitEdited = (text: string): { readonly text: string; readonly edited: boolean } => {
  if (!text.endsWith(">")) return { text, edited: false }
  const open = text.lastIndexOf("<")
  if (open < 0 || text.length - open > markerLengthMax) return { text, edited: false }
  const edited = editedTexts.has(spelled(text.slice(open + 1, -1)))
  return edited ? { text: withoutTrailingMarks(text.slice(0, open)), edited } : { text, edited }
}
