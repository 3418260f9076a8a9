/** Every code that Candlewatch can fail with, and what it means. docs/errors.md lists the same; a test keeps them equal. */
export const errorCodes = {
  ERR_BAR_IMPOSSIBLE:
    'A candle that cannot exist: a price that is not positive and finite, high below low, or open or close outside them.',
  ERR_BAR_MISALIGNED: 'A date that is not the opening of an interval.',
  ERR_BAR_FUTURE: 'A bar that has not closed yet.',
  ERR_BAR_LATE: 'A bar older than the newest one of its market, and never seen before.',
  ERR_BAR_CONFLICT: 'A bar that was seen before with other numbers.',
  ERR_CORRECTION_UNKNOWN: 'A correction of a bar that was never judged.',
  ERR_CORRECTION_OLD: 'A correction of a bar with more bars after it than can be judged again in one piece.',
  ERR_CORRECTION_INVALID: 'A correction with a field that is missing or of the wrong kind.',
  ERR_PARITY: 'A stored verdict is not the one that the stored bars make.',
  ERR_CSV_MISSING: 'A CSV file that is not there or cannot be read.',
  ERR_CSV_EMPTY: 'A CSV file with too few rows to work with.',
  ERR_CSV_LAYOUT: 'A CSV file whose columns are none of the layouts that data/README.md lists.',
  ERR_CSV_ROW:
    'A line of a CSV file that cannot be right: the message names file, line, column, what was found and what was expected.',
  ERR_CSV_LONG: 'A CSV file with more rows than one import takes.',
  ERR_IMPORT_RUNNING: 'A file that was sent while another one is being read or imported.',
  ERR_ARCHIVE_UNREACHABLE: 'The host of the monthly archives cannot be reached, or does not answer as it should.',
  ERR_ARCHIVE_MISSING: 'A monthly archive that the host does not have.',
  ERR_ARCHIVE_CHECKSUM: 'A downloaded archive that is not the one whose checksum is published; it was thrown away.',
  ERR_ARCHIVE_BROKEN: 'An archive or checksum file that holds something else than it should.',
  ERR_BAR_WARM_UP: 'A bar that was taken in as warm-up: it is known, but no verdict was ever made of it.',
  ERR_ROW_INVALID: 'A row with a field that is missing or of the wrong kind.',
  ERR_ROWS_MIXED: 'One array with rows of several markets or intervals.',
  ERR_QUERY_INVALID: 'A parameter in the address that is missing or of the wrong kind.',
  ERR_BODY_SHAPE: 'A body that is not JSON, or not of the shape that the call takes.',
  ERR_BODY_TYPE: 'A body that is not sent as application/json, or as text/csv where a file is asked for.',
  ERR_BODY_TOO_LARGE: 'A body with more bytes or more rows than one call takes.',
  ERR_NOT_STORED: 'The database did not take the rows, so they were not answered. Send them again.',
  ERR_BUSY: 'Too many requests are waiting already. Send it again a little later.',
  ERR_STOPPING: 'The server is stopping. Send it again when it is back.',
  ERR_REQUEST_INVALID: 'A request that is not HTTP as the standard has it, or with headers that cannot be met.',
  ERR_NOT_FOUND: 'Nothing lives at this address.',
  ERR_KEY_REQUIRED: 'A request without an API key or session, where one is asked for.',
  ERR_KEY_INVALID: 'An API key that is unknown, wrong or revoked.',
  ERR_KEY_SCOPE: 'An API key that may not do this.',
  ERR_KEY_UNKNOWN: 'A command about an API key that there is not.',
  ERR_KEYS_NONE: 'A server that others can reach, and no API key to ask them for.',
  ERR_ORIGIN_REFUSED:
    'A request from the page of another site, or one passed on by a proxy to a server that asks no key.',
  ERR_RATE_LIMITED:
    'More requests, failed sign-ins or streams than one key or one address may have. Send it again after Retry-After seconds.',
  ERR_URL_TOO_LONG: 'An address longer than any call needs.',
  ERR_REPLAY_INVALID: 'A replay, or a change to one, with a field that is missing or of the wrong kind.',
  ERR_REPLAY_OVER: 'A replay that was stopped cannot be changed any more; one that has finished has no further rows.',
  ERR_INTERNAL: 'A mistake in the server itself; its log says more under the same request id.',
  ERR_ENV_INVALID: 'An environment variable that the program cannot use.',
  ERR_PORT_TAKEN: 'Another program listens on the port already.',
  ERR_OPTION_INVALID: 'A command-line option that the program cannot use.',
  ERR_RANGE_EMPTY: 'No row of the source lies in the range asked for.',
  ERR_SERIES_CONTRADICTS:
    'The database holds other bars of this market than the source does, and no replay wrote them.',
  ERR_SERVER_LOST: 'The server that the simulator started has ended by itself.',
  ERR_DATABASE_UNREACHABLE:
    'A PostgreSQL that does not answer: it is not running, its address is wrong, or it refuses the password.',
  ERR_DATABASE_VERSION: 'A PostgreSQL server older than 15.',
  ERR_DATABASE_MIGRATIONS: 'Tables that are older than the program: a step of migrations/ has not been run.',
  ERR_DATABASE_UNAVAILABLE: 'No DATABASE_URL is given and no private PostgreSQL can be started here.',
  ERR_STEP_MISPLACED: 'A bar or verdict handed to a stream that it is not of, or without finite numbers.',
  ERR_SNAPSHOT_LAYOUT: "An engine's memory that another version of the program wrote.",
  ERR_MODEL_MANIFEST: "A model's manifest.json that is missing something or is not JSON.",
  ERR_MODEL_HASH: "A model's files that are not the ones its manifest was written for.",
  ERR_MODEL_SHAPE: 'A model, or the rows given to it, made for other features or sizes.',
  ERR_MODEL_MISSING: 'No model of that name and version in the models folder.',
  ERR_MODEL_REFUSED:
    'A model whose files cannot serve: missing, changed since they were found, or made for another program.',
  ERR_MODEL_NO_EARLIER: 'A rollback where no earlier champion is known.',
  ERR_TRIAL_IMPOSSIBLE:
    'A version that cannot stand beside the champion: it has another name, or was trained on every bar that is stored.',
  ERR_RETRAIN_RUNNING: 'A training that was asked for while another one runs.',
  ERR_RETRAIN_FAILED: 'A training that ended without a model; nothing was changed.',
  ERR_BUDGET_INVALID: 'A change of the budget of alarms with a field that is missing or of the wrong kind.',
  ERR_LABEL_INVALID: 'A mark with a field that is missing or of the wrong kind.',
  ERR_LABEL_MISPLACED: 'A mark on a bar that it cannot be about: unknown, or right or wrong where nothing alarmed.',
  ERR_PEER_INVALID:
    "A file of another forecaster's predictions that is not date, high and low, or matches no row in the range.",
  ERR_TRAINING_SHORT: 'Too few rows to train and validate on.',
  ERR_TRAINING_DIVERGED: 'A loss that is no longer a number.',
  ERR_TRAINING_FLAT: 'Rows whose price never moves: there is nothing to learn from them.',
  ERR_TRAINING_INTERRUPTED: 'Training that was stopped before there was anything to keep.',
  ERR_MODEL_UNWRITABLE: 'A folder that a model or a result cannot be written to.',
} as const

export type ErrorCode = keyof typeof errorCodes

/** The message says what was expected, what was found and what to do. `field` names the part of the input at fault, where there is one. */
export class CandlewatchError extends Error {
  readonly code: ErrorCode
  readonly field: string | undefined

  constructor(code: ErrorCode, message: string, options: { cause?: unknown; field?: string } = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined)
    this.name = 'CandlewatchError'
    this.code = code
    this.field = options.field
  }
}
