import { mapInTurns } from '../platform/turns.ts'

const isLong = (value: unknown): value is readonly unknown[] => Array.isArray(value) && value.length > 200

/** The text that JSON.stringify gives. Long arrays, at the top or right below, are written in turns with other requests. */
export async function jsonText(answer: unknown): Promise<string> {
  if (isLong(answer)) return arrayText(answer)
  if (typeof answer !== 'object' || answer === null || !Object.values(answer).some(isLong))
    return JSON.stringify(answer)
  const parts: string[] = []
  for (const [name, value] of Object.entries(answer)) {
    const text: string | undefined = isLong(value) ? await arrayText(value) : JSON.stringify(value)
    if (text !== undefined) parts.push(`${JSON.stringify(name)}:${text}`)
  }
  return `{${parts.join(',')}}`
}

async function arrayText(values: readonly unknown[]): Promise<string> {
  const texts = await mapInTurns(values, value => JSON.stringify(value) ?? 'null')
  return `[${texts.join(',')}]`
}
