import { computed } from '@preact/signals'
import { TrainingBanner } from '../models/training-banner.tsx'
import { PastBanner } from '../replay/past-banner.tsx'
import { whole } from '../state/store.ts'
import { Announcement } from '../watch/announcement.tsx'
import { WatchRoom } from '../watch/watch-room.tsx'
import { ConnectionBanner, FeedBanner, Notice, SourceBanner } from './banners.tsx'
import { Empty, Failed, Loading } from './blank.tsx'
import { Header } from './header.tsx'
import { Help } from './help.tsx'
import { lazy } from './lazy.tsx'
import { place } from './place.ts'
import { signedOut } from './session.ts'
import { SignIn } from './sign-in.tsx'

const screen = computed(() => (whole.value.tape.candles.length > 0 ? 'board' : whole.value.phase))

const OverviewRoom = lazy(async () => (await import('../overview/overview-room.tsx')).OverviewRoom)
const ModelsRoom = lazy(async () => (await import('../models/models-room.tsx')).ModelsRoom)
const DataRoom = lazy(async () => (await import('../data/data-room.tsx')).DataRoom)

export function App() {
  if (signedOut.value) return <SignIn />
  return (
    <>
      <Header />
      <aside aria-label="Notices">
        <SourceBanner />
        <PastBanner />
        <ConnectionBanner />
        <FeedBanner />
        <TrainingBanner />
        <Notice />
      </aside>
      <main class={`is-${place.value}`}>
        <Announcement />
        <Here />
      </main>
      <Help />
    </>
  )
}

/** Models and data are there before the first bar is; the others wait for it. */
function Here() {
  if (place.value === 'models') return <ModelsRoom />
  if (place.value === 'data') return <DataRoom />
  if (screen.value === 'loading') return <Loading />
  if (screen.value === 'failed') return <Failed />
  if (screen.value === 'ready') return <Empty />
  return place.value === 'overview' ? <OverviewRoom /> : <WatchRoom />
}
