/**
 * What each kind of WhatsApp message is to us. The compiler refuses this file as soon as Baileys knows a kind
 * that is not decided about here; one that only WhatsApp knows yet is found in the bytes (`unknown-fields.ts`).
 */
import type { proto } from "@whiskeysockets/baileys"

/**
 * - `wrapper`: holds another message.
 * - `post`: is shown in the chat.
 * - `action`: is about another message (edit, deletion, reaction, setting).
 * - `encrypted`: is about another message, under a key that only that message had; it cannot be read.
 * - `aside`: says nothing in the chat, or only that something happened.
 * - `plumbing`: comes along with any message.
 */
export type ContentKind = "wrapper" | "post" | "action" | "encrypted" | "aside" | "plumbing"

export const contentKinds: { readonly [Field in keyof Required<proto.IMessage>]: ContentKind } = {
  conversation: "post",
  extendedTextMessage: "post",
  imageMessage: "post",
  videoMessage: "post",
  ptvMessage: "post",
  audioMessage: "post",
  documentMessage: "post",
  stickerMessage: "post",
  stickerPackMessage: "post",
  albumMessage: "post",
  contactMessage: "post",
  contactsArrayMessage: "post",
  locationMessage: "post",
  liveLocationMessage: "post",
  groupInviteMessage: "post",
  newsletterAdminInviteMessage: "post",
  newsletterFollowerInviteMessageV2: "post",
  pollCreationMessage: "post",
  pollCreationMessageV2: "post",
  pollCreationMessageV3: "post",
  pollCreationMessageV5: "post",
  pollResultSnapshotMessage: "post",
  pollResultSnapshotMessageV3: "post",
  eventMessage: "post",
  scheduledCallCreationMessage: "post",
  buttonsMessage: "post",
  buttonsResponseMessage: "post",
  listMessage: "post",
  listResponseMessage: "post",
  templateMessage: "post",
  templateButtonReplyMessage: "post",
  interactiveMessage: "post",
  interactiveResponseMessage: "post",
  highlyStructuredMessage: "post",
  productMessage: "post",
  orderMessage: "post",
  invoiceMessage: "post",
  sendPaymentMessage: "post",
  requestPaymentMessage: "post",
  paymentInviteMessage: "post",
  commentMessage: "post",
  richResponseMessage: "post",
  questionResponseMessage: "post",
  statusQuestionAnswerMessage: "post",
  statusQuotedMessage: "post",

  ephemeralMessage: "wrapper",
  viewOnceMessage: "wrapper",
  viewOnceMessageV2: "wrapper",
  viewOnceMessageV2Extension: "wrapper",
  documentWithCaptionMessage: "wrapper",
  deviceSentMessage: "wrapper",
  editedMessage: "wrapper",
  groupMentionedMessage: "wrapper",
  botInvokeMessage: "wrapper",
  botTaskMessage: "wrapper",
  botForwardedMessage: "wrapper",
  lottieStickerMessage: "wrapper",
  eventCoverImage: "wrapper",
  statusMentionMessage: "wrapper",
  groupStatusMentionMessage: "wrapper",
  groupStatusMessage: "wrapper",
  groupStatusMessageV2: "wrapper",
  statusAddYours: "wrapper",
  pollCreationOptionImageMessage: "wrapper",
  pollCreationMessageV4: "wrapper",
  associatedChildMessage: "wrapper",
  limitSharingMessage: "wrapper",
  questionMessage: "wrapper",
  questionReplyMessage: "wrapper",

  protocolMessage: "action",
  reactionMessage: "action",

  encReactionMessage: "encrypted",
  encCommentMessage: "encrypted",
  encEventResponseMessage: "encrypted",
  secretEncryptedMessage: "encrypted",
  pollUpdateMessage: "encrypted",

  call: "aside",
  bcallMessage: "aside",
  callLogMesssage: "aside",
  scheduledCallEditMessage: "aside",
  chat: "aside",
  declinePaymentRequestMessage: "aside",
  cancelPaymentRequestMessage: "aside",
  stickerSyncRmrMessage: "aside",
  keepInChatMessage: "aside",
  pinInChatMessage: "aside",
  requestPhoneNumberMessage: "aside",
  messageHistoryBundle: "aside",
  messageHistoryNotice: "aside",
  placeholderMessage: "aside",
  statusNotificationMessage: "aside",
  statusStickerInteractionMessage: "aside",

  messageContextInfo: "plumbing",
  senderKeyDistributionMessage: "plumbing",
  fastRatchetKeySenderKeyDistributionMessage: "plumbing"
}
