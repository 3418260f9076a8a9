import { ChartPanel } from '../chart/chart-panel.tsx'
import { ReplayBar } from '../replay/replay-bar.tsx'
import { SidePanel } from './side-panel.tsx'
import { Tiles } from './tiles.tsx'
import './watch-room.css'

/** The chart as it grows, with the main figures, the replay and the list of episodes. */
export function WatchRoom() {
  return (
    <>
      <Tiles />
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
