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

/**
 * More of them, that count where they are strung to the name without a hyphen: what a company does for those who sell,
 * build, teach and write with it, where it is, and what its machines are called.
 */
export const companyWords: ReadonlySet<string> = words(`
  partner analyst analysts career jobs recruitment talent intern interns internship internships employee employees
  benefits supplier suppliers vendor vendors reseller resellers dealer dealers distributor affiliate affiliates developer
  developers engineer engineers researcher science scientists advisor advisors author authors creator creators insider
  insiders ambassador ambassadors consulting academy university college school schools campus education learning training
  course courses student students teacher teachers educator educators institute philanthropy scholarship scholarships
  award awards fellow fellows diversity inclusion sustainability climate energy impact policy transparency compliance
  ethics governance summit conference forum forums expo tour tours workshop workshops meetup webinar webinars festival
  symposium roadshow week blog blogs story stories magazine journal book books radio podcast podcasts film studio music
  videos photo photos image font fonts design brand brands branding style charts report reports trends stats statistics
  asset sdk host cache cert certs ocsp test tests testing staging sandbox demo lab experiment experiments intranet
  streaming upload uploads metrics logs telemetry tags pixel ads adserver adserving syndication measurement iot robotics
  maps earth codes data fiber incorporation corporation company holding venture capital asia apac emea latam america
  americas africa india china japan korea brasil brazil mexico canada france deutschland germany italia espana nederland
  australia danmark finland sverige norge polska worldwide motors telecom pharma health healthcare hospital hotel hotels
  restaurant restaurants fashion sports kitchen garden farms realty logistics supplychain procurement hardware devices
  electronics systems technologies technology tech digital innovation innovations interactive accelerator incubator
  launchpad enterprise business city cities regional national local
`)

/** Words that join those of a company: `forpartners`. */
export const joiningWords: ReadonlySet<string> = words("for and with the")

/** What stands before a company's name where it speaks of itself. */
export const companyPrefixes: ReadonlySet<string> = words("about inside lifeat workat engineeringat at")
