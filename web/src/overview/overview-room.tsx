import { useEffect } from 'preact/hooks'
import { Room } from '../layout/room.tsx'
import { CalendarCard } from './calendar-card.tsx'
import { CoverageCard } from './coverage-card.tsx'
import { FeedCard } from './feed-card.tsx'
import { HoursCard } from './hours-card.tsx'
import { watchSeries } from './judged.ts'
import { SeveritiesCard, TypesCard } from './shares-card.tsx'
import { SkillCard } from './skill-card.tsx'
import { WeeksCard } from './weeks-card.tsx'
import './overview-room.css'

/** How the watch has gone: alarms against their budget, forecasts against what came, the feed. */
export function OverviewRoom() {
  useEffect(watchSeries, [])
  useEffect(() => {
    // Named by a tile of the watch, or by a link; it is drawn by the next frame.
    requestAnimationFrame(() => document.getElementById(location.hash.slice(1))?.scrollIntoView())
  }, [])
  return (
    <Room name="overview">
      <WeeksCard />
      <SeveritiesCard />
      <TypesCard />
      <CalendarCard />
      <HoursCard />
      <CoverageCard />
      <SkillCard />
      <FeedCard />
    </Room>
  )
}
