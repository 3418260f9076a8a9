/** A room of the page: its address, its name, and the key that opens it. */
export interface Room {
  readonly path: string
  readonly title: string
  /** A key of the keyboard that no other control of the page uses. */
  readonly key: string
}

/** The rooms of the page, in the order of its navigation. The server answers each path with the page. */
export const rooms = {
  watch: { path: '/', title: 'Watch', key: 'w' },
  overview: { path: '/overview', title: 'Overview', key: 'o' },
  models: { path: '/models', title: 'Models', key: 'm' },
  data: { path: '/data', title: 'Data', key: 'd' },
} as const satisfies Readonly<Record<string, Room>>

/** The name of a room of the page. */
export type RoomName = keyof typeof rooms
