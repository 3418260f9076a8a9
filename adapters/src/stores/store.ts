import type { Stream } from '@candlewatch/core/time'
import type { BarStore } from './bars.ts'
import type { BudgetStore, ScoreStore } from './budgets.ts'
import type { CommitStore, SnapshotStore } from './commits.ts'
import type { CorrectionStore, JudgingStore } from './corrections.ts'
import type { HeldRowStore } from './held-rows.ts'
import type { HistoryStore } from './history.ts'
import type { ImportStore } from './imports.ts'
import type { JobStore } from './jobs.ts'
import type { KeyStore } from './keys.ts'
import type { MarketStore } from './markets.ts'
import type { ModelStore } from './models.ts'
import type { NoticeStore } from './notices.ts'
import type { OwnerStore } from './owners.ts'
import type { ReplayStore } from './replays.ts'
import type { SettingsStore } from './settings.ts'
import type { GroupStore, ProfileStore, ToldStore } from './told.ts'
import type { EpisodeStore, LabelStore, VerdictStore } from './verdicts.ts'

/**
 * Everything durable, as one object that has all ports. Functions take the ports that they use. Reads return the oldest
 * row first unless stated otherwise. A rejected write has written nothing. Implementations pass contract/store.suite.ts.
 */
export interface Store
  extends BarStore,
    VerdictStore,
    EpisodeStore,
    CommitStore,
    SnapshotStore,
    HeldRowStore,
    HistoryStore,
    LabelStore,
    ReplayStore,
    MarketStore,
    ModelStore,
    JobStore,
    BudgetStore,
    SettingsStore,
    GroupStore,
    ProfileStore,
    ToldStore,
    ScoreStore,
    CorrectionStore,
    JudgingStore,
    KeyStore,
    ImportStore,
    OwnerStore,
    NoticeStore {
  /** Deletes everything about one stream except its imported rows. */
  forget(stream: Stream): Promise<void>
  /** Rejects with ERR_DATABASE_UNREACHABLE or ERR_DATABASE_REFUSED if a commit would not get through now. */
  ping(): Promise<void>
  close(): Promise<void>
}
