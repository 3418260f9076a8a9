import { describe } from './openapi.ts'

type Json = Readonly<Record<string, unknown>>

interface Operation {
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, { readonly schema: Json }>> }>
  >
}

const document = describe() as {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components: { readonly schemas: Readonly<Record<string, Json>> }
}

/** Where an answer differs from the OpenAPI document: a status, a media type or a field; null if nowhere. */
export function undocumented(name: string, status: number, type: string | null, body: unknown): string | null {
  const [method = '', path = ''] = name.split(' ')
  const operation = document.paths[path.replaceAll(/:(\w+)/g, '{$1}')]?.[method.toLowerCase()]
  const response = operation?.responses[status]
  if (!response) return `${name}: no response ${status}`
  if (status === 204) return null
  const content = response.content?.[type ?? '']
  if (!content) return `${name} ${status}: no content of type ${type}`
  if (!/json$/.test(type ?? '')) return null
  const fault = mismatch(content.schema, body, '')
  return fault === null ? null : `${name} ${status}: ${fault}`
}

/** The first part of a value that does not fit a JSON schema, as far as the document uses it. */
export function mismatch(schema: Json, value: unknown, at: string): string | null {
  const { $ref, anyOf, oneOf, type } = schema
  if (typeof $ref === 'string') {
    const found = mismatch(document.components.schemas[$ref.replace(/^.*\//, '')] ?? { const: $ref }, value, at)
    if (found !== null) return found
  }
  const choices = (anyOf ?? oneOf) as readonly Json[] | undefined
  if (choices) {
    const faults = choices.map(choice => mismatch(choice, value, at))
    if (faults.every(fault => fault !== null)) return `${at}: none of ${choices.length} schemas (${faults.join('; ')})`
  }
  if (type !== undefined && !([type].flat() as string[]).some(one => isOfType(one, value))) {
    return `${at}: expected ${String(type)}, found ${JSON.stringify(value)?.slice(0, 80)}`
  }
  if ('const' in schema && schema.const !== value) return `${at}: expected ${String(schema.const)}`
  if (Array.isArray(schema.enum) && !schema.enum.includes(value)) return `${at}: ${String(value)} is not listed`
  if (typeof schema.pattern === 'string' && typeof value === 'string' && !new RegExp(schema.pattern).test(value)) {
    return `${at}: ${value} does not match ${schema.pattern}`
  }
  if (Array.isArray(value))
    return firstOf(value.map((item, i) => mismatch((schema.items ?? {}) as Json, item, `${at}[${i}]`)))
  return typeof value === 'object' && value !== null ? mismatchOfObject(schema, value as Json, at) : null
}

function mismatchOfObject(schema: Json, value: Json, at: string): string | null {
  const properties = (schema.properties ?? {}) as Readonly<Record<string, Json>>
  const missing = ((schema.required ?? []) as readonly string[]).find(name => !(name in value))
  if (missing !== undefined) return `${at}.${missing} is missing`
  const others = schema.additionalProperties as Json | undefined
  return firstOf(
    Object.entries(value).map(([name, one]) => {
      const of = properties[name] ?? others
      return of ? mismatch(of, one, `${at}.${name}`) : null
    }),
  )
}

const firstOf = (faults: readonly (string | null)[]) => faults.find(fault => fault !== null) ?? null

function isOfType(type: string, value: unknown): boolean {
  if (type === 'null') return value === null
  if (type === 'array') return Array.isArray(value)
  if (type === 'integer') return Number.isInteger(value)
  if (type === 'object') return typeof value === 'object' && value !== null && !Array.isArray(value)
  return typeof value === type
}
