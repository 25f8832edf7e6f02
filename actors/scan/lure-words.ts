const words = (list: string): ReadonlySet<string> => new Set(list.trim().split(/\s+/))

/** Words by which a host claims to be the place where one signs in or puts something right. */
export const credentialWords: ReadonlySet<string> = words(`
  login logon signin signon sign auth authenticate authentication verify verification verifier validate
  validation confirm confirmation secure secured security account accounts update updates upgrade recover recovery
  reset unlock restore reactivate suspended suspend limited alert alerts billing invoice payment payments webmail
  owa wallet wallets connect walletconnect synchronize sync rectify dapp dapps seed customer support
  appeal appeals violation violations restriction restricted suspension rectifier rectification resolve resolver resolved
  dispute debug unauthorized unauthorised
  helpdesk helpcenter identity credential credentials passcode kyc otp banking refund moderator moderators
`)

/** Words that promise something for nothing, or a parcel that waits. */
export const lureWords: ReadonlySet<string> = words(`
  free gift gifts giftcard giveaway giveaways bonus reward rewards prize winner winners claim claims
  airdrop airdrops drop presale mint nft nitro skins skin coupon voucher promo lucky cash earn profit boost
  parcel delivery tracking customs redelivery postage casino bet slots loan loans hack cheats generator
`)

/** Words of trading in coins, where honest sites and dishonest ones use the same. */
export const coinWords: ReadonlySet<string> = words(`
  defi token tokens swap swaps nodes mainnet testnet staking stake chain chains protocol bridge migration coin coins
  crypto web3 dex launchpad memecoin whitelist blockchain metaverse mining ledger multichain finance exchange
`)

/** Words that brands and their imitators put beside a brand's name. */
export const tradeWords: ReadonlySet<string> = words(`
  web www app apps my online official mobile premium plus pro store shop mail team help center centre portal live
  home hub desk info id ids user client manage desktop download install world global international
  trade trading trades offer offers deal deals market profile profiles invite invites event events vote tournament
  game games gaming csgo pubg team teams link links page pages form forms service services storage file files
  exchange token coin crypto pay card cards credit debit bank invest com net org
`)

/**
 * Words that companies put behind their own name, for machines, staff, investors and the press. Whoever imitates them
 * speaks to customers.
 */
export const corporateWords: ReadonlySet<string> = words(`
  cdn static images media assets usercontent content apis api svc dns prod internal inc corp labs careers ventures studios
  pictures films advertising adservices analytics marketing insights alumni status video software insurance tag edge
  stream investor investors ir research engineering newsroom press recruiting infra partners holdings group europe
`)
