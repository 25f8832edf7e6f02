import { child, children, node, result, type Node } from "../protocol/nodes.ts"
import type { AccountState, LinkedDevice, World } from "../world.ts"

const privacyCategories = {
  readreceipts: "all",
  profile: "all",
  status: "all",
  online: "all",
  last: "all",
  groupadd: "all",
  calladd: "all",
  messages: "all"
}

/** `xmlns="privacy"`: the settings, or the tokens that trusted contacts get. */
export const answerPrivacy = (stanza: Node): Node => {
  if (stanza.attrs.type === "set") return result(stanza)
  return result(stanza, [
    node(
      "privacy",
      {},
      Object.entries(privacyCategories).map(([name, value]) => node("category", { name, value }))
    )
  ])
}

/** `xmlns="w:sync:app:state"`: every collection is empty; patches are taken and only their number is kept. */
export const answerAppState = (account: AccountState, stanza: Node): Node => {
  const collections = children(child(stanza, "sync"), "collection").map(({ attrs, content }) => {
    const name = attrs.name ?? ""
    const patches = Array.isArray(content) ? content.filter(({ tag }) => tag === "patch").length : 0
    const version = (account.appState.get(name) ?? 0) + patches
    account.appState.set(name, version)
    return node("collection", { name, version: String(version), has_more_patches: "false" })
  })
  return result(stanza, [node("sync", {}, collections)])
}

const queryNames = {
  reachoutTimelock: "xwa2_fetch_account_reachout_timelock",
  messageCapping: "xwa2_message_capping_info"
} as const

const lockState = (world: World, { lockedUntil }: AccountState): object => {
  const isActive = lockedUntil !== undefined && lockedUntil > world.clock.now()
  return {
    is_active: isActive,
    time_enforcement_ends: isActive ? String(Math.floor(lockedUntil / 1000)) : "0",
    enforcement_type: isActive ? "BIZ_QUALITY" : "DEFAULT"
  }
}

/** `xmlns="w:mex"`: the two queries about restrictions of the account; others get an empty answer. */
export const answerMex = (world: World, account: AccountState, stanza: Node): Node => {
  const used = account.cold.size
  const data = {
    [queryNames.reachoutTimelock]: lockState(world, account),
    [queryNames.messageCapping]: {
      total_quota: String(account.coldContactsMax),
      used_quota: String(used),
      capping_status: used >= account.coldContactsMax ? "CAPPED" : "NONE"
    }
  }
  return result(stanza, [node("result", {}, Buffer.from(JSON.stringify({ data })))])
}

/** `xmlns="w:m"`: where media are uploaded and downloaded. No host, when the server has none. */
export const answerMediaConnection = (world: World, stanza: Node): Node =>
  result(stanza, [
    node(
      "media_conn",
      { auth: world.media?.auth ?? "none", ttl: "3600", auth_ttl: "3600", max_buckets: "1" },
      world.media === undefined
        ? []
        : [node("host", { hostname: world.media.hostname, maxContentLengthBytes: "104857600" })]
    )
  ])

/** The client unlinks a device of its own account, in practice itself. */
export const removeCompanion = (world: World, device: LinkedDevice, stanza: Node): Node => {
  const jid = child(stanza, "remove-companion-device")?.attrs.jid
  const removed = world.people.device(jid) ?? device
  if (removed.kind === "linked" && removed.person === device.person) {
    removed.isRemoved = true
    removed.person.devices.delete(removed.id)
    removed.queue.clear()
  }
  return result(stanza)
}
