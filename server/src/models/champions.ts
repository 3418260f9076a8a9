import type { Promotion } from '@candlewatch/adapters/stores/models'

/**
 * The present champion and those before it, nearest first, from the log (newest first). Going back to the one just before
 * takes the present one away, whoever asked for it, so that rolling back twice goes back two.
 */
export function championsOf(log: readonly Promotion[]): string[] {
  const stack: string[] = []
  for (const { version } of [...log].reverse()) {
    if (stack.at(-2) === version) stack.pop()
    else if (stack.at(-1) !== version) stack.push(version)
  }
  return stack.reverse()
}
