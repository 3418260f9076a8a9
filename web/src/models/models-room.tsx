import { useEffect } from 'preact/hooks'
import { Room } from '../layout/room.tsx'
import { ChampionsCard } from './champions-card.tsx'
import { failure, readAll, versions, watchRegistry } from './registry.ts'
import { TrainingCard } from './training-card.tsx'
import { TrialCard } from './trial-card.tsx'
import { VersionCard } from './version-card.tsx'
import { VersionsCard } from './versions-card.tsx'
import './models.css'

/** The model versions: how good each one is, which one is in use, and how a new one is trained. */
export function ModelsRoom() {
  useEffect(watchRegistry, [])
  return (
    <Room name="models">
      {failure.value !== null && <Failure reason={failure.value} />}
      {versions.value === null ? (
        failure.value === null && <p class="quiet">Loading the models</p>
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

function Failure({ reason }: { readonly reason: string }) {
  return (
    <p class="model-failure" role="alert" data-testid="models-failed">
      Could not load the models: {reason}
      {versions.value !== null && ' The figures below may be out of date.'}{' '}
      <button type="button" class="small" onClick={() => void readAll()}>
        Try again
      </button>
    </p>
  )
}
