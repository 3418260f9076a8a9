/** The functions that a listener's notices call. */
export interface NoticeListener {
  received(text: string): void
  /** Called when notices may have been missed: once listening has begun, and after each interruption. */
  missed(): void
}

/** Short texts from one process to all that work on the store. They are not kept: a listener that missed some reads the tables. */
export interface NoticeStore {
  /** Sends texts of at most 7,000 bytes each to all listeners, this process included. */
  notify(texts: readonly string[]): Promise<void>
  /** Listens until the returned function is called. */
  listen(listener: NoticeListener): () => void
}
