import { mayAdminister } from '../sync/session.ts'
import {
  deleteGroup,
  groups,
  listOf,
  outcome,
  type Part,
  profile,
  saveGroup,
  saveProfile,
  saveStream,
  saving,
  streamSettings,
} from './settings.ts'
import './settings-panel.css'

/** The settings of the market, the profile of the reader, and the groups of markets. */
export function SettingsPanel() {
  return (
    <section class="settings" aria-label="Settings" data-testid="settings">
      <StreamForm />
      <ProfileForm />
      <GroupsForm />
    </section>
  )
}

function StreamForm() {
  const settings = streamSettings.value
  if (!settings) return <p class="quiet">Loading settings</p>
  const { market, interval, alarmsPerWeek, leastSizePercent, marketLane, feedLane, calendar, inForce, history } =
    settings
  return (
    <form
      key={`${market} ${interval} ${history.length}`}
      data-testid="stream-settings"
      onSubmit={event => {
        event.preventDefault()
        const form = new FormData(event.currentTarget)
        const budget = String(form.get('alarmsPerWeek')).trim()
        void saveStream({
          alarmsPerWeek: budget === '' ? null : Number(budget),
          leastSizePercent: Number(form.get('leastSizePercent')),
          marketLane: form.has('marketLane'),
          feedLane: form.has('feedLane'),
          calendarJson: String(form.get('calendar')).trim(),
          note: String(form.get('note')).trim(),
        })
      }}
    >
      <h3>
        {market} <span class="quiet">{interval}</span>
      </h3>
      <fieldset disabled={!mayAdminister.value}>
        <label class="labelled">
          Alarms per week (empty: the budget for all markets)
          <input
            class="field"
            name="alarmsPerWeek"
            type="number"
            min="0"
            max="168"
            step="any"
            placeholder={String(inForce.alarmsPerWeek)}
            defaultValue={alarmsPerWeek ?? ''}
          />
        </label>
        <SizeField value={leastSizePercent} />
        <label>
          <input name="marketLane" type="checkbox" defaultChecked={marketLane} /> Alarms for unusual moves
        </label>
        <label>
          <input name="feedLane" type="checkbox" defaultChecked={feedLane} /> Faults for unlikely rows
        </label>
        <label class="labelled">
          Trading hours as JSON (empty: learned from the bars)
          <textarea class="field" name="calendar" rows={2} defaultValue={calendar ? JSON.stringify(calendar) : ''} />
        </label>
        <label class="labelled">
          Reason (kept in the history)
          <input class="field" name="note" maxLength={500} />
        </label>
        <Save of="stream" action="Save for this market" />
      </fieldset>
      {!mayAdminister.value && (
        <p class="quiet">Your API key cannot change markets and groups. It needs an admin key.</p>
      )}
    </form>
  )
}

function ProfileForm() {
  const own = profile.value
  if (!own) return null
  return (
    <form
      key={JSON.stringify(own)}
      data-testid="profile"
      onSubmit={event => {
        event.preventDefault()
        const form = new FormData(event.currentTarget)
        void saveProfile({
          episodesPerWeek: Number(form.get('episodesPerWeek')),
          leastSizePercent: Number(form.get('leastSizePercent')),
          markets: listOf(String(form.get('markets'))),
          groups: form.getAll('groups').map(String),
        })
      }}
    >
      <h3>
        What you are told <span class="quiet">{own.streams} watched</span>
      </h3>
      <label class="labelled">
        Episodes per week, over all markets that you watch
        <input
          class="field"
          name="episodesPerWeek"
          type="number"
          min="0"
          max="1000"
          step="any"
          required
          defaultValue={own.episodesPerWeek}
        />
      </label>
      <SizeField value={own.leastSizePercent} />
      <label class="labelled">
        Markets (* stands for any text)
        <textarea class="field" name="markets" rows={2} defaultValue={own.markets.join('\n')} />
      </label>
      {groups.value?.map(({ name }) => (
        <label key={name}>
          <input name="groups" type="checkbox" value={name} defaultChecked={own.groups.includes(name)} /> Group {name}
        </label>
      ))}
      <Save of="profile" action="Save for you" />
    </form>
  )
}

function GroupsForm() {
  const all = groups.value
  if (!all) return null
  return (
    <form
      data-testid="groups"
      onSubmit={event => {
        event.preventDefault()
        const form = event.currentTarget
        const fields = new FormData(form)
        void saveGroup(String(fields.get('name')).trim(), listOf(String(fields.get('members')))).then(() => {
          if (outcome.peek()?.failure === null) form.reset()
        })
      }}
    >
      <h3>Groups of markets</h3>
      <p class="quiet">When many markets of a group move at once, you are told once.</p>
      <ul>
        {all.map(({ name, members, markets }) => (
          <li key={name}>
            <span>
              <strong>{name}</strong>: {members.join(', ')}{' '}
              <span class="quiet">{markets.length === 1 ? '1 market' : `${markets.length} markets`}</span>
            </span>
            <button
              type="button"
              class="small"
              aria-label={`Delete group ${name}`}
              disabled={!mayAdminister.value || saving.value !== null}
              onClick={() => void deleteGroup(name)}
            >
              Delete
            </button>
          </li>
        ))}
      </ul>
      <fieldset disabled={!mayAdminister.value}>
        <label class="labelled">
          Name
          <input class="field" name="name" maxLength={40} required />
        </label>
        <label class="labelled">
          Markets, such as binance:* or *:BTC-USD
          <textarea class="field" name="members" rows={2} required />
        </label>
        <Save of="groups" action="Save group" />
      </fieldset>
    </form>
  )
}

function SizeField({ value }: { readonly value: number }) {
  return (
    <label class="labelled">
      Smallest move worth telling, % of the price
      <input
        class="field"
        name="leastSizePercent"
        type="number"
        min="0"
        max="100"
        step="any"
        required
        defaultValue={value}
      />
    </label>
  )
}

function Save({ of, action }: { readonly of: Part; readonly action: string }) {
  const { part, failure } = outcome.value ?? {}
  return (
    <div class="row">
      <button type="submit" class="primary" disabled={saving.value !== null}>
        {action}
      </button>
      {part === of && (failure ? <p role="alert">{failure}</p> : <p role="status">Saved</p>)}
    </div>
  )
}
