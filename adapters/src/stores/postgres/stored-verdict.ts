import type { FeedFault, Skill, Verdict } from '@candlewatch/core/types'

/** A verdict as earlier versions of the program stored it: with sentences in place of reasons. */
export interface TextVerdict extends Omit<Verdict, 'reason' | 'fault' | 'skill'> {
  readonly because: string
  readonly fault: (FeedFault & { readonly evidence: string }) | null
  readonly skill: (Omit<Skill, 'reason'> & { readonly because: string }) | null
}

/** A verdict as any version of the program stored it. */
export type StoredVerdict = Verdict | TextVerdict

/** Reads the verdict of a stored row; the sentences of an earlier version become reasons with the code `stored-text`. */
export function verdictOf(stored: StoredVerdict): Verdict {
  if (!('because' in stored)) return stored
  const { because, fault, skill, ...rest } = stored
  return {
    ...rest,
    reason: { code: 'stored-text', text: because },
    fault: fault && { kind: fault.kind },
    skill: skill && skillOf(skill),
  }
}

function skillOf({ because, ...rest }: NonNullable<TextVerdict['skill']>): Skill {
  return { ...rest, reason: { code: 'stored-text', text: because } }
}
