/**
 * How the fields of WhatsApp's messages are read. Every text anywhere in a message counts as said, unless it is
 * named here: so a field that a later version of WhatsApp adds is read, and at worst says too much.
 *
 * Types and fields are called as in the protocol's definition, `WAProto.proto`, without `Message.` in front.
 */

const fields = (names: string): ReadonlySet<string> => new Set(names.split(" "))

/** Texts that nobody is shown and nothing opens: ids, tokens, keys, places of files, addresses of accounts. */
export const silentFields: Readonly<Record<string, ReadonlySet<string>>> = {
  // Media: where WhatsApp's own client fetches an encrypted file, and what kind of file it is.
  ImageMessage: fields("url mimetype directPath thumbnailDirectPath staticUrl"),
  VideoMessage: fields("url mimetype directPath thumbnailDirectPath staticUrl metadataUrl"),
  AudioMessage: fields("url mimetype directPath"),
  DocumentMessage: fields("url mimetype directPath thumbnailDirectPath"),
  StickerMessage: fields("url mimetype directPath"),
  StickerPackMessage: fields("stickerPackId directPath trayIconFileName thumbnailDirectPath imageDataHash"),
  "StickerPackMessage.Sticker": fields("fileName emojis mimetype"),
  ExtendedTextMessage: fields("thumbnailDirectPath"),
  VideoEndCard: fields("thumbnailImageUrl profilePictureUrl"),
  EmbeddedMusic: fields("musicContentMediaId songId artworkDirectPath"),
  InvoiceMessage: fields("token attachmentMimetype attachmentDirectPath"),
  MessageHistoryBundle: fields("mimetype directPath"),
  BCallMessage: fields("sessionId"),

  // What a message carries beside what it says.
  ContextInfo: fields(
    "stanzaId participant remoteJid mentionedJid conversionSource entryPointConversionSource " +
      "entryPointConversionApp parentGroupJid trustBannerType smbClientCampaignId smbServerCampaignId " +
      "entryPointConversionExternalSource entryPointConversionExternalMedium ctwaSignals"
  ),
  "ContextInfo.ExternalAdReplyInfo": fields(
    "thumbnailUrl originalImageUrl sourceType sourceId ctwaClid ref sourceApp automatedGreetingMessageCtaType"
  ),
  "ContextInfo.ForwardedNewsletterMessageInfo": fields("newsletterJid"),
  "ContextInfo.BusinessMessageForwardInfo": fields("businessOwnerJid"),
  ForwardedAIBotMessageInfo: fields("botJid"),
  GroupMention: fields("groupJid"),
  EmbeddedMessage: fields("stanzaId"),
  MessageContextInfo: fields("supportPayload"),
  DeviceSentMessage: fields("destinationJid phash"),
  ProtocolMessage: fields("invokerJid"),
  ReactionMessage: fields("groupingKey"),
  CloudAPIThreadControlNotification: fields("consumerLid consumerPhoneNumber"),

  // Status updates.
  "StatusAttribution.StatusReshare.Metadata": fields("channelJid"),
  "StatusAttribution.Music": fields("songId"),
  "StatusAttribution.GroupStatus": fields("authorJid"),
  StatusStickerInteractionMessage: fields("stickerKey"),

  // Invitations. The code of a group's is read as the link that it stands for.
  GroupInviteMessage: fields("groupJid inviteCode"),
  NewsletterAdminInviteMessage: fields("newsletterJid"),
  NewsletterFollowerInviteMessage: fields("newsletterJid"),

  // Buttons, lists and forms: the names by which an answer says what was chosen.
  "ButtonsMessage.Button": fields("buttonId"),
  "ButtonsMessage.Button.NativeFlowInfo": fields("name"),
  ButtonsResponseMessage: fields("selectedButtonId"),
  "ListMessage.Row": fields("rowId"),
  "ListMessage.Product": fields("productId"),
  "ListMessage.ProductListHeaderImage": fields("productId"),
  "ListMessage.ProductListInfo": fields("businessOwnerJid"),
  "ListResponseMessage.SingleSelectReply": fields("selectedRowId"),
  TemplateMessage: fields("templateId"),
  "TemplateMessage.HydratedFourRowTemplate": fields("templateId"),
  TemplateButtonReplyMessage: fields("selectedId"),
  "TemplateButton.QuickReplyButton": fields("id"),
  "HydratedTemplateButton.HydratedQuickReplyButton": fields("id"),
  HighlyStructuredMessage: fields(
    "namespace elementName fallbackLg fallbackLc deterministicLg deterministicLc"
  ),
  "HighlyStructuredMessage.HSMLocalizableParameter.HSMCurrency": fields("currencyCode"),
  "InteractiveMessage.ShopMessage": fields("id"),
  "InteractiveMessage.CollectionMessage": fields("bizJid id"),
  "InteractiveMessage.NativeFlowMessage.NativeFlowButton": fields("name"),
  "InteractiveResponseMessage.NativeFlowResponseMessage": fields("name"),
  "PollCreationMessage.Option": fields("optionHash"),

  // Business and payments.
  ProductMessage: fields("businessOwnerJid"),
  "ProductMessage.ProductSnapshot": fields("productId currencyCode retailerId firstImageId"),
  OrderMessage: fields("orderId sellerJid token totalCurrencyCode catalogType"),
  SendPaymentMessage: fields("transactionData"),
  RequestPaymentMessage: fields("currencyCodeIso4217 requestFrom"),
  PaymentExtendedMetadata: fields("platform"),

  // Calls and old kinds.
  Call: fields("conversionSource ctwaSignals"),
  Chat: fields("id"),

  // Assistants: what they were asked with, and the pictures they point to.
  BotMetadata: fields("personaId invokerJid timezone conversationStarterPromptId botResponseId"),
  BotAvatarMetadata: fields("behaviorGraph"),
  BotPluginMetadata: fields("thumbnailCdnUrl profilePhotoCdnUrl faviconCdnUrl"),
  BotPromptSuggestion: fields("promptId"),
  BotSuggestedPromptMetadata: fields("selectedPromptId"),
  BotModelMetadata: fields("modelNameOverride"),
  BotMemoryFact: fields("factId"),
  "BotProgressIndicatorMetadata.BotPlanningStepMetadata.BotPlanningSearchSourceMetadata":
    fields("favIconUrl"),
  "BotSourcesMetadata.BotSourceItem": fields("thumbnailCdnUrl faviconCdnUrl"),
  InThreadSurveyMetadata: fields(
    "tessaSessionId simonSessionId simonSurveyId tessaRootId requestId tessaEvent"
  ),
  "InThreadSurveyMetadata.InThreadSurveyQuestion": fields("questionId"),
  SessionTransparencyMetadata: fields("hcaId"),
  AIRichResponseImageURL: fields("imagePreviewUrl imageHighResUrl"),
  AIRichResponseCodeMetadata: fields("codeLanguage"),
  AIRichResponseDynamicMetadata: fields("url"),
  "AIRichResponseLatexMetadata.AIRichResponseLatexExpression": fields("url"),
  "AIRichResponseContentItemsMetadata.AIRichResponseReelItem": fields("profileIconUrl thumbnailUrl")
}

/** Types of which nothing is said: references, keys, settings, and what devices of one account tell each other. */
export const silentTypes: ReadonlySet<string> = fields(
  "MessageKey DisappearingMode DeviceListMetadata Money PaymentBackground ProcessedVideo MMSThumbnailMetadata " +
    "SenderKeyDistributionMessage HistorySyncNotification AppStateSyncKeyShare AppStateSyncKeyRequest " +
    "AppStateFatalExceptionNotification PeerDataOperationRequestMessage PeerDataOperationRequestResponseMessage " +
    "MediaNotifyMessage BotFeedbackMessage StickerSyncRMRMessage CallLogMessage MessageHistoryMetadata " +
    "ContextInfo.UTMInfo ContextInfo.DataSharingContext " +
    "BotSessionMetadata BotMediaMetadata BotMetricsMetadata BotUnifiedResponseMutation"
)

/** Texts that are spelled as something else. Other fields are taken as they stand. */
export const spelledFields: Readonly<Record<string, "json" | "vcard">> = {
  "ContactMessage.vcard": "vcard",
  "ButtonsMessage.Button.NativeFlowInfo.paramsJson": "json",
  "InteractiveMessage.NativeFlowMessage.messageParamsJson": "json",
  "InteractiveMessage.NativeFlowMessage.NativeFlowButton.buttonParamsJson": "json",
  "InteractiveResponseMessage.NativeFlowResponseMessage.paramsJson": "json",
  "PaymentExtendedMetadata.messageParamsJson": "json",
  "PaymentLinkMetadata.PaymentLinkProvider.paramsJson": "json",
  "CloudAPIThreadControlNotification.CloudAPIThreadControlNotificationContent.extraJson": "json",
  "ContextInfo.ExternalAdReplyInfo.ctaPayload": "json",
  "Call.nativeFlowCallButtonPayload": "json",
  "Call.deeplinkPayload": "json",
  // Bytes that are JSON.
  "AIRichResponseUnifiedResponse.data": "json"
}

/** What somebody else is made out to have said before. The sender chose it, so it is read, but it was not posted. */
export const quotedFields: ReadonlySet<string> = fields(
  "ContextInfo.quotedMessage ContextInfo.quotedAd ContextInfo.QuestionReplyQuotedMessage.quotedQuestion " +
    "ContextInfo.QuestionReplyQuotedMessage.quotedResponse"
)
