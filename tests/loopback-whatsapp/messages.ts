import { proto } from "@whiskeysockets/baileys"

type Message = proto.IMessage

/** Text with the preview that the sender's app made of a link in it. */
export const textWithPreview = (
  text: string,
  link: string,
  title = "Title",
  description = "Description"
): Message => ({
  extendedTextMessage: { text, matchedText: link, title, description }
})

/** Where a medium is and how it is read; see `media-host.ts` for media that can be fetched. */
export type Media = Pick<
  proto.Message.IImageMessage,
  "url" | "directPath" | "mediaKey" | "fileSha256" | "fileEncSha256" | "fileLength"
>

export const image = (caption: string, media: Media = {}): Message => ({
  imageMessage: { ...media, caption, mimetype: "image/jpeg" }
})

export const video = (caption: string, media: Media = {}): Message => ({
  videoMessage: { ...media, caption, mimetype: "video/mp4" }
})

export const document = (caption: string, fileName: string, media: Media = {}): Message => ({
  documentMessage: { ...media, caption, fileName, mimetype: "application/pdf" }
})

export const poll = (name: string, options: readonly string[]): Message => ({
  pollCreationMessageV3: {
    name,
    options: options.map((optionName) => ({ optionName })),
    selectableOptionsCount: 1
  },
  messageContextInfo: { messageSecret: new Uint8Array(32) }
})

export const buttons = (contentText: string, labels: readonly string[]): Message => ({
  buttonsMessage: {
    contentText,
    footerText: "footer",
    headerType: proto.Message.ButtonsMessage.HeaderType.EMPTY,
    buttons: labels.map((displayText, index) => ({
      buttonId: String(index),
      buttonText: { displayText },
      type: proto.Message.ButtonsMessage.Button.Type.RESPONSE
    }))
  }
})

export const list = (description: string, rows: readonly string[]): Message => ({
  listMessage: {
    title: "List",
    description,
    buttonText: "Open",
    listType: proto.Message.ListMessage.ListType.SINGLE_SELECT,
    sections: [{ title: "Section", rows: rows.map((title, index) => ({ rowId: String(index), title })) }]
  }
})

export const template = (hydratedContentText: string, url: string): Message => ({
  templateMessage: {
    hydratedTemplate: {
      hydratedContentText,
      hydratedButtons: [{ index: 0, urlButton: { displayText: "Open", url } }]
    }
  }
})

/** A business message with a button that opens `url`. */
export const interactive = (body: string, url: string): Message => ({
  interactiveMessage: {
    body: { text: body },
    nativeFlowMessage: {
      buttons: [{ name: "cta_url", buttonParamsJson: JSON.stringify({ display_text: "Open", url }) }]
    }
  }
})

export const contactCard = (displayName: string, url: string): Message => ({
  contactMessage: {
    displayName,
    vcard: `BEGIN:VCARD\nVERSION:3.0\nFN:${displayName}\nURL:${url}\nEND:VCARD`
  }
})

export const location = (name: string, url: string): Message => ({
  locationMessage: { degreesLatitude: 52.5, degreesLongitude: 13.4, name, url }
})

export const groupInvite = (groupJid: string, inviteCode: string, caption: string): Message => ({
  groupInviteMessage: { groupJid, inviteCode, groupName: "Group", caption, inviteExpiration: 0 }
})

export const event = (name: string, description: string, joinLink: string): Message => ({
  eventMessage: { name, description, joinLink, startTime: 0 }
})

/** The setting of a chat after which messages vanish; zero seconds turns it off. */
export const ephemeralSetting = (ephemeralExpiration: number): Message => ({
  protocolMessage: { type: proto.Message.ProtocolMessage.Type.EPHEMERAL_SETTING, ephemeralExpiration }
})

/** The wrappers that a message can come in. */
export const wrappers = {
  ephemeral: (message: Message): Message => ({ ephemeralMessage: { message } }),
  viewOnce: (message: Message): Message => ({ viewOnceMessage: { message } }),
  viewOnceV2: (message: Message): Message => ({ viewOnceMessageV2: { message } }),
  viewOnceV2Extension: (message: Message): Message => ({ viewOnceMessageV2Extension: { message } }),
  documentWithCaption: (message: Message): Message => ({ documentWithCaptionMessage: { message } }),
  edited: (message: Message): Message => ({ editedMessage: { message } }),
  groupMentioned: (message: Message): Message => ({ groupMentionedMessage: { message } }),
  botInvoke: (message: Message): Message => ({ botInvokeMessage: { message } }),
  lottieSticker: (message: Message): Message => ({ lottieStickerMessage: { message } })
} as const

/** One message of every common kind; each holds `url` somewhere. */
export const everyKind = (url: string): Readonly<Record<string, Message>> => {
  const text = `look: ${url}`
  const kinds: Record<string, Message> = {
    conversation: { conversation: text },
    "text with preview": textWithPreview(text, url),
    image: image(text),
    video: video(text),
    document: document(text, "file.pdf"),
    poll: poll(text, ["yes", "no"]),
    buttons: buttons(text, ["yes", "no"]),
    list: list(text, ["one", "two"]),
    template: template("look", url),
    interactive: interactive("look", url),
    "contact card": contactCard("Ana", url),
    location: location("Place", url),
    "group invitation": groupInvite("120363000000000009@g.us", "CODE", text),
    event: event("Meeting", "see you", url)
  }
  const wrapped = Object.entries(wrappers).map(([name, wrap]) => [
    `${name} text`,
    wrap({ conversation: text })
  ])
  return { ...kinds, ...Object.fromEntries(wrapped) }
}
