import { computed } from '@preact/signals'
import { TrainingBanner } from '../models/training-banner.tsx'
import { PastBanner, SourceBanner } from '../replay/banners.tsx'
import { currentRoom } from '../state/navigation.ts'
import { whole } from '../state/store.ts'
import { signedOut } from '../sync/session.ts'
import { Announcement, ConnectionBanner, FeedBanner, Notice } from './banners.tsx'
import { Empty, Failed, Loading } from './empty-page.tsx'
import { Header } from './header.tsx'
import { Help } from './help.tsx'
import { roomViews } from './rooms.tsx'
import { SignIn } from './sign-in.tsx'

const hasBars = computed(() => whole.value.series.candles.length > 0)
const phase = computed(() => whole.value.phase)

/** The whole page. */
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
      <main class={`is-${currentRoom.value}`}>
        <Announcement />
        <CurrentRoom />
      </main>
      <Help />
    </>
  )
}

/** The open room, or what stands in for it while there are no bars. */
function CurrentRoom() {
  const { component: View, worksEmpty } = roomViews[currentRoom.value]
  if (hasBars.value || worksEmpty) return <View />
  if (phase.value === 'loading') return <Loading />
  return phase.value === 'failed' ? <Failed /> : <Empty />
}
