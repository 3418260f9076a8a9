import type { RoomName } from '@candlewatch/api/values/rooms'
import type { ComponentType } from 'preact'
import { lazy } from '../layout/lazy.tsx'
import { WatchRoom } from '../watch/watch-room.tsx'

interface RoomView {
  readonly component: ComponentType
  /** True if the room has something to show before the first bar has come. */
  readonly worksEmpty?: boolean
}

/** The view of each room of `@candlewatch/api/values/rooms`; all but the first are loaded when they are entered. */
export const roomViews: Readonly<Record<RoomName, RoomView>> = {
  watch: { component: WatchRoom },
  overview: { component: lazy(async () => (await import('../overview/overview-room.tsx')).OverviewRoom) },
  models: { component: lazy(async () => (await import('../models/models-room.tsx')).ModelsRoom), worksEmpty: true },
  data: { component: lazy(async () => (await import('../data/data-room.tsx')).DataRoom), worksEmpty: true },
}
