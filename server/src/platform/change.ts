/** A change of a record: fields that are left out, or undefined, stay. */
export type Change<Fields> = { readonly [Name in keyof Fields]?: Fields[Name] | undefined }

/** Returns the record after the change. */
export function changed<Fields extends object>(before: Fields, change: Change<Fields>): Fields {
  const given = Object.entries(change).filter(([, value]) => value !== undefined)
  return { ...before, ...Object.fromEntries(given) }
}
