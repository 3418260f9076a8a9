/** Page after page, until there is no cursor to the next. */
export async function* pages<T extends { readonly nextCursor: string | null }>(
  page: (cursor: { readonly cursor?: string }) => Promise<T>,
): AsyncGenerator<T> {
  for (let cursor: string | null = ''; cursor !== null; ) {
    const answer: T = await page(cursor ? { cursor } : {})
    yield answer
    cursor = answer.nextCursor
  }
}
