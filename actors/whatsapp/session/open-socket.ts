/** Baileys' socket as delivery sees it: what it may do, counted by whoever watches the connection. */
import type { OpenSocket, SelfIdentity } from "./connection.ts"
import type { LiveSocket } from "./socket.ts"
import type { OwnedStore } from "./store.ts"
import type { Watch } from "./watch.ts"

export interface OpenSocketOptions {
  readonly live: LiveSocket
  readonly store: OwnedStore
  readonly watch: Watch
  readonly self: SelfIdentity
  readonly number: number
  readonly openedAt: number
  readonly now: () => number
}

const isLid = (jid: string) => jid.endsWith("@lid")

export const openSocketOf = (options: OpenSocketOptions): OpenSocket => {
  const { live, now, number, openedAt, self, store, watch } = options
  const { sock } = live
  const { lidMapping } = sock.signalRepository

  /** The server owes an answer from the moment of writing; a write that failed owes none. */
  const owed = async <A>(id: string | undefined, write: () => Promise<A>): Promise<A> => {
    if (id === undefined) return await write()
    watch.sending(id, now())
    try {
      return await write()
    } catch (error) {
      watch.settled(id)
      throw error
    }
  }

  return {
    self,
    openedAt,
    number,
    isOurs: store.isOurs,
    wasTaken: store.wasTaken,
    otherForm: async (jid) =>
      (await (isLid(jid) ? lidMapping.getPNForLID(jid) : lidMapping.getLIDForPN(jid))) ?? undefined,
    sendMessage: (jid, content, how) => owed(how?.messageId, () => sock.sendMessage(jid, content, how)),
    relayMessage: (jid, message, how) => owed(how.messageId, () => sock.relayMessage(jid, message, how)),
    waUploadToServer: sock.waUploadToServer,
    sendPresenceUpdate: sock.sendPresenceUpdate,
    presenceSubscribe: sock.presenceSubscribe,
    readMessages: sock.readMessages,
    groupMetadata: sock.groupMetadata,
    groupFetchAllParticipating: sock.groupFetchAllParticipating,
    groupParticipantsUpdate: sock.groupParticipantsUpdate,
    groupRequestParticipantsList: sock.groupRequestParticipantsList,
    groupRequestParticipantsUpdate: sock.groupRequestParticipantsUpdate,
    onWhatsApp: sock.onWhatsApp,
    rejectCall: sock.rejectCall,
    updateMediaMessage: sock.updateMediaMessage,
    fetchAccountReachoutTimelock: sock.fetchAccountReachoutTimelock,
    fetchNewChatMessageCap: sock.fetchNewChatMessageCap
  }
}
