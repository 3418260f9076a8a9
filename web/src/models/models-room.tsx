import { useEffect } from 'preact/hooks'
import { Room } from '../layout/room.tsx'
import { ChampionsCard } from './champions-card.tsx'
import { failure, readAll, versions, watchRegistry } from './registry.ts'
import { TrainingCard } from './training-card.tsx'
import { TrialCard } from './trial-card.tsx'
import { VersionCard } from './version-card.tsx'
import { VersionsCard } from './versions-card.tsx'
import './models.css'

/** Which models there are, how good each is, which one judges, and how a new one comes about. */
export function ModelsRoom() {
  useEffect(watchRegistry, [])
  return (
    <Room name="models">
      {failure.value !== null && <Unread why={failure.value} />}
      {versions.value === null ? (
        failure.value === null && <p class="quiet">Reading the versions that there are</p>
      ) : (
        <>
          <VersionsCard versions={versions.value} />
          <div class="models-column">
            <VersionCard />
          </div>
          <div class="models-column">
            <TrainingCard />
            <TrialCard />
            <ChampionsCard />
          </div>
        </>
      )}
    </Room>
  )
}

function Unread({ why }: { readonly why: string }) {
  return (
    <p class="model-failure" role="alert" data-testid="models-failed">
      The models could not be read: {why}
      {versions.value !== null && ' What is shown may be old.'}{' '}
      <button type="button" class="small" onClick={() => void readAll()}>
        Try again
      </button>
    </p>
  )
}
