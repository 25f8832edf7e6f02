/** Who may give which command in a chat. Pure. */
import {
  type CommandName,
  type CommandRole,
  commandRoles,
  commandRules,
  everybodysCommands
} from "../../../contracts/chat-command.ts"

/** What a chat knows of whoever wrote. */
export interface Standing {
  /** They are the linked account itself, or the operator's own number. */
  readonly isOperator: boolean
  /** They administer the group, or it is a chat with them alone, which has no admins. */
  readonly isAdmin: boolean
}

export const roleOf = ({ isAdmin, isOperator }: Standing): CommandRole => {
  if (isOperator) return "operator"
  return isAdmin ? "admin" : "member"
}

/** Whoever may do more may do this, too; where only admins are answered, members may do little. */
export const mayGive = (role: CommandRole, command: CommandName, isAdminsOnly = false): boolean => {
  if (isAdminsOnly && role === "member") return everybodysCommands.has(command)
  return commandRoles.indexOf(role) >= commandRoles.indexOf(commandRules[command])
}

/** The commands that somebody is told of when they ask for help. */
export const commandsFor = (role: CommandRole): ReadonlyArray<CommandName> =>
  (Object.keys(commandRules) as ReadonlyArray<CommandName>).filter((command) => mayGive(role, command))
