// @vitest-environment happy-dom
import { rooms } from '@candlewatch/api/values/rooms'
import { afterEach, expect, test, vi } from 'vitest'
import { currentRoom, sideTab } from '../state/navigation.ts'
import { dispatch, state } from '../state/store.ts'
import { handleKey, isHelpOpen, keys } from './keys.ts'

afterEach(() => {
  isHelpOpen.value = false
  currentRoom.value = 'watch'
  document.body.innerHTML = ''
})

function press(key: string, target: Element = document.body, init: KeyboardEventInit = {}): KeyboardEvent {
  const event = new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...init })
  target.addEventListener('keydown', event => handleKey(event as KeyboardEvent), { once: true })
  target.dispatchEvent(event)
  return event
}

function add(html: string): Element {
  document.body.innerHTML = html
  return document.body.firstElementChild as Element
}

test('no two entries use the same key', () => {
  const all = keys.flatMap(one => one.keys)
  expect(all.filter((key, i) => all.indexOf(key) !== i)).toEqual([])
})

test('every room opens by its key', () => {
  vi.stubGlobal('scrollTo', () => undefined)
  for (const [name, { key, path }] of Object.entries(rooms)) {
    press(key)
    expect(currentRoom.value).toBe(name)
    expect(location.pathname).toBe(path)
  }
})

test('a key of the chart does nothing in another room', () => {
  dispatch({ kind: 'span', span: '1w' })
  currentRoom.value = 'models'
  expect(press('1').defaultPrevented).toBe(false)
  expect(state.value.view.span).toBe('1w')
  currentRoom.value = 'watch'
  press('1')
  expect(state.value.view.span).toBe('1d')
})

test('fields keep their keys, and a focused button keeps the space bar', () => {
  const field = add('<input type="text">')
  press('t', field)
  expect(document.documentElement.dataset.theme).toBeUndefined()
  expect(press(' ', add('<button type="button">Go</button>')).defaultPrevented).toBe(false)
})

test('a slider keeps the End key', () => {
  dispatch({ kind: 'moved', range: [0, 36_000_000] })
  press('End', add('<input type="range">'))
  expect(state.value.view.range).not.toBeNull()
  press('End')
  expect(state.value.view.range).toBeNull()
})

test('keys with Ctrl, Alt or Meta belong to the browser', () => {
  for (const modifier of ['ctrlKey', 'altKey', 'metaKey']) {
    expect(press('?', document.body, { [modifier]: true }).defaultPrevented).toBe(false)
  }
  expect(isHelpOpen.value).toBe(false)
})

test('the question mark opens the list of keys, which then has the keyboard to itself', () => {
  press('?')
  expect(isHelpOpen.value).toBe(true)
  press('r')
  expect(sideTab.value).toBe('episodes')
})

test('a key that is held down repeats only where that is intended', () => {
  dispatch({ kind: 'span', span: '1w' })
  expect(press('1', document.body, { repeat: true }).defaultPrevented).toBe(false)
  expect(state.value.view.span).toBe('1w')
})

test('a key without an effect is left to the browser: there is no replay to play', () => {
  expect(press(' ').defaultPrevented).toBe(false)
})
