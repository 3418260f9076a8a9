import { useEffect } from 'preact/hooks'
import { Room } from '../shell/room.tsx'
import { CalendarCard } from './calendar-card.tsx'
import { CoverageCard } from './coverage-card.tsx'
import { FeedCard } from './feed-card.tsx'
import { HoursCard } from './hours-card.tsx'
import { watchTape } from './settled.ts'
import { SeveritiesCard, TypesCard } from './shares-card.tsx'
import { SkillCard } from './skill-card.tsx'
import { WeeksCard } from './weeks-card.tsx'
import './overview-room.css'

/** How the watch has gone: alarms against their budget, forecasts against what came, the feed. */
export function OverviewRoom() {
  useEffect(watchTape, [])
  useEffect(() => {
    // Named by a tile of the watch, or by a link; it is drawn by the next frame.
    requestAnimationFrame(() => document.getElementById(location.hash.slice(1))?.scrollIntoView())
  }, [])
  return (
    <Room title="Overview">
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
