import { aesEncryptGCM, hkdf, proto } from "@whiskeysockets/baileys"
import { randomBytes } from "node:crypto"
import { address } from "../people.ts"
import { child, node, type Node } from "../protocol/nodes.ts"
import { push } from "../push.ts"
import type { LinkedDevice, World } from "../world.ts"

const { ResultType } = proto.MediaRetryNotification

/** Under the key of the medium, as the phone and its clients alone have it. */
const sealed = (mediaKey: Uint8Array, id: string, answer: proto.IMediaRetryNotification): Node => {
  const iv = randomBytes(12)
  const key = hkdf(Buffer.from(mediaKey), 32, { info: "WhatsApp Media Retry Notification" })
  const content = proto.MediaRetryNotification.encode(answer).finish()
  const encrypted = aesEncryptGCM(content, key, iv, Buffer.from(id))
  return node("encrypt", {}, [node("enc_p", {}, encrypted), node("enc_iv", {}, iv)])
}

/**
 * A client found a medium gone, and asks the phone to put it on the media host once more. The phone answers where
 * it is, or that it does not have it; one that is offline answers nothing.
 */
export const answerMediaRetry = (world: World, from: LinkedDevice, receipt: Node): void => {
  const account = world.accounts.get(from.person)
  const id = receipt.attrs.id ?? ""
  if (account === undefined || !account.phone.isOnline) return
  const stored = account.media.get(id)
  const directPath = stored === undefined ? undefined : world.media?.serveAgain(stored)
  const { jid, from_me, participant } = child(receipt, "rmr")?.attrs ?? {}
  const answer =
    stored === undefined || directPath === undefined
      ? node("error", { code: String(ResultType.NOT_FOUND) })
      : sealed(stored.mediaKey, id, { stanzaId: id, directPath, result: ResultType.SUCCESS })
  const self = address(from.person, "pn")
  push(
    world,
    from,
    node("notification", { id, from: self, type: "mediaretry", t: world.clock.seconds() }, [
      node("rmr", { jid, from_me, participant }),
      answer
    ])
  )
}
