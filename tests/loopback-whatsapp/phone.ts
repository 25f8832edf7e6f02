import { proto } from "@whiskeysockets/baileys"
import { randomBytes } from "node:crypto"
import { deflateSync } from "node:zlib"
import { canonical } from "./people.ts"
import { speak } from "./speak.ts"
import type { AccountState, Chat, LinkedDevice, World } from "./world.ts"

const { APP_STATE_SYNC_KEY_SHARE, HISTORY_SYNC_NOTIFICATION, PEER_DATA_OPERATION_REQUEST_RESPONSE_MESSAGE } =
  proto.Message.ProtocolMessage.Type

/** A chat of the phone with its own other devices. */
const own = ({ person }: AccountState): Chat => ({ kind: "direct", between: [person, person] })

/** Something that the phone tells only the given device of its own account. */
export const tellDevice = (
  world: World,
  account: AccountState,
  device: LinkedDevice,
  message: proto.IMessage
): Promise<string> =>
  speak(world, account.phone, own(account), message, {
    only: [device],
    attributes: { category: "peer", type: "protocol", push_priority: "high" }
  })

/** Where a history is: inside the message that announces it, or on the media host. */
export type HistoryPlace = "inline" | "media host"

const historyPayload = async (
  world: World,
  payload: Uint8Array,
  place: HistoryPlace
): Promise<proto.Message.IHistorySyncNotification> => {
  if (place === "inline") return { initialHistBootstrapInlinePayload: payload }
  if (world.media === undefined) throw new Error("expected a server started with a media host, found none")
  const { directPath, fileEncSha256, fileLength, fileSha256, mediaKey } = await world.media.store(
    "md-msg-hist",
    payload
  )
  return { directPath, fileEncSha256, fileLength, fileSha256, mediaKey }
}

/** Sends a part of the phone's history. */
export const sendHistory = async (
  world: World,
  account: AccountState,
  device: LinkedDevice,
  history: proto.IHistorySync,
  place: HistoryPlace = "inline"
): Promise<string> => {
  const payload = deflateSync(proto.HistorySync.encode(proto.HistorySync.fromObject(history)).finish())
  return tellDevice(world, account, device, {
    protocolMessage: {
      type: HISTORY_SYNC_NOTIFICATION,
      historySyncNotification: {
        syncType: history.syncType ?? null,
        chunkOrder: history.chunkOrder ?? 0,
        progress: history.progress ?? 100,
        ...(await historyPayload(world, payload, place))
      }
    }
  })
}

/** The key under which the account's devices keep settings in step: the phone makes it. */
const shareSettingsKey = (world: World, account: AccountState, device: LinkedDevice): Promise<string> =>
  tellDevice(world, account, device, {
    protocolMessage: {
      type: APP_STATE_SYNC_KEY_SHARE,
      appStateSyncKeyShare: {
        keys: [
          {
            keyId: { keyId: Buffer.from([0, 0, 0, 0, 0, 1]) },
            keyData: {
              keyData: randomBytes(32),
              fingerprint: { rawId: 1, currentIndex: 0, deviceIndexes: [0, device.id] },
              timestamp: world.clock.now()
            }
          }
        ]
      }
    }
  })

/** What a phone says to a device that has just been linked: without it, a client waits for twenty seconds. */
export const introducePhone = async (
  world: World,
  account: AccountState,
  device: LinkedDevice
): Promise<void> => {
  device.isIntroduced = true
  if (!account.sendsHistory) return
  await shareSettingsKey(world, account, device)
  await sendHistory(world, account, device, {
    syncType: proto.HistorySync.HistorySyncType.INITIAL_BOOTSTRAP,
    conversations: account.history
  })
}

/** A message that the phone shows, as one of its other devices stores it. */
const asStored = (account: AccountState, id: string | null | undefined): Uint8Array | undefined => {
  const shown = account.phone.screen.messages.find((message) => message.id === id)
  if (shown === undefined) return undefined
  const isGroup = shown.chat.endsWith("@g.us")
  const fromMe = shown.from === canonical(account.person)
  return proto.WebMessageInfo.encode({
    key: { remoteJid: shown.chat, fromMe, id: shown.id, ...(isGroup ? { participant: shown.from } : {}) },
    message: shown.message,
    messageTimestamp: Math.floor(shown.at / 1000)
  }).finish()
}

/** What the phone answers to a request of one of its own devices: messages that the device could not read. */
export const answerClient = async (
  world: World,
  account: AccountState,
  device: LinkedDevice,
  requestId: string,
  message: proto.IMessage
): Promise<void> => {
  const requests =
    message.protocolMessage?.peerDataOperationRequestMessage?.placeholderMessageResendRequest ?? []
  if (!account.answersResendRequests || requests.length === 0) return
  const found = requests.flatMap(({ messageKey }) => asStored(account, messageKey?.id) ?? [])
  await tellDevice(world, account, device, {
    protocolMessage: {
      type: PEER_DATA_OPERATION_REQUEST_RESPONSE_MESSAGE,
      peerDataOperationRequestResponseMessage: {
        peerDataOperationRequestType: proto.Message.PeerDataOperationRequestType.PLACEHOLDER_MESSAGE_RESEND,
        stanzaId: requestId,
        peerDataOperationResult: found.map((webMessageInfoBytes) => ({
          placeholderMessageResendResponse: { webMessageInfoBytes }
        }))
      }
    }
  })
}
