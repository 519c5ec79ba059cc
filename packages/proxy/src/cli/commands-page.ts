import type { Command, Option } from 'commander'

/** Every command of a program as Markdown: a table of all, then each with its options and an example. */
export function commandsPage(program: Command): string {
  const commands = commandsOf(program)
  const index = table(['Command', 'What it does'], commands.map(({ name, command }) => [`[\`${name}\`](#${name.replaceAll(' ', '-')})`, command.description()]))
  return [index, ...commands.map(section)].join('\n\n')
}

interface NamedCommand {
  /** As it is typed behind `trackline`. */
  name: string
  command: Command
}

/** The commands that do something, without those that only hold others. */
function commandsOf(command: Command, before = ''): NamedCommand[] {
  return command.commands.flatMap((each) => {
    const name = `${before}${each.name()}`
    return each.commands.length ? commandsOf(each, `${name} `) : [{ name, command: each }]
  })
}

function section({ name, command }: NamedCommand): string {
  const given = command.registeredArguments.map((argument) => [`\`${argument.required ? `<${argument.name()}>` : `[${argument.name()}]`}\``, argument.description])
  const rows = [...given, ...command.options.map((option) => [`\`${option.flags}\``, meaningOf(option)])]
  const example = /Examples?:\n([^]*)$/.exec(helpOf(command))?.[1]?.replace(/^ {2}/gm, '').trim()
  return [
    `### ${name}`,
    `${command.description().charAt(0).toUpperCase()}${command.description().slice(1)}.`,
    ...(rows.length ? [table(['Option', 'Meaning'], rows)] : []),
    ...(example ? [`\`\`\`sh\n${example}\n\`\`\``] : []),
  ].join('\n\n')
}

function meaningOf({ description, mandatory, argChoices, defaultValue, envVar }: Option): string {
  const notes = [
    ...(mandatory ? ['required'] : []),
    ...(argChoices ? [`one of ${argChoices.map((choice) => `\`${choice}\``).join(', ')}`] : []),
    ...(envVar === undefined ? [] : [`or by \`${envVar}\` in the environment`]),
    ...(['string', 'number'].includes(typeof defaultValue) ? [`default: \`${String(defaultValue)}\``] : []),
  ]
  return notes.length ? `${description} (${notes.join('; ')})` : description
}

/** With what is added behind it, which `helpInformation` leaves out. */
function helpOf(command: Command): string {
  let text = ''
  command.configureOutput({ writeOut: (part) => (text += part) })
  command.outputHelp()
  return text
}

function table(head: string[], rows: string[][]): string {
  const line = (cells: string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}
