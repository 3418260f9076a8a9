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

/** Statistics: alarms and their budget, forecasts and their outcomes, the feed. */
export function OverviewRoom() {
  useEffect(watchSeries, [])
  useEffect(() => {
    // A tile or a link names a card, which is drawn by the next frame.
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
