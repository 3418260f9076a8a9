import { signedOut } from '../session.ts'
import { part } from '../store.ts'
import { Announcement } from './announcement.tsx'
import { ConnectionBanner, FeedBanner, Notice, SourceBanner } from './banners.tsx'
import { Empty, Failed, Loading } from './blank.tsx'
import { ChartPanel } from './chart-panel.tsx'
import { Header } from './header.tsx'
import { Help } from './help.tsx'
import { Overview } from './overview.tsx'
import { ReplayBar } from './replay-bar.tsx'
import { SidePanel } from './side-panel.tsx'
import { SignIn } from './sign-in.tsx'

const screen = part(({ phase, tape }) => (tape.candles.length > 0 ? 'board' : phase))

export function App() {
  if (signedOut.value) return <SignIn />
  return (
    <>
      <Header />
      <aside aria-label="Notices">
        <SourceBanner />
        <ConnectionBanner />
        <FeedBanner />
        <Notice />
      </aside>
      <main>
        {screen.value === 'loading' && <Loading />}
        {screen.value === 'failed' && <Failed />}
        {screen.value === 'ready' && <Empty />}
        {screen.value === 'board' && <Board />}
      </main>
      <Help />
    </>
  )
}

function Board() {
  return (
    <>
      <Announcement />
      <Overview />
      <div class="board">
        <div class="stage">
          <ChartPanel />
          <ReplayBar />
        </div>
        <SidePanel />
      </div>
    </>
  )
}
