import { ChartPanel } from '../chart/chart-panel.tsx'
import { ReplayBar } from '../replay/replay-bar.tsx'
import { SidePanel } from './side-panel.tsx'
import { Overview } from './tiles.tsx'
import './watch-room.css'

/** What is kept open all day: the chart as it grows, and what was odd in it. */
export function WatchRoom() {
  return (
    <>
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
