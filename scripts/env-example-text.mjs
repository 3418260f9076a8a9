// The text of .env.example: every variable of the programs with its default, described by its schema.

const header = `# The variables that the programs read, with their defaults. Copy this file to .env, remove the # of what you change, and
# start with: set -a; . ./.env; set +a; npm start
# Written by npm run env:example from server/src/platform/env.ts, simulator/src/env.ts and lab/src/env.ts.
`

/** A variable that an earlier program has listed is not listed again. Paths under `root` are shown from there. */
export function envExample({ server, simulator, lab }, root) {
  const listed = new Set()
  const programs = [
    ['Server', server],
    ['Simulator, besides those that it shares with the server', simulator],
    ['Lab, besides those that it shares with the server', lab],
  ]
  const parts = programs.map(([title, schema]) => {
    const added = Object.entries(schema.shape).filter(([name]) => !listed.has(name))
    for (const [name] of added) listed.add(name)
    return added.length === 0
      ? ''
      : [`# --- ${title} ---\n`, ...added.map(([name, field]) => entry(name, field, root))].join('\n')
  })
  return [header, ...parts.filter(Boolean)].join('\n')
}

function entry(name, field, root) {
  const { description, example } = field.meta() ?? {}
  if (!description) throw Error(`${name} has no description: add .describe('…') to its schema.`)
  const preset = field.safeParse(undefined).data
  const value = [preset].flat().join(', ') || example
  if (value === undefined) throw Error(`${name} has neither a default nor an example: add .meta({ example }).`)
  const text = String(value).replace(root, '')
  return `# ${description}\n#${name}=${/[\s*]/.test(text) ? `"${text}"` : text}\n`
}
