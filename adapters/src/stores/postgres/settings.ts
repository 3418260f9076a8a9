import { msOf } from '@candlewatch/core/time'
import { type SettingsStore, type StreamSettings, type StreamSettingsRecord, usualSettings } from '../settings.ts'
import type { Connections } from './connection.ts'
import { type KeyRow, keyOf, streamOf, timestamp } from './rows.ts'

/** The settings of streams in PostgreSQL. */
export function postgresSettings({ query }: Connections): SettingsStore {
  return {
    async addSettings({ settings, at, note, ...stream }) {
      const changed = Object.entries(settings).filter(([name, value]) => value !== usualSettings[name as Name])
      const values = [...keyOf(stream), JSON.stringify(Object.fromEntries(changed)), timestamp(at), note]
      await query('insert into stream_settings (market, interval, body, at, note) values ($1, $2, $3, $4, $5)', values)
    },

    async settingsOf(stream, limit) {
      return (await query<SettingsRow>(selectSettings, [...keyOf(stream), limit])).map(recordOf)
    },

    async allSettings() {
      return (await query<SettingsRow>(selectAllSettings)).map(recordOf)
    },
  }
}

type Name = keyof StreamSettings

interface SettingsRow extends KeyRow {
  readonly body: Partial<StreamSettings>
  readonly at: Date
  readonly note: string
}

function recordOf({ body, at, note, ...key }: SettingsRow): StreamSettingsRecord {
  return { ...streamOf(key), settings: { ...usualSettings, ...body }, at: msOf(at), note }
}

const selectSettings = `
  select market, interval, body, at, note from stream_settings
  where market = $1 and interval = $2 order by id desc limit $3`

const selectAllSettings = `
  select distinct on (market, interval) market, interval, body, at, note from stream_settings
  order by market, interval, id desc`
