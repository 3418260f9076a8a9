import { isIP } from 'node:net'
import { z } from 'zod'

const count = (what: string) =>
  z.coerce
    .number({ error: () => `expected ${what}, or 0 for no limit` })
    .int('expected a whole number')
    .min(0, `expected ${what}, or 0 for no limit`)
    .optional()

const list = (text: string) => text.split(',').map(part => part.trim())

const proxies = 'expected the number of proxies in front, or their addresses, as in "1" or "127.0.0.1, 10.0.0.0/8"'
const origins = 'expected origins such as https://charts.example.com, separated by commas'

/** The settings for access to the server. docs/security.md explains them. */
export const accessEnv = {
  REQUIRE_KEYS: z
    .enum(['true', 'false'], { error: () => 'expected true or false' })
    .default('false')
    .transform(text => text === 'true')
    .describe('Require API keys on a loopback address too.'),
  // Never all addresses: then each caller could choose the address that the limits count.
  TRUST_PROXY: z
    .string()
    .refine(text => /^[1-9]$/.test(text) || list(text).every(isNetwork), proxies)
    .transform(text => (/^\d$/.test(text) ? Number(text) : list(text)))
    .optional()
    .meta({
      description:
        'The number of proxies in front, or their addresses, whose X-Forwarded-For is trusted. Requires keys.',
      example: '127.0.0.1, 10.0.0.0/8',
    }),
  CORS_ORIGINS: z
    .string()
    .transform(list)
    .refine(all => all.every(one => !one.includes('*') && URL.canParse(one) && new URL(one).origin === one), origins)
    .default([])
    .meta({
      description: 'Other origins whose pages may call the API, separated by commas.',
      example: 'https://charts.example.com',
    }),
  RATE_LIMIT_PER_KEY: count('requests per minute').meta({
    description: 'Requests per minute and key; 0 for no limit. Unset: 6000 where keys are required.',
    example: 6000,
  }),
  RATE_LIMIT_PER_ADDRESS: count('requests per minute').meta({
    description: 'Requests per minute and address; 0 for no limit. Unset: 6000 where keys are required.',
    example: 6000,
  }),
  RATE_LIMIT_FAILED_LOGINS: count('invalid keys per minute and address').meta({
    description: 'Invalid keys per minute and address; 0 for no limit. Unset: 10 where keys are required.',
    example: 10,
  }),
  STREAMS_PER_ADDRESS: count('open event streams per address').meta({
    description: 'Open event streams per address; 0 for no limit. Unset: 50 where keys are required.',
    example: 50,
  }),
}

function isNetwork(text: string): boolean {
  const [address = '', bits, ...rest] = text.split('/')
  const family = isIP(address)
  const fits = bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128))
  // A whole address family would be all addresses.
  return family !== 0 && rest.length === 0 && fits && bits !== '0'
}
