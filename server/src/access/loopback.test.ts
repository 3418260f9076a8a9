import { expect, test } from 'vitest'
import { isLoopback } from './loopback.ts'

test.each(['127.0.0.1', '127.0.0.2', '127.255.255.254', '::1', '::ffff:127.0.0.1', 'localhost', 'app.localhost'])(
  '%s can be reached only by this machine',
  host => expect(isLoopback(host)).toBe(true),
)

test.each([
  '0.0.0.0',
  '::',
  '128.0.0.1',
  '10.0.0.1',
  '::2',
  'localhost.example',
  '127.0.0.1.example',
  '',
  '2130706433',
])('"%s" can be reached by others', host => expect(isLoopback(host)).toBe(false))
