/** What `wadjet` answers to whoever called it. */
export const exitCodes = {
  ok: { code: 0, about: "it was done" },
  failed: { code: 1, about: "it could not be done; standard error says what, why and what to do" },
  usage: { code: 2, about: "the command line was not understood; nothing was done" },
  unreachable: { code: 3, about: "nothing is running, or answering, that could be asked" },
  interrupted: { code: 130, about: "it was interrupted; what it had stored stays stored" }
} as const

export type ExitCode = keyof typeof exitCodes
