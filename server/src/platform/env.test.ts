import { expect, test } from 'vitest'
import { readEnv } from './env.ts'

test('the defaults are the loopback, port 3000 and the private database, and the budget comes from the database', () => {
  expect(readEnv({ PORT: '' })).toMatchObject({
    HOST: '127.0.0.1',
    PORT: 3000,
  })
  expect(readEnv({}).DATABASE_URL).toBeUndefined()
  expect(readEnv({}).MODEL).toBeUndefined()
  expect(readEnv({}).ALARMS_PER_WEEK).toBeUndefined()
  expect(readEnv({ ALARMS_PER_WEEK: '0.5', FEED_SHARE: '0' })).toMatchObject({ ALARMS_PER_WEEK: 0.5, FEED_SHARE: 0 })
})

test('several mistakes are reported together, with the values found', () => {
  const read = () =>
    readEnv({ PORT: '70000', ALARMS_PER_WEEK: 'few', FEED_SHARE: '2', LOG_LEVEL: 'loud', MODEL: '../x' })
  expect(read).toThrow(/PORT: expected a port.*found "70000"/)
  expect(read).toThrow(/ALARMS_PER_WEEK: expected a number.*found "few"/)
  expect(read).toThrow(/FEED_SHARE: expected a share from 0 to 1, found "2"/)
  expect(read).toThrow(/LOG_LEVEL: expected one of/)
  expect(read).toThrow(/MODEL: expected the name/)
})

test('an invalid address of a database is reported without its text, which may contain a password', () => {
  const read = () => readEnv({ DATABASE_URL: 'mysql://me:secret@host/x' })
  expect(read).toThrow(/DATABASE_URL: expected an address/)
  expect(read).not.toThrow(/secret/)
})

test.each(['* * * * * *', '*/100 * * * * * *', '0.5 * * * *', '61 * * * *', 'nightly', '@daily'])(
  'RETRAIN_CRON "%s" is refused with an example of an accepted value',
  RETRAIN_CRON => {
    expect(() => readEnv({ RETRAIN_CRON })).toThrow(/RETRAIN_CRON: expected .*cron fields.*"30 3 \* \* \*"/)
  },
)

test('retraining is off by default, and promotes a version that is better by at least half a percent', () => {
  expect(readEnv({})).toMatchObject({ PROMOTE_RULE: 'better', PROMOTE_MARGIN: 0.5 })
  expect(readEnv({}).RETRAIN_CRON).toBeUndefined()
  expect(readEnv({ RETRAIN_CRON: '30 3 * * *' }).RETRAIN_CRON).toBe('30 3 * * *')
  expect(() => readEnv({ PROMOTE_RULE: 'maybe', PROMOTE_MARGIN: '-1' })).toThrow(/PROMOTE_RULE: .*\n.*PROMOTE_MARGIN: /)
})

test('all data is kept unless a number of days is given', () => {
  expect(readEnv({}).RETENTION_DAYS).toBeUndefined()
  expect(readEnv({ RETENTION_DAYS: '365' }).RETENTION_DAYS).toBe(365)
  for (const days of ['0', '1.5', 'a year'])
    expect(() => readEnv({ RETENTION_DAYS: days })).toThrow(/RETENTION_DAYS: expected/)
})
