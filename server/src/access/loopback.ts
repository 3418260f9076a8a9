import { BlockList, isIP } from 'node:net'

const loopback = new BlockList()
loopback.addSubnet('127.0.0.0', 8)
loopback.addAddress('::1', 'ipv6')

/**
 * Tells whether a host name or an IP address reaches this machine only.
 *
 * @example
 * isLoopback('127.0.0.1') // true
 * isLoopback('0.0.0.0') // false
 */
export function isLoopback(host: string): boolean {
  const family = isIP(host)
  return family === 0 ? /^(.+\.)?localhost$/i.test(host) : loopback.check(host, family === 4 ? 'ipv4' : 'ipv6')
}
